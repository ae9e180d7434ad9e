"""The trial balance of a book as one table: by kind of account, and under it the formula with every term."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.wording import day_text
from ledger.models import Book
from ledger.selectors import Outstanding
from reports.selectors.books import Books, KindLine
from reports.tables import Column, Row, Table


def trial_table(book: Book, books: Books) -> Table:
    """Everything that the book's page shows in figures."""
    when = day_text(books.on, weekday=False, year=True) if books.on else _("Now")
    name = f"trial-balance-{book.pk}" + (f"-{books.on}" if books.on else "")
    return Table(
        name=name,
        title=_("Trial balance"),
        columns=[
            Column(_("Kind of account")),
            Column(_("Accounts"), number=True),
            Column(_("Debits"), number=True),
            Column(_("Credits"), number=True),
            Column(_("Balance on its normal side"), number=True),
            Column(_("Stored balance"), number=True),
            Column(_("Drift"), number=True),
        ],
        items=[*books.lines, *formula(books.outstanding), (_("As of the end of"), when)],
        rows=_rows,
        total=(),
    )


def formula(found: Outstanding) -> list[tuple[str, int]]:
    """Each term in the order of the formula, then both sums and their difference."""
    return [
        (_("Wallets"), found.wallets),
        (_("Community fund"), found.fund),
        (_("Merchants"), found.merchants),
        (_("Coins outstanding"), found.held_by_people),
        (_("Issued for hours"), found.issuance),
        (_("Opening balances"), found.opening),
        (_("Recovery still open"), found.recovery),
        (_("Redeemed"), -found.redeemed),
        (pgettext("ledger account", "Expired"), -found.expired),
        (_("Settled with merchants"), -found.settled),
        (_("Clearing with other communities"), -found.clearing),
        (_("Explained"), found.explained),
        (_("Difference"), found.difference),
    ]


def _rows(items: Sequence[Any]) -> list[Row]:
    return [_kind(one) if isinstance(one, KindLine) else [one[0], None, None, None, one[1]] for one in items]


def _kind(one: KindLine) -> Row:
    line = one.line
    drift = None if one.stored is None else one.drift
    return [line.kind.label, line.accounts, line.debits, line.credits, line.balance, one.stored, drift]
