"""What the ledger references of redemptions mean to a reader."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from core.clock import local_date
from core.sources import SourceLine, id_of
from rewards.models import Redemption

PREFIX = "redemption"


def describe(references: Iterable[str]) -> dict[str, SourceLine]:
    """The source of each reference of this app; others are left out. One query."""
    ids = {reference: found for reference in references if (found := id_of(reference, PREFIX))}
    rows = Redemption.objects.filter(pk__in=set(ids.values())).select_related(
        "reward", "resident", "community", "handed_over_by"
    )
    by_id = {row.pk: row for row in rows}
    return {reference: _line(by_id[pk]) for reference, pk in ids.items() if pk in by_id}


def _line(row: Redemption) -> SourceLine:
    many = f" × {row.quantity}" if row.quantity > 1 else ""
    moment = row.collected_at or row.requested_at
    page = reverse("rewards:redemption", kwargs={"community": row.community.slug, "redemption_id": row.pk})
    return SourceLine(
        title_zh=row.reward.title_zh + many,
        title_en=row.reward.title_en + many if row.reward.title_en else "",
        service_date=local_date(moment, row.community.time_zone),
        person=row.resident.full_name,
        url=page,
        resident_url=page,
        verified_by=str(row.handed_over_by) if row.handed_over_by else "",
    )
