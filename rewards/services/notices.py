"""What the resident is told: approved, refused, about to expire, taken, lapsed. In the caller's transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse

from notifications.services import outbox
from rewards import rules
from rewards.models import Redemption

APPROVED, REFUSED, EXPIRING, TAKEN, LAPSED = (
    "redemption_approved",
    "redemption_refused",
    "redemption_expiring",
    "redemption_taken",
    "redemption_lapsed",
)


def tell(kind: str, redemption: Redemption, *, due_at: datetime, **more: Any) -> None:
    """Announce one of the kinds above about a redemption to its resident; nobody without an account is told."""
    outbox.announce(
        kind=kind,
        subject=redemption.reference,
        recipient_user_id=redemption.resident.user_id,
        due_at=due_at,
        payload=_payload(redemption) | more,
        url=reverse(
            "rewards:redemption", kwargs={"community": redemption.community.slug, "redemption_id": redemption.pk}
        ),
    )


def tell_ready(redemption: Redemption, *, now: datetime) -> None:
    """The code is there; and three days before it expires, once more."""
    tell(APPROVED, redemption, due_at=now)
    assert redemption.expires_at is not None
    reminder = rules.reminder_at(redemption.expires_at)
    if reminder > now:
        tell(EXPIRING, redemption, due_at=reminder)


def forget_reminder(redemption: Redemption) -> None:
    """Nothing is about to expire any more."""
    outbox.drop(kind=EXPIRING, subject=redemption.reference)


def _payload(redemption: Redemption) -> dict[str, Any]:
    return {
        "title_zh": redemption.reward.title_zh,
        "title_en": redemption.reward.title_en,
        "quantity": redemption.quantity,
        "coins": redemption.amount_coins,
        "expires_at": redemption.expires_at.isoformat() if redemption.expires_at else None,
        "time_zone": redemption.community.time_zone,
    }
