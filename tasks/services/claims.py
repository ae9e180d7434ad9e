"""Claiming a shift, withdrawing, the wait list, and staff's answer to those who ask for a home visit.

Everything that changes who is in happens under the shift's row lock, so that first come is first served.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Max, Q
from django.utils.translation import ngettext

from communities.actors import Actor
from communities.models import Community, Resident
from communities.selectors import spender_wallet, wallet_id_of
from core.clock import local_date
from core.errors import NotAllowed
from core.transactions import atomic_with_retry
from tasks import errors
from tasks.choices import LIVE, SignUpState, TaskState
from tasks.models import Shift, SignUp, Task
from tasks.policies.claims import can_claim_for, may_visit_homes
from tasks.services import notices

ALONE_FROM_AGE = 14  # younger ones come with a grown-up or in a team
LEAVES = (SignUpState.ASKED, SignUpState.WAITLISTED, SignUpState.CONFIRMED)


@atomic_with_retry
def claim(*, actor: Actor, shift_id: UUID, resident_id: UUID, companions: int = 0, now: datetime) -> SignUp:
    """Sign a resident up, by themselves or by staff for them: confirmed while there is room, else on the wait list.

    Whoever is registered may claim an ordinary task, verified or not; their hours count once staff have verified the
    residence. A visit to somebody's home is for verified adults whom staff cleared; others ask, and staff answer.
    Shift.DoesNotExist or Resident.DoesNotExist for what is not of this community.
    """
    if not can_claim_for(actor, resident_id):
        raise NotAllowed(errors.NotSignedUp.message)
    resident = Resident.objects.for_community(actor.community).living_here().get(pk=resident_id)
    shift = lock_shift(actor.community, shift_id)
    check_open(shift, now)
    line = _next_line(shift, resident)
    _check_helper(resident, shift, companions, now)
    sign_up = SignUp.objects.create(
        shift=shift,
        resident=resident,
        line=line,
        state=_first_state(resident, shift, companions),
        companions=companions,
        claimed_by=actor.user,
        created_at=now,
        state_at=now,
        state_by=actor.user,
    )
    if sign_up.state == SignUpState.CONFIRMED:
        _say_in(shift, [sign_up], now)
    return sign_up


@atomic_with_retry
def withdraw(*, actor: Actor, sign_up_id: UUID, now: datetime) -> SignUp:
    """Give the place or the turn back before the shift begins; whoever waits first and fits gets it at once.

    Withdrawing twice changes nothing. SignUp.DoesNotExist for another community's.
    """
    sign_up, shift = lock_sign_up(actor.community, sign_up_id)
    if not can_claim_for(actor, sign_up.resident_id):
        raise NotAllowed(errors.NotSignedUp.message)
    if sign_up.state == SignUpState.WITHDRAWN:
        return sign_up
    if sign_up.state not in LEAVES:
        raise errors.NotSignedUp
    if shift.has_begun(now):
        raise errors.ShiftHasBegun
    set_state(sign_up, SignUpState.WITHDRAWN, actor, now)
    notices.forget_reminders(shift, sign_up)
    promote(shift=shift, now=now)
    return sign_up


@atomic_with_retry
def accept(*, actor: Actor, sign_up_id: UUID, now: datetime) -> SignUp:
    """Staff say yes to a resident who asked for a home visit: in while there is room, else on the wait list."""
    sign_up, shift = _asked(actor, sign_up_id)
    check_open(shift, now)
    if sign_up.resident.is_minor_on(local_date(shift.starts_at, shift.community.time_zone)):
        raise errors.MinorsNotAlone
    set_state(sign_up, _queue_state(shift, sign_up.heads), actor, now)
    if sign_up.state == SignUpState.CONFIRMED:
        _say_in(shift, [sign_up], now)
    notices.tell(notices.ACCEPTED, shift, [sign_up], now, waits=sign_up.state == SignUpState.WAITLISTED)
    return sign_up


@atomic_with_retry
def decline(*, actor: Actor, sign_up_id: UUID, now: datetime) -> SignUp:
    """Staff say no to a resident who asked for a home visit."""
    sign_up, shift = _asked(actor, sign_up_id)
    set_state(sign_up, SignUpState.DECLINED, actor, now)
    notices.tell(notices.DECLINED, shift, [sign_up], now)
    return sign_up


def promote(*, shift: Shift, now: datetime) -> list[SignUp]:
    """Give free places to the wait list in order, tell everybody promoted. The caller holds the shift's lock.

    Who comes with more people than there are places free keeps their turn, and those behind who fit are let by:
    no place stays empty. Nobody is promoted once the shift has begun.
    """
    shift.refresh_from_db(fields=["places", "taken", "starts_at", "cancelled_at"])
    if shift.has_begun(now) or shift.cancelled_at is not None or shift.places_left <= 0:
        return []
    left, promoted = shift.places_left, []
    for one in shift.sign_ups.waiting().select_related("resident"):
        if one.heads <= left:
            left -= one.heads
            promoted.append(one)
    for one in promoted:
        set_state(one, SignUpState.CONFIRMED, None, now)
    _say_in(shift, promoted, now)
    notices.tell(notices.PROMOTED, shift, promoted, now)
    return promoted


def lock_shift(community: Community, shift_id: UUID) -> Shift:
    """The shift with its task, its row locked until the transaction ends."""
    shift = (
        Shift.objects.for_community(community).select_for_update(of=("self",)).select_related("task").get(pk=shift_id)
    )
    shift.community = community
    return shift


def lock_sign_up(community: Community, sign_up_id: UUID) -> tuple[SignUp, Shift]:
    """A sign-up read under its shift's lock, and the shift."""
    shift_id = SignUp.objects.for_community(community).values_list("shift_id", flat=True).get(pk=sign_up_id)
    shift = lock_shift(community, shift_id)
    sign_up = SignUp.objects.select_related("resident").get(pk=sign_up_id)
    sign_up.shift = shift
    return sign_up, shift


def check_open(shift: Shift, now: datetime) -> None:
    """Refuse what cannot be claimed (any more)."""
    if shift.task.state != TaskState.PUBLISHED:
        raise errors.NotPublished
    if shift.cancelled_at is not None:
        raise errors.ShiftCancelled
    if shift.has_begun(now):
        raise errors.ShiftHasBegun


def set_state(sign_up: SignUp, state: SignUpState, actor: Actor | None, now: datetime) -> None:
    """Move a sign-up on; ``actor`` is None when the queue itself moved it."""
    sign_up.state, sign_up.state_at, sign_up.state_by = state, now, actor.user if actor else None
    sign_up.save(update_fields=["state", "state_at", "state_by"])


def _say_in(shift: Shift, sign_ups: list[SignUp], now: datetime) -> None:
    """Remind who is in, and tell whom it is for."""
    notices.remind(shift, sign_ups, now)
    notices.tell_helped(shift, sign_ups, now)


def _next_line(shift: Shift, resident: Resident) -> int:
    facts = shift.sign_ups.aggregate(last=Max("line"), live=Max("line", filter=Q(resident=resident, state__in=LIVE)))
    if facts["live"]:
        raise errors.AlreadySignedUp
    return (facts["last"] or 0) + 1


def _check_helper(resident: Resident, shift: Shift, companions: int, now: datetime) -> None:
    """Who is helped does not help; children and homes; not more heads than places."""
    task, day = shift.task, local_date(shift.starts_at, shift.community.time_zone)
    if resident.pk in (task.beneficiary_id, task.requester_id) or _same_wallet(resident, task, shift, now):
        raise errors.OwnTask
    if task.home_visit and resident.is_minor_on(day):
        raise errors.MinorsNotAlone
    if resident.age_on(day) < ALONE_FROM_AGE and companions == 0 and task.team_id is None:
        raise errors.ChildrenInCompany
    if companions < 0 or 1 + companions > shift.places:
        raise errors.TooManyTogether(
            ngettext(
                "There is %(places)d place in all. Come alone, or choose another task.",
                "There are %(places)d places in all. Bring fewer companions.",
                shift.places,
            )
            % {"places": shift.places}
        )


def _same_wallet(resident: Resident, task: Task, shift: Shift, now: datetime) -> bool:
    """Whether the helper would be paid into the wallet that pays."""
    if not task.is_requester_funded or task.requester is None:
        return False
    day = local_date(shift.starts_at, shift.community.time_zone)
    task.requester.community = shift.community
    payer, _may = spender_wallet(task.requester, local_date(now, shift.community.time_zone))
    return payer is not None and payer == wallet_id_of(resident, day)


def _first_state(resident: Resident, shift: Shift, companions: int) -> SignUpState:
    if shift.task.home_visit and not may_visit_homes(resident):
        return SignUpState.ASKED
    return _queue_state(shift, 1 + companions)


def _queue_state(shift: Shift, heads: int) -> SignUpState:
    """In while they fit: whoever waits already needs more places than are free."""
    return SignUpState.CONFIRMED if heads <= shift.places_left else SignUpState.WAITLISTED


def _asked(actor: Actor, sign_up_id: UUID) -> tuple[SignUp, Shift]:
    sign_up, shift = lock_sign_up(actor.community, sign_up_id)
    if not actor.is_staff or (actor.resident is not None and sign_up.resident_id == actor.resident.pk):
        raise NotAllowed(errors.OwnTick.message)
    if sign_up.state != SignUpState.ASKED:
        raise errors.NothingToDecide
    return sign_up, shift
