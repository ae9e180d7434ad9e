"""Who may claim, run a shift, publish, and read what is private about a task."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from communities.actors import Actor
from communities.models import Resident
from tasks.choices import SignUpState, TaskState
from tasks.models import Shift, SignUp, Task

PRIVATE_FOR = timedelta(hours=24)  # after a shift the address and the note are hidden again
ACCEPTED = (SignUpState.CONFIRMED, SignUpState.ATTENDED, SignUpState.ABSENT, SignUpState.EXCUSED)


def can_publish(actor: Actor) -> bool:
    """Staff alone publish, whoever pays."""
    return actor.is_staff


def can_claim_for(actor: Actor, resident_id: UUID) -> bool:
    """For oneself, or staff for somebody without a phone."""
    return actor.is_staff or (actor.resident is not None and actor.resident.pk == resident_id)


def can_run_shift(actor: Actor, task: Task) -> bool:
    """Show the check-in code and tick who came: staff and the leader of the task's team."""
    return actor.is_staff or actor.leads(task.team_id)


def can_see_task(actor: Actor | None, task: Task) -> bool:
    """A draft is staff's alone; of a personal task strangers see the board's three facts and no page."""
    return (actor is not None and actor.is_staff) or (task.state != TaskState.DRAFT and actor is not None)


def can_read_private(actor: Actor | None, shift: Shift, sign_up: SignUp | None, now: datetime) -> bool:
    """The address and the private note: staff and the accepted helper, until 24 hours after the shift.

    Of helpers, those whose residence staff have verified: whoever has a phone number can register and be accepted.
    """
    if actor is None or now >= shift.ends_at + PRIVATE_FOR:
        return False
    return actor.is_staff or (_is_accepted(actor, shift, sign_up) and _is_verified(actor))


def waits_for_residence(actor: Actor | None, shift: Shift, sign_up: SignUp | None, now: datetime) -> bool:
    """An accepted helper who would read it if staff had verified the residence."""
    if actor is None or now >= shift.ends_at + PRIVATE_FOR or shift.cancelled_at is not None:
        return False
    return _is_accepted(actor, shift, sign_up) and not _is_verified(actor)


def _is_accepted(actor: Actor, shift: Shift, sign_up: SignUp | None) -> bool:
    if sign_up is None or actor.resident is None or sign_up.resident_id != actor.resident.pk:
        return False
    return sign_up.shift_id == shift.pk and sign_up.state in ACCEPTED


def _is_verified(actor: Actor) -> bool:
    return actor.resident is not None and actor.resident.is_verified


def is_personal(task: Task) -> bool:
    """Whether it is done for one person: then the signed-out see kind, area and minutes alone."""
    return task.home_visit or task.by_phone or task.beneficiary_id is not None or task.requester_id is not None


def may_visit_homes(resident: Resident) -> bool:
    """Whether staff have verified the residence and cleared them for home visits."""
    return resident.is_verified and resident.home_visits_cleared_at is not None
