"""What the ledger references of write-offs mean to a reader."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils import translation

from communities.models import WriteOff
from communities.selectors_moves import Purse, purses
from core.clock import local_date
from core.sources import SourceLine, id_of

PREFIX = "write-off"


def describe(references: Iterable[str]) -> dict[str, SourceLine]:
    """Reference → whose debt was let go; others are left out. Four queries, however many."""
    ids = {reference: found for reference in references if (found := id_of(reference, PREFIX))}
    rows = WriteOff.objects.filter(pk__in=set(ids.values())).select_related("community", "decided_by")
    by_id = {row.pk: row for row in rows}
    names = purses(row.wallet_id for row in by_id.values())
    return {reference: _line(by_id[pk], names[by_id[pk].wallet_id]) for reference, pk in ids.items() if pk in by_id}


def _line(row: WriteOff, purse: Purse) -> SourceLine:
    titles = {}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            titles[language] = purse.label
    return SourceLine(
        title_zh=titles["zh-hans"],
        title_en=titles["en"],
        service_date=local_date(row.decided_at or row.asked_at, row.community.time_zone),
        url=reverse("communities:write_off", args=[row.community.slug, row.pk]),
        verified_by=str(row.decided_by) if row.decided_by else "",
    )
