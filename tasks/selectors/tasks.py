"""A task's page: the date that is looked at, the reader's own place in it, and what they may read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Prefetch, Q

from communities.actors import Actor
from communities.models import Community, Resident
from tasks.choices import LIVE, SignUpState
from tasks.models import Shift, SignUp, Task
from tasks.policies.claims import can_read_private, waits_for_residence
from tasks.rules.windows import CHECK_OUT_UNTIL, OPENS_BEFORE
from tasks.selectors.coins import coins_of

DATES_SHOWN = 12


@dataclass(frozen=True, slots=True)
class PrivatePart:
    """What the accepted helper and staff read, until 24 hours after the shift."""

    note: str
    address: str
    person: str
    phone: str


@dataclass(frozen=True, slots=True)
class TaskPage:
    """A task at one of its dates, for one reader."""

    task: Task
    shift: Shift | None
    dates: list[Shift]
    sign_up: SignUp | None
    attendance_open: bool
    position: int | None
    waiting: int
    coins: int | None
    private: PrivatePart | None
    waits_for_residence: bool
    overlaps: list[SignUp]


def moved_up(shift: Shift, at: datetime) -> bool:
    """Whether somebody of the wait list got a place at this instant."""
    return shift.sign_ups.filter(state=SignUpState.CONFIRMED, state_by__isnull=True, state_at=at).exists()


def get_task(community: Community, task_id: UUID) -> Task:
    """A task with its team. Task.DoesNotExist for another community's."""
    return Task.objects.for_community(community).select_related("team").get(pk=task_id)


def task_page(
    *, task: Task, actor: Actor | None, community: Community, shift_id: UUID | None, now: datetime
) -> TaskPage:
    """Everything that a task's page shows, in six queries at most.

    The date is the one asked for, else the reader's own next, else the next open one, else the last.
    """
    resident = actor.resident if actor else None
    dates = _dates(task, resident)
    shift = _chosen(dates, shift_id, now)
    if shift is None:
        return TaskPage(task, None, [], None, False, None, 0, None, None, False, [])
    shift.task, shift.community = task, community
    sign_up = _own(shift)
    waiting, position = _queue(shift, sign_up)
    return TaskPage(
        task=task,
        shift=shift,
        dates=[one for one in dates if one.ends_at > now and one.cancelled_at is None][:DATES_SHOWN],
        sign_up=sign_up,
        attendance_open=is_check_in_open(shift, now),
        position=position,
        waiting=waiting,
        coins=coins_of(shift, community),
        private=private_part(task, shift, sign_up, actor, now),
        waits_for_residence=_has_private(task) and waits_for_residence(actor, shift, sign_up, now),
        overlaps=overlapping(resident, shift) if resident and not shift.has_begun(now) else [],
    )


def is_check_in_open(shift: Shift, now: datetime) -> bool:
    """Whether one can check in, or still check out."""
    return shift.cancelled_at is None and shift.starts_at - OPENS_BEFORE <= now <= shift.ends_at + CHECK_OUT_UNTIL


def private_part(
    task: Task, shift: Shift, sign_up: SignUp | None, actor: Actor | None, now: datetime
) -> PrivatePart | None:
    """The note, the address and whom it is for, or None for everybody who may not read them."""
    if not can_read_private(actor, shift, sign_up, now):
        return None
    if not _has_private(task):
        return None
    person = task.beneficiary
    return PrivatePart(
        note=task.private_note,
        address=task.private_address,
        person=person.full_name if person else "",
        phone=(person.phone or "") if person else "",
    )


def _has_private(task: Task) -> bool:
    return bool(task.private_note or task.private_address or task.beneficiary_id)


def overlapping(resident: Resident, shift: Shift) -> list[SignUp]:
    """The resident's other live sign-ups at the same time."""
    return list(
        SignUp.objects.filter(
            resident=resident,
            state__in=(SignUpState.ASKED, SignUpState.WAITLISTED, SignUpState.CONFIRMED),
            shift__starts_at__lt=shift.ends_at,
            shift__ends_at__gt=shift.starts_at,
        )
        .exclude(shift=shift)
        .select_related("shift__task")
        .defer("shift__task__private_note", "shift__task__private_address")[:3]
    )


def position_of(sign_up: SignUp) -> int:
    """The place on the wait list, 1 for the next."""
    before = SignUp.objects.filter(shift_id=sign_up.shift_id, state=SignUpState.WAITLISTED, line__lt=sign_up.line)
    return before.count() + 1


def _dates(task: Task, resident: Resident | None) -> list[Shift]:
    dates = task.shifts.order_by("starts_at", "pk")
    if resident is None:
        return list(dates)
    mine = SignUp.objects.filter(resident=resident, state__in=LIVE).select_related("attendance")
    return list(dates.prefetch_related(Prefetch("sign_ups", queryset=mine, to_attr="own_sign_ups")))


def _own(shift: Shift) -> SignUp | None:
    own: list[SignUp] = getattr(shift, "own_sign_ups", [])
    return own[0] if own else None


def _chosen(dates: list[Shift], shift_id: UUID | None, now: datetime) -> Shift | None:
    asked = next((one for one in dates if one.pk == shift_id), None)
    to_come = [one for one in dates if one.ends_at > now and one.cancelled_at is None]
    own = next((one for one in to_come if _own(one) is not None), None)
    return asked or own or next(iter(to_come or dates[::-1]), None)


def _queue(shift: Shift, sign_up: SignUp | None) -> tuple[int, int | None]:
    """How many sign-ups wait, and the reader's place among them."""
    line = sign_up.line if sign_up and sign_up.state == SignUpState.WAITLISTED else 0
    facts = shift.sign_ups.filter(state=SignUpState.WAITLISTED).aggregate(
        waiting=Count("pk"), before=Count("pk", filter=Q(line__lt=line))
    )
    return facts["waiting"], (facts["before"] + 1 if line else None)
