"""Asking for goods, and taking the request back. Lock order: redemption, goods, then the ledger's accounts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from communities.actors import Actor
from communities.models import Resident
from core.errors import NotAllowed
from core.transactions import atomic_with_retry
from ledger.services import holds
from rewards import errors, rules
from rewards.choices import RedemptionState, Via
from rewards.models import Redemption
from rewards.policies import can_end, can_request_for, is_own
from rewards.services import notices, placing
from rewards.services.wishes import tell_waiting


@atomic_with_retry
def request_redemption(
    *, actor: Actor, reward_id: UUID, resident_id: UUID, quantity: int, now: datetime, price_seen: int | None = None
) -> Redemption:
    """Reserve the goods and hold the coins; ready at once where the community approves small amounts by itself.

    ``price_seen``: coins apiece on the page that was confirmed. Refuses another price, what is not on the shelf, too
    young residents, who may not spend, and too few coins (TooLittle).
    """
    resident = resident_of(actor, resident_id)
    reward = placing.locked_reward(actor.community, reward_id)
    placing.check_offer(
        reward, quantity=quantity, resident=resident, community=actor.community, now=now, price_seen=price_seen
    )
    via = Via.SELF if is_own(actor, resident) else Via.STAFF
    redemption = placing.new_redemption(
        actor=actor, reward=reward, resident=resident, quantity=quantity, via=via, now=now
    )
    settings = actor.community.settings
    if rules.is_automatic(
        redemption.amount_coins, up_to=settings.automatic_approval_up_to, limit=settings.two_person_limit_coins
    ):
        redemption.approved_automatically, redemption.approved_at = True, now
        redemption.state = RedemptionState.READY
        placing.give_code(redemption, now=now)
    redemption.save(force_insert=True)
    if redemption.state == RedemptionState.READY:
        notices.tell_ready(redemption, now=now)
    return redemption


@atomic_with_retry
def undo(*, actor: Actor, redemption_id: UUID, now: datetime) -> Redemption:
    """Take a request back within the minutes of undo: as if it had not been, no line in the passbook."""
    redemption = locked(actor, redemption_id)
    _check_can_end(actor, redemption)
    if now >= redemption.undo_until:
        raise errors.TooLateToUndo
    redemption.undone = True
    return _end(redemption, actor=actor, reason="", now=now)


@atomic_with_retry
def cancel(*, actor: Actor, redemption_id: UUID, now: datetime, reason: str = "") -> Redemption:
    """Cancel what was not collected yet: goods and coins are free again."""
    redemption = locked(actor, redemption_id)
    _check_can_end(actor, redemption)
    return _end(redemption, actor=actor, reason=reason, now=now)


@atomic_with_retry
def name_collector(*, actor: Actor, redemption_id: UUID, collector: str, now: datetime) -> Redemption:
    """Say who collects it instead of the resident; "" takes that back."""
    redemption = locked(actor, redemption_id)
    _check_can_end(actor, redemption)
    redemption.collector = collector
    redemption.save(update_fields=["collector"])
    return redemption


def resident_of(actor: Actor, resident_id: UUID) -> Resident:
    """The resident whom the actor may ask for, with their community's settings. NotAllowed for others."""
    resident = Resident.objects.for_community(actor.community).select_related("community__settings").get(pk=resident_id)
    if not can_request_for(actor, resident):
        raise NotAllowed
    return resident


def locked(actor: Actor, redemption_id: UUID) -> Redemption:
    """A redemption of the actor's community, locked, with what its next step needs."""
    rows = Redemption.objects.for_community(actor.community).select_for_update(of=("self",))
    return rows.select_related("reward", "resident", "community__settings", "reversal").get(pk=redemption_id)


def _check_can_end(actor: Actor, redemption: Redemption) -> None:
    if not can_end(actor, redemption):
        raise NotAllowed
    if redemption.state == RedemptionState.COLLECTED:
        raise errors.AlreadyCollected
    if not redemption.is_live:
        raise errors.Ended


def _end(redemption: Redemption, *, actor: Actor, reason: str, now: datetime) -> Redemption:
    redemption.state, redemption.reason = RedemptionState.CANCELLED, reason
    redemption.ended_at, redemption.ended_by_id = now, actor.user_id
    redemption.save(update_fields=["state", "reason", "ended_at", "ended_by", "undone"])
    holds.release(hold_ids=[redemption.hold_id], now=now)
    notices.forget_reminder(redemption)
    tell_waiting(reward_id=redemption.reward_id, now=now)
    return redemption
