"""A sample of entries as a table: links to follow on the page, columns to tick and sign on paper and in a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from communities.models import Community
from core.sources import SourceLine, sources_of
from core.typed import typed_plain
from core.wording import number_text
from ledger.choices import AccountKind, EntryKind
from ledger.models import Book, JournalEntry
from reports.pdf import TICK, Paper, Sign, section_of
from reports.selectors.entries import told
from reports.selectors.people import actors_named
from reports.selectors.samples import Sample
from reports.tables import Column, Link, Row, Table


def sample_table(book: Book, sample: Sample, *, to_tick: bool = False) -> Table:
    """The entries drawn, in the order of the book."""
    columns = [
        Column(_("No."), number=True, width=9),
        Column(_("Entry"), width=15),
        Column(_("Booked on"), width=27),
        Column(_("Kind"), width=26),
        Column(_("Debit account"), typed=True, width=24),
        Column(_("Credit account"), typed=True, width=24),
        Column(_("Amount"), number=True, width=17),
        Column(_("What it was for"), typed=True),
        Column(_("Verified by"), typed=True, width=20),
        Column(_("Entered by"), typed=True, width=20),
    ]
    to_sign = [
        Column(_("Paper seen"), width=13),
        Column(_("Agrees"), width=13),
        Column(_("Remarks, signature"), width=32),
    ]
    entries = JournalEntry.objects.filter(book=book, pk__in=sample.ids).select_related("debit", "credit").order_by("pk")
    return Table(
        name=f"sample-{book.pk}-{sample.seed}",
        title=_("Random sample"),
        columns=[*columns, *(to_sign if to_tick else [])],
        items=entries,
        rows=lambda some: _rows(some, sample, to_tick=to_tick),
    )


def sample_facts(sample: Sample, period: str) -> list[tuple[str, str]]:
    """What makes it reproducible."""
    return [
        (_("Months"), period),
        (_("Seed"), str(sample.seed)),
        (_("Entries drawn"), number_text(len(sample.ids))),
        (_("Drawn from"), number_text(sample.out_of)),
    ]


def sample_paper(book: Book, issuer: str, sample: Sample, period: str) -> Paper:
    """The sample to take along: a row an entry, to tick and sign."""
    table = sample_table(book, sample, to_tick=True)
    return Paper(
        title=_("Random sample of the ledger"),
        issuer=issuer,
        foot=f"{issuer}  {sample.seed}",
        facts=sample_facts(sample, period),
        sections=[section_of(table, tall=True, size=7.5)],
        signs=[
            Sign(_("Drawn and checked by"), [_("Name"), _("Date")]),
            Sign(_("Second auditor"), [_("Name"), _("Date")]),
        ],
        landscape=True,
    )


def _rows(entries: Sequence[JournalEntry], sample: Sample, *, to_tick: bool) -> list[Row]:
    names = actors_named({one.actor_id for one in entries}, _communities(entries))
    sources = sources_of(one.reference for one in entries)
    places = {pk: at for at, pk in enumerate(sample.ids, start=1)}
    rows: list[Row] = []
    for one in entries:
        source = told(one, sources.get(one.reference))
        row = [
            places[one.pk],
            Link(str(one.pk), reverse("admin:ledger_journalentry_change", args=[one.pk])),
            one.booked_date,
            EntryKind(one.kind).label,
            account_text(one.debit),
            account_text(one.credit),
            one.amount,
            source_link(source, one.reference),
            source.verified_by if source else "",
            names.get(one.actor_id or 0, ""),
        ]
        rows.append([*row, TICK, TICK, ""] if to_tick else row)
    return rows


def _communities(entries: Sequence[JournalEntry]) -> set[int]:
    """Whose book it is."""
    return set(Community.objects.filter(book__in={one.book_id for one in entries}).values_list("pk", flat=True))


def account_text(account: Any) -> str:
    """An account as a reader knows it: a system account by its kind, another by its number."""
    known = account.number == AccountKind(account.kind).name.lower()
    return str(AccountKind(account.kind).label) if known else account.number


def source_link(source: SourceLine | None, reference: str = "–") -> Link | str:
    """Where an entry came from, as a link to its page; its reference where no app knows it."""
    if source is None:
        return reference
    title = typed_plain(source, "title") or reference
    return Link(title, source.url, typed=True) if source.url else title
