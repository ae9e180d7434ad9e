"""What a resident could do next: three tasks of the board, and why these."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from communities.actors import Actor
from communities.models import Resident, TeamMember
from tasks.choices import Category, SignUpState
from tasks.models import Shift, SignUp
from tasks.policies.claims import may_visit_homes
from tasks.selectors.board import Row, open_shifts, row_of, with_my_state

ELDER_AGE = 60
LOOKED_AT = 60
SCORES = {"again": 5, "team": 4, "urgent": 3, "elders": 2, "near": 2, "soon": 1}
WHY: dict[str, Promise] = {
    "again": _("You have done this kind before"),
    "team": _("It is your team's"),
    "urgent": _("It is urgent"),
    "elders": _("It suits elders"),
    "near": _("It is near your building"),
    "soon": _("It comes up soon"),
}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A task that suits somebody, and why."""

    row: Row
    reason: str

    @property
    def why(self) -> str:
        """The reason in the reader's words."""
        return str(WHY[self.reason])


def suggestions(*, actor: Actor, now: datetime, limit: int = 3) -> list[Suggestion]:
    """Tasks to claim for a resident, the best reasons first: done before, own team, urgent, suits elders, near, soon.

    Two queries. What is full, at the same time as their own, or not theirs to claim is left out.
    """
    resident = actor.resident
    if resident is None:
        return []
    shifts = with_my_state(open_shifts(actor.community, now), resident).filter(my_state=None)  # type: ignore[misc]  # annotated
    shifts = shifts.exclude(task__beneficiary=resident).exclude(task__requester=resident)
    if not may_visit_homes(resident):
        shifts = shifts.filter(task__home_visit=False)
    mine = SignUp.objects.filter(
        resident=resident, state=SignUpState.CONFIRMED,
        shift__starts_at__lt=OuterRef("ends_at"), shift__ends_at__gt=OuterRef("starts_at"),
    )  # fmt: skip
    own_team = TeamMember.objects.filter(team=OuterRef("task__team"), resident=resident, left_at=None)
    shifts = shifts.exclude(Exists(mine)).annotate(of_own_team=Exists(own_team))
    free = [one for one in shifts[:LOOKED_AT] if one.places_left > 0]
    done = _done_before(resident)
    chosen = sorted(
        (Suggestion(row_of(one, actor.community, actor), _why(one, resident, done)) for one in free),
        key=lambda one: (-SCORES[one.reason], one.row.shift.starts_at),
    )
    return _one_a_task(chosen)[:limit]


def _one_a_task(suggested: list[Suggestion]) -> list[Suggestion]:
    return list({one.row.task.pk: one for one in reversed(suggested)}.values())[::-1]


def _done_before(resident: Resident) -> set[str]:
    """The kinds of task that the resident has come to."""
    done = SignUp.objects.filter(resident=resident, state=SignUpState.ATTENDED)
    return set(done.exclude(shift__task__category=Category.OTHER).values_list("shift__task__category", flat=True))


def _why(shift: Shift, resident: Resident, done: set[str]) -> str:
    task = shift.task
    reasons = {
        "again": task.category in done,
        "team": shift.of_own_team,  # type: ignore[attr-defined]  # annotated
        "urgent": task.urgent,
        "elders": task.suits_elders and resident.age_on(shift.starts_at.date()) >= ELDER_AGE,
        "near": bool(task.area) and task.area in resident.building,
        "soon": True,
    }
    return max((why for why, true in reasons.items() if true), key=SCORES.__getitem__)
