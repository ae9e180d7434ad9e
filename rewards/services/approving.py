"""Approving and refusing. Nobody decides for themselves or their household; above the limit two people approve."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from communities.actors import Actor
from core.errors import NotAllowed
from core.transactions import atomic_with_retry
from ledger.services import holds
from rewards import errors
from rewards.choices import RedemptionState, Via
from rewards.models import Redemption
from rewards.policies import can_decide
from rewards.services import notices, placing
from rewards.services.households import refuse_own
from rewards.services.requesting import locked
from rewards.services.wishes import tell_waiting


@atomic_with_retry
def approve(*, actor: Actor, redemption_id: UUID, now: datetime) -> Redemption:
    """Approve a request: its code is made and the resident told. Above the limit the first approval only counts."""
    redemption = _open(actor, redemption_id, now)
    if redemption.via != Via.COUNTER and redemption.requested_by_id == actor.user_id:
        raise errors.EnteredBySame
    if redemption.approved_by_id == actor.user_id:
        raise errors.NeedsSecond
    if redemption.approved_by_id is None:
        redemption.approved_by_id, redemption.approved_at = actor.user_id, now
        if redemption.needs_two:
            redemption.save(update_fields=["approved_by", "approved_at"])
            return redemption
    else:
        redemption.second_approved_by_id, redemption.second_approved_at = actor.user_id, now
    return _make_ready(redemption, now=now)


@atomic_with_retry
def refuse(*, actor: Actor, redemption_id: UUID, reason: str, now: datetime) -> Redemption:
    """Refuse a request with a reason, which the resident reads: goods and coins are free again."""
    redemption = _open(actor, redemption_id, now)
    if not reason.strip():
        raise errors.ReasonMissing
    redemption.state, redemption.reason = RedemptionState.REFUSED, reason.strip()
    redemption.ended_at, redemption.ended_by_id = now, actor.user_id
    redemption.save(update_fields=["state", "reason", "ended_at", "ended_by"])
    holds.release(hold_ids=[redemption.hold_id], now=now)
    notices.tell(notices.REFUSED, redemption, due_at=now, reason=redemption.reason)
    tell_waiting(reward_id=redemption.reward_id, now=now)
    return redemption


def _open(actor: Actor, redemption_id: UUID, now: datetime) -> Redemption:
    if not can_decide(actor):
        raise NotAllowed
    redemption = locked(actor, redemption_id)
    refuse_own(actor=actor, resident=redemption.resident, requested_at=redemption.requested_at, now=now)
    if redemption.state != RedemptionState.REQUESTED or now >= redemption.lapses_at:
        raise errors.Ended
    return redemption


def _make_ready(redemption: Redemption, *, now: datetime) -> Redemption:
    redemption.state = RedemptionState.READY
    placing.give_code(redemption, now=now)
    redemption.save(
        update_fields=[
            "state",
            "approved_by",
            "approved_at",
            "second_approved_by",
            "second_approved_at",
            "code",
            "qr_token",
            "expires_at",
        ]
    )
    notices.tell_ready(redemption, now=now)
    return redemption
