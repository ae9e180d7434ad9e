"""Checking in and out, which is evidence, and the leader's or staff's tick, which decides."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.services import limits
from communities.actors import Actor
from communities.models import Community
from core.errors import NotAllowed
from core.transactions import atomic_with_retry
from core.wording import clock_text, local, when_text
from tasks import check_in_codes, errors
from tasks.choices import CheckInMethod, Decision, SignUpState
from tasks.models import Attendance, Shift, SignUp
from tasks.policies.claims import can_run_shift
from tasks.rules.windows import BURST, CHECK_OUT_UNTIL, OPENS_BEFORE, SEEN_FOR
from tasks.services import claims

WORD_TRIES = 5
WORD_WINDOW = timedelta(minutes=15)
STATE_OF = {
    Decision.PRESENT: SignUpState.ATTENDED,
    Decision.ABSENT: SignUpState.ABSENT,
    Decision.EXCUSED: SignUpState.EXCUSED,
}
MAY_CHECK_IN = (SignUpState.CONFIRMED, SignUpState.ATTENDED)
MAY_BE_TICKED = (*claims.LEAVES, *STATE_OF.values())


@dataclass(frozen=True, slots=True)
class Proof:
    """What was shown: a scanned code (and when it was first seen good), and the sender's address."""

    token: str
    seen_at: datetime | None = None
    address: str = ""


def scanned_shift(*, actor: Actor, token: str, seen_at: datetime | None, now: datetime) -> Shift:
    """The shift of a scanned code that is good now, or was when first seen up to ten minutes ago. WrongCode else."""
    shift = shift_named(actor.community, token)
    if shift is None:
        raise errors.WrongCode
    moment = seen_at if seen_at is not None and timedelta() <= now - seen_at <= SEEN_FOR else now
    if not check_in_codes.is_good(token, secret=shift.check_in_secret, now=moment):
        raise errors.WrongCode
    return shift


def shift_named(community: Community, token: str) -> Shift | None:
    """The community's shift that a code names, good or not."""
    shift_id = check_in_codes.shift_of(token)
    if shift_id is None:
        return None
    return Shift.objects.for_community(community).select_related("task").filter(pk=shift_id).first()


def check_in_by_code(*, actor: Actor, proof: Proof, now: datetime) -> Attendance:
    """ "I'm here" after scanning. Early, late, wrong and already done are four refusals."""
    shift = scanned_shift(actor=actor, token=proof.token, seen_at=proof.seen_at, now=now)
    return _check_in(actor=actor, shift_id=shift.pk, method=CheckInMethod.QR, address=proof.address, now=now)


def check_out_by_code(*, actor: Actor, proof: Proof, now: datetime) -> Attendance:
    """ "I'm leaving" after scanning."""
    shift = scanned_shift(actor=actor, token=proof.token, seen_at=proof.seen_at, now=now)
    return _check_out(actor=actor, shift_id=shift.pk, now=now)


def check_in_by_word(*, actor: Actor, shift_id: UUID, word: str, address: str = "", now: datetime) -> Attendance:
    """ "I'm here" with the six digits said aloud. Five tries in 15 minutes; then even the right ones are refused."""
    _check_word(actor, shift_id, word, now)
    return _check_in(actor=actor, shift_id=shift_id, method=CheckInMethod.WORD, address=address, now=now)


def check_out_by_word(*, actor: Actor, shift_id: UUID, word: str, now: datetime) -> Attendance:
    """ "I'm leaving" with the six digits."""
    _check_word(actor, shift_id, word, now)
    return _check_out(actor=actor, shift_id=shift_id, now=now)


@atomic_with_retry
def decide(*, actor: Actor, shift_id: UUID, decisions: Mapping[UUID, Decision], now: datetime) -> int:
    """The tick: who came, who did not, who is excused, for one shift in one save. Answers how many changed.

    By staff or the leader of the task's team, never for themselves, once check-in has opened. Ids that are not of this
    shift are left alone. NoPlaceLeft when more came than there are places.
    """
    shift = claims.lock_shift(actor.community, shift_id)
    if not can_run_shift(actor, shift.task):
        raise NotAllowed(errors.OwnTick.message)
    _check_opened(shift, now)
    rows = shift.sign_ups.filter(pk__in=decisions, state__in=MAY_BE_TICKED).select_related("attendance")
    changed = [one for one in rows if _decision_of(one) != decisions[one.pk]]
    if any(actor.resident is not None and one.resident_id == actor.resident.pk for one in changed):
        raise errors.OwnTick
    # Who did not come gives the place free before somebody from the wait list takes it.
    for one in sorted(changed, key=lambda one: decisions[one.pk] == Decision.PRESENT):
        _tick(one, decisions[one.pk], actor, now)
    return len(changed)


def _tick(sign_up: SignUp, decision: Decision, actor: Actor, now: datetime) -> None:
    Attendance.objects.update_or_create(
        sign_up=sign_up,
        defaults={"decision": decision, "decided_by": actor.user, "decided_at": now},
        create_defaults={
            "decision": decision,
            "decided_by": actor.user,
            "decided_at": now,
            "method": CheckInMethod.STAFF,
        },
    )
    claims.set_state(sign_up, STATE_OF[decision], actor, now)


def _decision_of(sign_up: SignUp) -> str | None:
    attendance = getattr(sign_up, "attendance", None)
    return attendance.decision if attendance else None


@atomic_with_retry
def _check_in(*, actor: Actor, shift_id: UUID, method: CheckInMethod, address: str, now: datetime) -> Attendance:
    shift = claims.lock_shift(actor.community, shift_id)
    sign_up = _own_sign_up(actor, shift)
    _check_opened(shift, now)
    if now > shift.ends_at:
        raise errors.TooLate(
            _("This ended at %(time)s. Ask the person in charge to tick your name.")
            % {"time": clock_text(local(shift.ends_at).time())}
        )
    attendance, _new = Attendance.objects.get_or_create(sign_up=sign_up)
    if attendance.checked_in_at is not None:
        raise errors.AlreadyDone(
            _("You checked in at %(time)s already.") % {"time": clock_text(local(attendance.checked_in_at).time())}
        )
    attendance.checked_in_at, attendance.method = now, method
    attendance.checked_in_from = limits.digest(f"{shift.pk}:{address}") if address else ""
    attendance.burst = _flag_burst(attendance, shift, now)
    attendance.save(update_fields=["checked_in_at", "method", "checked_in_from", "burst"])
    return attendance


@atomic_with_retry
def _check_out(*, actor: Actor, shift_id: UUID, now: datetime) -> Attendance:
    shift = claims.lock_shift(actor.community, shift_id)
    attendance = Attendance.objects.filter(sign_up=_own_sign_up(actor, shift)).first()
    if attendance is None or attendance.checked_in_at is None:
        raise errors.TooEarly(_("You have not checked in yet. Press “I'm here” first."))
    if attendance.checked_out_at is not None:
        raise errors.AlreadyDone(
            _("You checked out at %(time)s already.") % {"time": clock_text(local(attendance.checked_out_at).time())}
        )
    if now < shift.starts_at:
        raise errors.TooEarly(
            _("This begins at %(time)s. Check out when you leave, after it has begun.")
            % {"time": clock_text(local(shift.starts_at).time())}
        )
    if now > shift.ends_at + CHECK_OUT_UNTIL:
        raise errors.TooLate(_("It is too late to check out. Write the end when you log your hours."))
    attendance.checked_out_at = now
    attendance.save(update_fields=["checked_out_at"])
    return attendance


def _own_sign_up(actor: Actor, shift: Shift) -> SignUp:
    """The actor's sign-up that may check in; who waits or was excused is not signed up."""
    if shift.cancelled_at is not None:
        raise errors.ShiftCancelled
    resident = actor.resident
    found = shift.sign_ups.filter(resident=resident, state__in=MAY_CHECK_IN).first() if resident else None
    if found is None:
        raise errors.NotSignedUp
    return found


def _check_opened(shift: Shift, now: datetime) -> None:
    opens = shift.starts_at - OPENS_BEFORE
    if now < opens:
        raise errors.TooEarly(_("Check-in opens on %(when)s. Please come back then.") % {"when": when_text(opens)})


def _flag_burst(attendance: Attendance, shift: Shift, now: datetime) -> bool:
    """Whether somebody else checked in from the same address within 5 seconds; theirs is flagged too."""
    if not attendance.checked_in_from:
        return False
    near = Attendance.objects.filter(
        sign_up__shift=shift,
        checked_in_from=attendance.checked_in_from,
        checked_in_at__range=(now - BURST, now + BURST),
    ).exclude(pk=attendance.pk)
    return near.update(burst=True) > 0


def _check_word(actor: Actor, shift_id: UUID, word: str, now: datetime) -> None:
    """Count the try first, outside any transaction, so that a refusal does not take the count back."""
    shift = Shift.objects.for_community(actor.community).get(pk=shift_id)
    key = f"check-in-word:{shift.pk}:{actor.user_id}"
    if not limits.hit(key=key, limit=WORD_TRIES, window=WORD_WINDOW, now=now):
        raise errors.CodeLocked
    if not _same_word(word, shift.word_code):
        raise errors.WrongCode(_("This code is not right. Ask the person in charge to say it again."))
    limits.forget(key=key)


def _same_word(typed: str, right: str) -> bool:
    digits = "".join(str(int(sign)) for sign in typed if sign.isdecimal())
    return hmac.compare_digest(digits.encode(), right.encode())
