"""Over the counter, for someone without a phone: one step, signed in the register 兑换登记表."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from communities.actors import Actor
from core.errors import NotAllowed
from core.transactions import atomic_with_retry
from rewards import errors
from rewards.choices import RedemptionState, Via
from rewards.models import Redemption
from rewards.policies import can_keep_stock
from rewards.services import notices, placing
from rewards.services.households import refuse_own
from rewards.services.requesting import request_redemption, resident_of


@atomic_with_retry
def redeem_at_counter(
    *, actor: Actor, resident_id: UUID, reward_id: UUID, quantity: int, now: datetime, collector: str = ""
) -> Redemption:
    """Hand goods over against the resident's coins. The entry names the resident's wallet and the staff member.

    Refuses one's own household, amounts above the two-person limit, and what a request would refuse.
    """
    if not can_keep_stock(actor):
        raise NotAllowed
    resident = resident_of(actor, resident_id)
    refuse_own(actor=actor, resident=resident, requested_at=now, now=now)
    reward = placing.locked_reward(actor.community, reward_id)
    placing.check_offer(reward, quantity=quantity, resident=resident, community=actor.community, now=now)
    limit = actor.community.settings.two_person_limit_coins
    if reward.price_coins * quantity > limit:
        raise errors.AboveCounterLimit(limit)
    redemption = placing.new_redemption(
        actor=actor, reward=reward, resident=resident, quantity=quantity, via=Via.COUNTER, now=now
    )
    redemption.collector = collector
    _collect_at_once(redemption, actor=actor, now=now)
    redemption.save(force_insert=True)
    placing.take_off_shelf(redemption, actor=actor, now=now)
    placing.pay(redemption, actor=actor, now=now)
    notices.tell(notices.TAKEN, redemption, due_at=now)
    return redemption


@atomic_with_retry
def request_at_counter(
    *, actor: Actor, resident_id: UUID, reward_id: UUID, quantity: int, now: datetime, collector: str = ""
) -> Redemption:
    """Enter a request for a resident at the counter: colleagues approve it. Refuses one's own household."""
    if not can_keep_stock(actor):
        raise NotAllowed
    resident = resident_of(actor, resident_id)
    refuse_own(actor=actor, resident=resident, requested_at=now, now=now)
    redemption = request_redemption(
        actor=actor, reward_id=reward_id, resident_id=resident_id, quantity=quantity, now=now
    )
    redemption.collector = collector
    redemption.save(update_fields=["collector"])
    return redemption


def _collect_at_once(redemption: Redemption, *, actor: Actor, now: datetime) -> None:
    redemption.state = RedemptionState.COLLECTED
    redemption.approved_by_id = redemption.handed_over_by_id = redemption.ended_by_id = actor.user_id
    redemption.approved_at = redemption.collected_at = redemption.ended_at = now
    placing.give_code(redemption, now=now)
