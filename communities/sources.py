"""What the ledger references of moves between wallets mean to a reader."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils import translation

from communities.models import HouseholdMove
from communities.selectors_moves import Purse, purses
from core.clock import local_date
from core.sources import SourceLine, id_of

PREFIX = "household-move"


def describe(references: Iterable[str]) -> dict[str, SourceLine]:
    """The source of each reference of this app; others are left out. Four queries, however many."""
    ids = {reference: found for reference in references if (found := id_of(reference, PREFIX))}
    rows = HouseholdMove.objects.filter(pk__in=set(ids.values())).select_related("community", "decided_by")
    by_id = {row.pk: row for row in rows}
    names = purses(wallet for row in by_id.values() for wallet in (row.from_wallet_id, row.to_wallet_id))
    return {reference: _line(by_id[pk], names) for reference, pk in ids.items() if pk in by_id}


def _line(row: HouseholdMove, names: dict[int, Purse]) -> SourceLine:
    titles = {}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            titles[language] = f"{names[row.from_wallet_id].label} → {names[row.to_wallet_id].label}"
    return SourceLine(
        title_zh=titles["zh-hans"],
        title_en=titles["en"],
        service_date=local_date(row.decided_at or row.asked_at, row.community.time_zone),
        url=reverse("communities:move", args=[row.community.slug, row.pk]),
        verified_by=str(row.decided_by) if row.decided_by else "",
    )
