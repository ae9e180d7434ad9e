"""The settlement sheet on paper: the four figures, the transfers by number, two places to sign. No names."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.coins import CoinWord
from core.typed import typed_plain
from core.wording import day_text, month_text, number_text
from ledger.clearing import ClearingLine
from papers.selectors.settlements import Settlement
from papers.sheets import Column, Sheet

MOST_ROWS = 2000  # on paper; the table has them all


def standing_text(balance: int, coin: CoinWord) -> str:
    """Who owes whom, as this community reads it."""
    if balance == 0:
        return _("Even")
    amount = coin.amount(abs(balance))
    return (
        _("We owe %(amount)s") % {"amount": amount} if balance > 0 else _("We are owed %(amount)s") % {"amount": amount}
    )


def settlement_sheet(settlement: Settlement, coin: CoinWord) -> Sheet:
    """The sheet with all its lines, at most 2,000."""
    figures, lines = settlement.figures, settlement.lines(most=MOST_ROWS)
    place, partner = (typed_plain(one, "name") for one in (settlement.community, settlement.partner))
    facts = [
        (_("Community"), place),
        (_("Partner community"), partner),
        (_("Month"), month_text(settlement.month)),
        (_("State"), _("Closed by both") if settlement.is_final else _("Still open: lines may be added")),
        (_("Opening"), number_text(figures.opening)),
        (_("Sent out"), number_text(figures.sent)),
        (_("Received"), number_text(figures.received)),
        (_("Closing"), f"{number_text(figures.closing)}  {standing_text(figures.closing, coin)}"),
    ]
    return Sheet(
        title=_("Settlement sheet"),
        facts=facts,
        columns=[
            Column(_("No."), 12),
            Column(_("Date"), 30),
            Column(_("Entry number"), 28),
            Column(_("Passbook here"), 28),
            Column(_("Passbook there"), 28),
            Column(_("Sent out"), 20),
            Column(_("Received"), 20),
            Column(_("Note"), 0),
        ],
        rows=[_row(number, line) for number, line in enumerate(lines, start=1)],
        foot=_foot(settlement, (place, partner)),
        landscape=True,
    )


def note(line: ClearingLine) -> str:
    """Where the partner's sheet of the month does not have the line: when it stands there."""
    if line.elsewhere is None:
        return ""
    return _("booked there on %(day)s") % {"day": day_text(line.elsewhere, weekday=False, year=True)}


def _row(number: int, line: ClearingLine) -> list[str]:
    return [
        str(number),
        day_text(line.booked_date, weekday=False),
        str(line.entry_id),
        line.number,
        line.other_number or "",
        number_text(line.delta) if line.delta > 0 else "",
        number_text(-line.delta) if line.delta < 0 else "",
        note(line),
    ]


def _foot(settlement: Settlement, places: Sequence[str]) -> list[str]:
    signed = [_("For %(place)s: ____________________    Date: ____________________") % {"place": one} for one in places]
    left = settlement.figures.lines - MOST_ROWS
    if left <= 0:
        return signed
    more = ngettext(
        "%(count)s more line stands in the table (CSV).", "%(count)s more lines stand in the table (CSV).", left
    )
    return [more % {"count": number_text(left)}, *signed]
