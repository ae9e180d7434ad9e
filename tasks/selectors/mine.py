"""A resident's own sign-ups: what comes next, what is coming, what was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from communities.models import Resident
from tasks.choices import SignUpState
from tasks.models import SignUp
from tasks.rules.windows import CHECK_OUT_UNTIL
from tasks.selectors.tasks import is_check_in_open

ROWS = 24
COMING = (SignUpState.ASKED, SignUpState.WAITLISTED, SignUpState.CONFIRMED, SignUpState.ATTENDED)
PRIVATE = ("shift__task__private_note", "shift__task__private_address")


@dataclass(frozen=True, slots=True)
class Commitment:
    """The next thing a resident has promised, and whether they can check in or out now."""

    sign_up: SignUp
    can_check_in: bool
    can_check_out: bool


def next_commitment(*, resident: Resident, now: datetime) -> Commitment | None:
    """The confirmed shift that is on or comes next, None when there is none. One query."""
    on_or_next = Q(shift__ends_at__gt=now) | Q(
        shift__ends_at__gt=now - CHECK_OUT_UNTIL, attendance__checked_in_at__isnull=False,
        attendance__checked_out_at__isnull=True,
    )  # fmt: skip
    found = (
        _of(resident)
        .filter(on_or_next, state__in=(SignUpState.CONFIRMED, SignUpState.ATTENDED), shift__cancelled_at__isnull=True)
        .order_by("shift__starts_at")
        .first()
    )
    return commitment_of(found, now) if found else None


def commitment_of(sign_up: SignUp, now: datetime) -> Commitment:
    """What can be done about a sign-up now."""
    attendance = getattr(sign_up, "attendance", None)
    checked_in = attendance is not None and attendance.checked_in_at is not None
    checked_out = attendance is not None and attendance.checked_out_at is not None
    is_open = is_check_in_open(sign_up.shift, now)
    return Commitment(
        sign_up,
        can_check_in=is_open and not checked_in and now <= sign_up.shift.ends_at,
        can_check_out=is_open and checked_in and not checked_out,
    )


def coming(resident: Resident, now: datetime) -> list[SignUp]:
    """What the resident is in or waits for, the soonest first, each with its wait-list ``position``. One query."""
    ahead = (
        SignUp.objects.filter(shift=OuterRef("shift"), state=SignUpState.WAITLISTED, line__lte=OuterRef("line"))
        .order_by().values("shift").annotate(count=Count("pk")).values("count")
    )  # fmt: skip
    rows = _of(resident).filter(state__in=COMING, shift__ends_at__gt=now)
    return list(rows.annotate(position=Coalesce(Subquery(ahead), 1)).order_by("shift__starts_at")[:100])


def past(resident: Resident, now: datetime, page: int) -> Page[SignUp]:
    """What is over, withdrawn or called off, the latest first."""
    over = Q(shift__ends_at__lte=now) | ~Q(state__in=COMING)
    rows = _of(resident).filter(over).order_by(F("shift__starts_at").desc(), "-line")
    return Paginator(rows, ROWS).get_page(page)


def _of(resident: Resident) -> QuerySet[SignUp]:
    rows = SignUp.objects.filter(resident=resident).select_related("shift__task", "attendance")
    return rows.defer(*PRIVATE)
