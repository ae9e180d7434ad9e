"""What stands under a passbook and a statement: sums of the month, and what is available now."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from communities.selectors import Expiring
from core.wording import day_text, number_text
from ledger.models import MonthlyStatement
from papers.selectors.passbook import MonthBook


@dataclass(frozen=True, slots=True)
class Total:
    """A label and a figure; the strong one is what the reader looks for."""

    label: str
    text: str
    strong: bool = False


def passbook_totals(book: MonthBook, *, is_current: bool, expiring: Expiring | None = None) -> list[Total]:
    """The month's sums; in the present month what is held and available, else the balance at the end of the month.

    ``expiring`` stands on paper, too: whoever has no phone reads it there.
    """
    sums = [
        Total(_("Paid in this month"), number_text(book.credited, signed=True)),
        Total(_("Paid out this month"), number_text(-book.debited)),
    ]
    if not is_current:
        return [*sums, Total(_("Balance at the end of the month"), number_text(book.closing), strong=True)]
    account = book.holder.account
    held = Total(_("Held"), number_text(account.held))
    credit = [Total(_("of which credit"), number_text(account.on_credit))] if account.on_credit else []
    return [*sums, held, Total(_("Available"), number_text(account.available), strong=True), *credit, *_lapse(expiring)]


def _lapse(expiring: Expiring | None) -> list[Total]:
    if expiring is None:
        return []
    label = _("Expire after %(day)s") % {"day": day_text(expiring.last_day, weekday=False)}
    return [Total(label, number_text(expiring.coins))]


def statement_totals(statement: MonthlyStatement) -> list[Total]:
    """Opening + in − out = closing, as the ledger wrote it."""
    return [
        Total(_("At the beginning"), number_text(statement.opening)),
        Total(_("Paid in"), number_text(statement.credited, signed=True)),
        Total(_("Paid out"), number_text(-statement.debited)),
        Total(_("At the end"), number_text(statement.closing), strong=True),
    ]
