"""Rows of the tasks app as tests need them: written directly, so that a test can plant what a service would refuse."""

from datetime import date, datetime, timedelta
from typing import Any

from communities.models import Community, Resident
from core import clock
from tasks.choices import Category, RuleKind, SignUpState, TaskState
from tasks.models import Attendance, EarningRule, HelpRequest, Shift, SignUp, Task


def make_rule(
    community: Community,
    *,
    kind: str = RuleKind.PER_MINUTE,
    coins: int = 1,
    minutes: int = 1,
    valid_from: date = date(2025, 1, 1),
) -> EarningRule:
    """One coin a minute since 2025, unless told otherwise; the community's rule of that day is replaced."""
    return EarningRule.objects.update_or_create(
        community=community, valid_from=valid_from, defaults={"kind": kind, "coins": coins, "minutes": minutes}
    )[0]


def make_task(
    community: Community, *, state: str = TaskState.PUBLISHED, created_at: datetime | None = None, **fields: Any
) -> Task:
    """A published community-funded task: sweeping the banyan walk."""
    moment = created_at or clock.now()
    defaults = {
        "title_zh": "打扫榕树长廊",
        "title_en": "Sweep the banyan walk",
        "landmark_zh": "榕树长廊",
        "landmark_en": "Banyan walk",
        "category": Category.CLEANING,
        "published_at": moment if state == TaskState.PUBLISHED else None,
    }
    return Task.objects.create(community=community, state=state, created_at=moment, **(defaults | fields))


def make_shift(
    task: Task, *, starts_at: datetime | None = None, minutes: int = 60, places: int = 3, **fields: Any
) -> Shift:
    """A shift in three days, an hour long, with three places."""
    begins = starts_at or clock.now() + timedelta(days=3)
    shift = Shift.objects.create(
        task=task,
        community_id=task.community_id,
        starts_at=begins,
        ends_at=begins + timedelta(minutes=minutes),
        places=places,
        **fields,
    )
    shift.refresh_from_db()
    return shift


def make_sign_up(
    shift: Shift, resident: Resident, *, state: str = SignUpState.CONFIRMED, companions: int = 0, **fields: Any
) -> SignUp:
    """The next in line, confirmed."""
    last = shift.sign_ups.order_by("-line").first()
    moment = fields.pop("created_at", None) or clock.now()
    return SignUp.objects.create(
        shift=shift,
        resident=resident,
        state=state,
        companions=companions,
        line=last.line + 1 if last else 1,
        created_at=moment,
        state_at=moment,
        **fields,
    )


def make_attendance(sign_up: SignUp, **fields: Any) -> Attendance:
    """An empty row of attendance for a sign-up."""
    return Attendance.objects.create(sign_up=sign_up, **fields)


def make_help_request(resident: Resident, *, category: str = Category.SHOPPING, **fields: Any) -> HelpRequest:
    """A waiting request: shopping."""
    moment = fields.pop("created_at", None) or clock.now()
    return HelpRequest.objects.create(
        community_id=resident.community_id, resident=resident, category=category, created_at=moment, **fields
    )
