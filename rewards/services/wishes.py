"""Being told once when sold-out goods are back. Lock order: the goods, then their wishes.

Whoever makes goods free calls ``tell_waiting`` in its own transaction, after the movement or the end of a redemption:
both have locked the goods, and so does a new wish. So a wish is told of the next goods or refused, never forgotten,
and who is told waits no longer, so that nobody is told twice.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.urls import reverse

from communities.actors import Actor
from core.errors import NotAllowed
from core.forgetting import delete_some
from core.transactions import atomic_with_retry
from notifications.services import outbox
from notifications.services.outbox import Announcement
from rewards import errors
from rewards.models import Reward, Wish
from rewards.services.placing import locked_reward

BACK = "goods_back"
KEPT = timedelta(days=365)


@atomic_with_retry
def wish(*, actor: Actor, reward_id: UUID, now: datetime) -> Reward:
    """Ask to be told; twice is once. Refuses goods that are there, or no longer offered."""
    if actor.resident is None:
        raise NotAllowed
    reward = locked_reward(actor.community, reward_id)
    if reward.withdrawn_at:
        raise errors.Withdrawn
    if not reward.is_sold_out:
        raise errors.BackAlready
    Wish.objects.bulk_create([Wish(reward=reward, resident=actor.resident, wished_at=now)], ignore_conflicts=True)
    return reward


@atomic_with_retry
def withdraw(*, actor: Actor, reward_id: UUID) -> int:
    """Wait no longer; answers 0 for who did not wait."""
    if actor.resident is None:
        raise NotAllowed
    return Wish.objects.filter(reward_id=reward_id, resident=actor.resident).delete()[0]


def tell_waiting(*, reward_id: UUID, now: datetime) -> int:
    """Tell all who wait, if the goods are free and offered by now; answers how many. In the caller's transaction.

    Who has moved away, or has no account any more, is forgotten with the others.
    """
    if not Wish.objects.filter(reward_id=reward_id).exists():
        return 0
    reward = Reward.objects.select_related("community").select_for_update(of=("self",)).get(pk=reward_id)
    if reward.withdrawn_at or reward.is_sold_out:
        return 0
    waiting = Wish.objects.filter(reward=reward).select_for_update(of=("self",)).select_related("resident")
    told = [one.resident for one in waiting]
    Wish.objects.filter(reward=reward, resident__in=told).delete()
    outbox.announce_many(_announcement(reward, one.user_id, now) for one in told if one.left_at is None)
    return len(told)


def forget_old(now: datetime, most: int) -> int:
    """Forget the wishes of those who moved away, and those that nothing came for in a year; how many."""
    old = Q(wished_at__lt=now - KEPT) | Q(resident__left_at__isnull=False)
    return delete_some(Wish.objects.filter(old), most)


def _announcement(reward: Reward, user_id: int | None, now: datetime) -> Announcement:
    return Announcement(
        kind=BACK,
        subject=f"reward:{reward.pk}",
        recipient_user_id=user_id,
        due_at=now,
        payload={"title_zh": reward.title_zh, "title_en": reward.title_en},
        url=reverse("rewards:reward", kwargs={"community": reward.community.slug, "reward_id": reward.pk}),
    )
