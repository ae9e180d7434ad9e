"""What payer and payee are told. In the caller's transaction; each is named to the other as neighbours see them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse

from communities.models import Community, Resident
from notifications.services import outbox
from transfers.models import Transfer

SENT, RECEIVED, REFUSED, LAPSED = "transfer_sent", "transfer_received", "transfer_refused", "transfer_lapsed"


def tell_payer(kind: str, transfer: Transfer, *, now: datetime) -> None:
    """One of the kinds above to who pays."""
    _tell(kind, transfer, transfer.resident, transfer.community, transfer.partner, transfer.payee, now=now)


def tell_payee(transfer: Transfer, *, now: datetime) -> None:
    """Coins have arrived."""
    _tell(RECEIVED, transfer, transfer.payee, transfer.partner, transfer.community, transfer.resident, now=now)


def _tell(
    kind: str, transfer: Transfer, to: Resident, here: Community, there: Community, other: Resident, *, now: datetime
) -> None:
    payload: dict[str, Any] = {
        "place_zh": there.name_zh,
        "place_en": there.name_en,
        "who": other.public_name,
        "coins": transfer.amount_coins,
        "coin": here.settings.coin_names,
        "reason": transfer.reason,
        "time_zone": here.time_zone,
    }
    outbox.announce(
        kind=kind,
        subject=transfer.hold_reference,
        recipient_user_id=to.user_id,
        due_at=now,
        payload=payload,
        url=reverse("transfers:transfer", kwargs={"community": here.slug, "transfer_id": transfer.pk}),
    )
