"""What the ledger references of transfers mean to a reader: told to the payer's book, and to the payee's."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from communities.models import Community, Resident
from core.sources import SourceLine, id_of
from transfers.models import Transfer

PREFIX = "transfer"


def describe(references: Iterable[str]) -> dict[str, SourceLine]:
    """The source of each reference of this app; others are left out. One query."""
    ids = {reference: found for reference in references if (found := id_of(reference, PREFIX))}
    rows = Transfer.objects.filter(pk__in=set(ids.values())).select_related(
        "resident", "payee", "community", "partner", "approved_by"
    )
    by_id = {row.pk: row for row in rows}
    return {reference: _line(by_id[pk]) for reference, pk in ids.items() if pk in by_id}


def _line(row: Transfer) -> SourceLine:
    approved_by = str(row.approved_by) if row.approved_by else ""
    titles_out, titles_in = _titles(row.partner, row.payee, out=True), _titles(row.community, row.resident, out=False)
    here, there = _url(row, row.community), _url(row, row.partner)
    return SourceLine(
        *titles_out,
        person=row.resident.full_name,
        url=here,
        resident_url=here,
        verified_by=approved_by,
        incoming=SourceLine(*titles_in, person=row.payee.full_name, url=there, resident_url=there),
    )


def _titles(place: Community, other: Resident, *, out: bool) -> tuple[str, str]:
    """In both languages, whichever the reader has; the other person as neighbours see them."""
    return _title("zh-hans", place.name_zh, other, out=out), _title(
        "en", place.name_en or place.name_zh, other, out=out
    )


def _title(language: str, place: str, other: Resident, *, out: bool) -> str:
    with override(language):
        sentence = _("To %(place)s, %(who)s") if out else _("From %(place)s, %(who)s")
        return sentence % {"place": place, "who": other.public_name}


def _url(row: Transfer, community: Community) -> str:
    return reverse("transfers:transfer", kwargs={"community": community.slug, "transfer_id": row.pk})
