"""The desk: a code or a QR becomes goods in a hand, once. Wrong codes are counted, and after ten the desk is locked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from accounts.services import limits
from communities.actors import Actor
from core.errors import NotAllowed
from core.transactions import atomic_with_retry
from rewards import errors, rules
from rewards.choices import LIVE, RedemptionState
from rewards.models import Redemption
from rewards.policies import can_keep_stock
from rewards.services import notices, placing
from rewards.services.households import refuse_own
from rewards.services.requesting import locked

WRONG_CODES = 10
WINDOW = timedelta(minutes=5)


@contextmanager
def guessing(*, actor: Actor, now: datetime, counted: bool = True) -> Iterator[None]:
    """Around whatever tries a code, outside its transaction: counted before it is looked at, so that many guesses at
    once are no more than the limit, and given back when it was no wrong one.

    ``counted=False`` where a page is only looked at, by a token that nobody can guess: refused while locked.
    """
    key = f"desk:{actor.user_id}"
    if not counted:
        if limits.blocked(key=key, limit=WRONG_CODES, window=WINDOW, now=now):
            raise errors.DeskLocked
        yield
        return
    if not limits.hit(key=key, limit=WRONG_CODES, window=WINDOW, now=now):
        raise errors.DeskLocked
    wrong = False
    try:
        yield
    except (errors.UnknownCode, errors.ForeignCode):
        wrong = True
        raise
    finally:
        if not wrong:
            limits.give_back(key=key)


def look_up(*, actor: Actor, typed: str, now: datetime, counted: bool = True) -> Redemption:
    """The redemption that a code or QR stands for, ready to be handed over, or a DeskRefusal that says why not."""
    if not can_keep_stock(actor):
        raise NotAllowed
    with guessing(actor=actor, now=now, counted=counted):
        redemption = _find(actor, typed)
        _check_ready(redemption, now)
        return redemption


@atomic_with_retry
def hand_over(*, actor: Actor, typed: str, now: datetime) -> Redemption:
    """Hand over by code or QR token, under the row's lock: state, stock and the ledger's entry together.

    Call it inside ``guessing``. Refuses with a DeskRefusal, and with OwnRedemption for one's own household.
    """
    if not can_keep_stock(actor):
        raise NotAllowed
    redemption = locked(actor, _find(actor, typed).pk)
    _check_ready(redemption, now)
    refuse_own(actor=actor, resident=redemption.resident, requested_at=redemption.requested_at, now=now)
    redemption.state = RedemptionState.COLLECTED
    redemption.handed_over_by_id, redemption.collected_at = actor.user_id, now
    redemption.ended_by_id, redemption.ended_at = actor.user_id, now
    redemption.save(update_fields=["state", "handed_over_by", "collected_at", "ended_by", "ended_at"])
    placing.take_off_shelf(redemption, actor=actor, now=now)
    placing.pay(redemption, actor=actor, now=now)
    notices.forget_reminder(redemption)
    notices.tell(notices.TAKEN, redemption, due_at=now)
    return redemption


def _find(actor: Actor, typed: str) -> Redemption:
    found = rules.read_code(typed)
    if not (found.code or found.token):
        raise errors.UnknownCode
    wanted = {"code": found.code} if found.code else {"qr_token": found.token}
    rows = list(
        Redemption.objects.filter(**wanted)
        .select_related("reward", "resident", "handed_over_by")
        .order_by("-approved_at")
    )
    own = [row for row in rows if row.community_id == actor.community.pk]
    for row in [*(row for row in own if row.state in LIVE), *own]:
        return row
    raise errors.ForeignCode if any(row.state in LIVE for row in rows) else errors.UnknownCode


def _check_ready(redemption: Redemption, now: datetime) -> None:
    if redemption.state == RedemptionState.COLLECTED:
        assert redemption.collected_at is not None
        raise errors.AlreadyTaken.at(redemption.collected_at, str(redemption.handed_over_by))
    assert redemption.expires_at is not None
    if redemption.state == RedemptionState.EXPIRED or (redemption.is_live and now >= redemption.expires_at):
        raise errors.CodeExpired.on(redemption.expires_at)
    if redemption.state != RedemptionState.READY:
        raise errors.CodeCancelled
