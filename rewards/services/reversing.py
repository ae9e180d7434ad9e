"""Reversing what was collected: one asks, a manager confirms; coins and goods go back.

Lock order as in ``requesting``: redemption, goods (which the movement locks), then the ledger's accounts.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from communities.actors import Actor
from core.errors import NotAllowed
from core.transactions import atomic_with_retry
from ledger.choices import ReversalStatus
from ledger.services import reversals
from rewards import errors
from rewards.choices import MovementKind, RedemptionState
from rewards.models import Redemption, StockMovement
from rewards.policies import can_confirm_reversal, can_decide
from rewards.services.households import refuse_own
from rewards.services.requesting import locked
from rewards.services.wishes import tell_waiting


@atomic_with_retry
def ask_reversal(*, actor: Actor, redemption_id: UUID, reason: str, now: datetime) -> Redemption:
    """Ask that a collected redemption be reversed, with a reason."""
    if not can_decide(actor):
        raise NotAllowed
    redemption = locked(actor, redemption_id)
    if redemption.state != RedemptionState.COLLECTED:
        raise errors.NotCollected
    if redemption.reversal is not None and redemption.reversal.status != ReversalStatus.DECLINED:
        raise errors.ReversalAsked
    if not reason.strip():
        raise errors.ReasonMissing
    asked = reversals.ask(
        book_id=redemption.community.book_id,
        reference=redemption.collect_reference,
        reason=reason.strip(),
        actor_id=actor.user_id,
        now=now,
    )
    redemption.reversal_id = asked.pk
    redemption.save(update_fields=["reversal"])
    return redemption


@atomic_with_retry
def confirm_reversal(*, actor: Actor, redemption_id: UUID, now: datetime) -> Redemption:
    """As the second person, let coins and goods go back. Refuses who asked, and the household."""
    if not can_confirm_reversal(actor):
        raise NotAllowed
    redemption = locked(actor, redemption_id)
    if redemption.reversal is None or redemption.reversed_at:
        raise errors.Ended
    if redemption.reversal.asked_by_id == actor.user_id:
        raise errors.ReversalOfOwn
    refuse_own(actor=actor, resident=redemption.resident, requested_at=redemption.requested_at, now=now)
    redemption.reversed_at = now
    redemption.save(update_fields=["reversed_at"])
    StockMovement.objects.create(
        reward_id=redemption.reward_id,
        kind=MovementKind.RETURNED,
        quantity=redemption.quantity,
        redemption=redemption,
        reason=redemption.reversal.reason[:200],
        actor_id=actor.user_id,
        moved_at=now,
    )
    tell_waiting(reward_id=redemption.reward_id, now=now)
    reversals.confirm(request_id=redemption.reversal.pk, actor_id=actor.user_id, now=now)
    return redemption


@atomic_with_retry
def decline_reversal(*, actor: Actor, redemption_id: UUID, now: datetime) -> Redemption:
    """As the second person, let the hand-over stand; it may be asked for anew."""
    if not can_confirm_reversal(actor):
        raise NotAllowed
    redemption = locked(actor, redemption_id)
    if redemption.reversal is None or redemption.reversed_at:
        raise errors.Ended
    if redemption.reversal.asked_by_id == actor.user_id:
        raise errors.ReversalOfOwn
    reversals.decline(request_id=redemption.reversal.pk, actor_id=actor.user_id, now=now)
    return redemption
