"""What comes to the shelf and leaves it otherwise than by redemption. Every change is a movement with its person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from communities.actors import Actor
from communities.models import Resident
from core.errors import NotAllowed
from core.transactions import atomic_with_retry
from rewards import errors
from rewards.choices import LIVE, MovementKind
from rewards.models import Redemption, Reward, StockMovement
from rewards.policies import can_keep_stock
from rewards.services.placing import locked_reward
from rewards.services.wishes import tell_waiting

NAMED = 5  # residents named in a refusal


@dataclass(frozen=True, slots=True)
class Goods:
    """What staff type of goods."""

    title_zh: str
    price_coins: int
    title_en: str = ""
    about: str = ""
    low_stock: int = 0
    made_by: Resident | None = None


@atomic_with_retry
def add_goods(*, actor: Actor, goods: Goods, now: datetime) -> Reward:
    """Put goods into the catalogue, with nothing on the shelf yet."""
    _check(actor)
    return Reward.objects.create(
        community=actor.community,
        title_zh=goods.title_zh,
        title_en=goods.title_en,
        about=goods.about,
        price_coins=goods.price_coins,
        low_stock=goods.low_stock,
        made_by=goods.made_by,
        created_by_id=actor.user_id,
        created_at=now,
    )


@atomic_with_retry
def change_goods(*, actor: Actor, reward_id: UUID, goods: Goods, offered: bool, now: datetime) -> Reward:
    """Change words, price or warning; withdraw from the catalogue or offer again. Open requests keep their price."""
    _check(actor)
    reward = locked_reward(actor.community, reward_id)
    reward.title_zh, reward.title_en, reward.about = goods.title_zh, goods.title_en, goods.about
    reward.price_coins, reward.low_stock, reward.made_by = goods.price_coins, goods.low_stock, goods.made_by
    reward.withdrawn_at = None if offered else reward.withdrawn_at or now
    reward.save(update_fields=["title_zh", "title_en", "about", "price_coins", "low_stock", "made_by", "withdrawn_at"])
    tell_waiting(reward_id=reward.pk, now=now)
    return reward


@atomic_with_retry
def receive(*, actor: Actor, reward_id: UUID, quantity: int, now: datetime, reason: str = "") -> StockMovement:
    """Goods arrived."""
    _check(actor)
    reward = locked_reward(actor.community, reward_id)
    moved = _move(reward, MovementKind.RECEIVED, quantity, actor=actor, reason=reason, now=now)
    tell_waiting(reward_id=reward.pk, now=now)
    return moved


@atomic_with_retry
def count(*, actor: Actor, reward_id: UUID, counted: int, now: datetime, reason: str = "") -> StockMovement:
    """A count found so many. Refuses fewer than are promised, and names to whom."""
    _check(actor)
    reward = locked_reward(actor.community, reward_id)
    _check_promises(reward, left=counted)
    moved = _move(
        reward, MovementKind.COUNTED, counted - reward.on_hand, actor=actor, reason=reason, now=now, counted=counted
    )
    tell_waiting(reward_id=reward.pk, now=now)
    return moved


@atomic_with_retry
def write_off(*, actor: Actor, reward_id: UUID, quantity: int, reason: str, now: datetime) -> StockMovement:
    """Goods are spoiled or lost. Refuses what is promised, and names to whom."""
    _check(actor)
    if not reason.strip():
        raise errors.ReasonMissing
    reward = locked_reward(actor.community, reward_id)
    _check_promises(reward, left=reward.on_hand - quantity)
    return _move(reward, MovementKind.WRITTEN_OFF, -quantity, actor=actor, reason=reason, now=now)


def _check(actor: Actor) -> None:
    if not can_keep_stock(actor):
        raise NotAllowed


def _move(
    reward: Reward,
    kind: MovementKind,
    quantity: int,
    *,
    actor: Actor,
    reason: str,
    now: datetime,
    counted: int | None = None,
) -> StockMovement:
    return StockMovement.objects.create(
        reward=reward,
        kind=kind,
        quantity=quantity,
        counted=counted,
        reason=reason.strip(),
        actor_id=actor.user_id,
        moved_at=now,
    )


def _check_promises(reward: Reward, *, left: int) -> None:
    if left >= reward.reserved:
        return
    if not reward.reserved:
        raise errors.NotOnShelf.only(reward.on_hand)
    live = Redemption.objects.filter(reward=reward, state__in=LIVE).select_related("resident").order_by("requested_at")
    named = [f"{one.resident.full_name} × {one.quantity}" for one in live[:NAMED]]
    raise errors.StockIsPromised(
        _(
            "On the shelf %(on_hand)s, of which %(reserved)s are promised: %(names)s. "
            "Cancel or refuse those requests first, or leave at least %(reserved)s."
        )
        % {"on_hand": reward.on_hand, "reserved": reward.reserved, "names": ", ".join(named)}
    )
