"""What hours put into the outbox: credited, returned, refused, reversed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from communities.actors import Actor
from ledger.selectors import balances
from notifications.services.outbox import Announcement, announce_many
from tasks.choices.hours import HourState
from tasks.models import HourRecord

if TYPE_CHECKING:
    from tasks.services.crediting import Credit

CREDITED = "hours-credited"
RETURNED = "hours-returned"
REFUSED = "hours-refused"
REVERSED = "hours-reversed"
KINDS_OF = {HourState.RETURNED: RETURNED, HourState.REFUSED: REFUSED}


def record_url(record: HourRecord, slug: str) -> str:
    """The record's page for its resident."""
    return reverse("tasks:hour_record", kwargs={"community": slug, "record_id": record.pk})


def credited(credits: Sequence[Credit], *, actor: Actor, now: datetime) -> None:
    """Tell each resident what arrived, and the balance after all of them."""
    told = [credit for credit in credits if credit.record.resident.user_id is not None]
    if not told:
        return
    found = balances({credit.payee.wallet_id for credit in told})
    announce_many(
        _announcement(
            CREDITED,
            credit.record,
            actor,
            now,
            coins=credit.earned.coins,
            balance=found[credit.payee.wallet_id].balance,
            capped=credit.earned.coins == 0,
        )
        for credit in told
    )


def decided(record: HourRecord, *, actor: Actor, now: datetime) -> None:
    """Tell the resident that hours were returned or refused, and why."""
    kind = KINDS_OF[HourState(record.state)]
    announce_many([_announcement(kind, record, actor, now, reason=record.reason)])


def reversed_(record: HourRecord, *, actor: Actor, now: datetime) -> None:
    """Tell the resident that hours were reversed, and why."""
    announce_many(
        [_announcement(REVERSED, record, actor, now, coins=record.coins_earned, reason=record.reversal_reason)]
    )


def _announcement(kind: str, record: HourRecord, actor: Actor, now: datetime, **more: Any) -> Announcement:
    community = actor.community
    settings = community.settings
    payload = {
        "title_zh": record.title_zh,
        "title_en": record.title_en,
        "service_date": record.service_date,
        "minutes": record.minutes,
        "coin": [settings.coin_zh, settings.coin_en, settings.coin_en_plural],
        "time_zone": community.time_zone,
        **more,
    }
    url = record_url(record, community.slug)
    return Announcement(kind, f"hour-record:{record.pk}", record.resident.user_id, now, payload, url)
