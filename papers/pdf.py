"""The data of a passbook or a statement for its typst template: words and figures in the reader's language."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import segno
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from core import passbook, typst
from core.typed import typed_plain
from core.typst import language
from core.wording import day_text, month_text, number_text
from papers.selectors.holders import Holder
from papers.selectors.passbook import MonthBook
from papers.totals import Total
from papers.wording import cover_text, item_text

TEMPLATES = Path(__file__).parent / "typst"


def passbook_pdf(book: MonthBook, *, title: str, totals: Sequence[Total], issued: date, seal_code: str = "") -> bytes:
    """A month as a PDF on A5."""
    return typst.render(TEMPLATES / "passbook.typ", _passbook(book, title, totals, issued, seal_code))


def check_url(community_slug: str) -> str:
    """Where anybody can have a code checked, as printed: without https://."""
    address = settings.SITE_URL + reverse("papers:check", kwargs={"community": community_slug})
    return str(address).split("//", 1)[-1]


def _passbook(book: MonthBook, title: str, totals: Sequence[Total], issued: date, seal_code: str) -> dict[str, Any]:
    community = book.holder.community
    head = [
        (_("Holder"), cover_text(book.holder)),
        (book.holder.number_label, book.holder.number),
        (_("Period"), month_text(book.month)),
    ]
    return {
        **language(),
        "title": title,
        "head": [*head, (_("Seal code"), seal_code)] if seal_code else head,
        "columns": [_("Date"), _("Item"), _("Duration"), _("Paid in"), _("Paid out"), _("Balance")],
        "sheets": [_sheet(sheet) for sheet in _sheets(book)],
        "totals": [{"label": total.label, "text": total.text, "strong": total.strong} for total in totals],
        "issuer": typed_plain(community, "name"),
        "issued": day_text(issued, weekday=False),
        "seal": _("Verified"),
        "code_label": _("Verification code"),
        "code": book.code,
        "qr": _qr(book.holder),
        "qr_label": _("Code for the desk"),
        "check": _("Anybody can check it at %(address)s") % {"address": check_url(community.slug)},
    }


def _qr(holder: Holder) -> str:
    """An SVG that leads staff to the holder's record: whoever comes with the paper need not spell their name."""
    where = {"community": holder.community.slug, "token": holder.resident.passbook_token}
    drawn = io.BytesIO()
    segno.make(settings.SITE_URL + reverse("communities:passbook_code", kwargs=where), error="m", micro=False).save(
        drawn, kind="svg", border=0, xmldecl=False, svgns=True
    )
    return drawn.getvalue().decode()


def _sheets(book: MonthBook) -> list[passbook.Sheet]:
    lines = [
        passbook.Line(row.line.booked_date, item_text(row), row.line.delta, row.line.after, row.duration)
        for row in book.rows
    ]
    return passbook.sheets(lines, opening=book.opening)


def _sheet(sheet: passbook.Sheet) -> dict[str, Any]:
    return {
        "number": sheet.number,
        "last": sheet.last,
        "opening": number_text(sheet.opening),
        "closing": number_text(sheet.closing),
        "carry_in": _("Brought forward"),
        "carry_out": "" if sheet.last else _("Carried forward"),
        "blanks": len(sheet.blanks),
        "lines": [_line(line) for line in sheet.lines],
    }


def _line(line: passbook.Line) -> dict[str, str]:
    return {
        "day": day_text(line.day, weekday=False),
        "item": str(line.item),
        "duration": line.duration,
        "paid_in": number_text(line.delta, signed=True) if line.delta > 0 else "",
        "paid_out": number_text(line.delta, signed=True) if line.delta < 0 else "",
        "balance": number_text(line.balance),
    }
