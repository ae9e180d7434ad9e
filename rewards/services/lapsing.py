"""What nobody decided or collected in time ends here, with its hold. Due work of every minute."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from core.transactions import atomic_with_retry
from ledger.services import holds
from rewards.choices import RedemptionState
from rewards.models import Redemption
from rewards.models.redemption import RedemptionQuerySet
from rewards.services import notices
from rewards.services.wishes import tell_waiting

ROWS_A_SWEEP = 500


def lapse_requests(now: datetime) -> int:
    """End requests that nobody decided in time; answers how many."""
    due = Redemption.objects.lapsed(now).order_by("lapses_at").values_list("pk", flat=True)[:ROWS_A_SWEEP]
    return _end_each(due, now)


def expire_codes(now: datetime) -> int:
    """End ready redemptions that nobody collected in time; answers how many."""
    due = Redemption.objects.overdue(now).order_by("expires_at").values_list("pk", flat=True)[:ROWS_A_SWEEP]
    return _end_each(due, now)


def _end_each(ids: Iterable[UUID], now: datetime) -> int:
    return sum(_end(redemption_id=pk, now=now) for pk in list(ids))


@atomic_with_retry
def _end(*, redemption_id: UUID, now: datetime) -> int:
    # A desk that holds the row just now wins; otherwise the next sweep finds it again.
    redemption = (
        _due(now)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("reward", "resident", "community")
        .filter(pk=redemption_id)
        .first()
    )
    if redemption is None:
        return 0
    redemption.state, redemption.ended_at = RedemptionState.EXPIRED, now
    redemption.save(update_fields=["state", "ended_at"])
    holds.expire(hold_ids=[redemption.hold_id], now=now)
    notices.forget_reminder(redemption)
    notices.tell(notices.LAPSED, redemption, due_at=now, ready=bool(redemption.code))
    tell_waiting(reward_id=redemption.reward_id, now=now)
    return 1


def _due(now: datetime) -> RedemptionQuerySet:
    return Redemption.objects.lapsed(now) | Redemption.objects.overdue(now)
