"""Telling the adults of both wallets that coins were moved, or are back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse

from communities.models import HouseholdMove, Resident
from communities.selectors_moves import adults_of, purses
from core.clock import local_date
from notifications.services.outbox import Announcement, announce_many

MOVED, MOVED_BACK = "household_moved", "household_moved_back"


def moved(move: HouseholdMove, *, now: datetime) -> None:
    """Everybody who lives off one of the wallets."""
    announce_many(_said(MOVED, move, now))


def moved_back(move: HouseholdMove, *, now: datetime) -> None:
    """The same, after a reversal."""
    announce_many(_said(MOVED_BACK, move, now))


def _said(kind: str, move: HouseholdMove, now: datetime) -> Iterator[Announcement]:
    place = move.community
    payload = {"coins": move.amount_coins, "place_zh": place.name_zh, "place_en": place.name_en}
    for user_id, came_in in _told(move, now).items():
        yield Announcement(
            kind=kind,
            subject=f"household-move:{move.pk}",
            recipient_user_id=user_id,
            due_at=now,
            payload={**payload, "in": came_in, "why": move.kind},
            url=reverse("papers:passbook", args=[place.slug]),
        )


def _told(move: HouseholdMove, now: datetime) -> dict[int, bool]:
    """Account → whether the coins came in."""
    day = local_date(now, move.community.time_zone)
    found = purses([move.from_wallet_id, move.to_wallet_id])
    told: dict[int, bool] = {}
    for wallet_id, came_in in ((move.from_wallet_id, False), (move.to_wallet_id, True)):
        people: list[Resident] = adults_of(found[wallet_id], day)
        told.update({one.user_id: came_in for one in people if one.user_id is not None})
    return told
