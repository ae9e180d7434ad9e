"""A passbook line in words: as HTML for the page, where what people typed is marked, as text for PDF and CSV."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core import passbook
from core.templatetags.look import typed, typed_text
from core.typed import typed_plain
from core.wording import day_text, dot
from papers.selectors.holders import Holder
from papers.selectors.passbook import Row


def item_html(row: Row) -> SafeString:
    """ "Reversal · 11 Nov Reading aloud · 王**": our word, day of service, typed title, household member."""
    title = typed(row.source, "title") if row.source else ""
    member = typed_text(row.member) if row.member else ""
    return _joined(dot(), [row.label, _joined(" ", [_day(row), title]), member])


def item_text(row: Row) -> str:
    """The same as plain text."""
    title = typed_plain(row.source, "title") if row.source else ""
    parts = [row.label, " ".join(part for part in (_day(row), title) if part), row.member]
    return dot().join(part for part in parts if part)


def passbook_lines(rows: Iterable[Row], link: str = "") -> list[passbook.Line]:
    """The rows as the page draws them. ``link``: the address of a line's story, ending before its number."""
    return [
        passbook.Line(
            day=row.line.booked_date,
            item=item_html(row),
            delta=row.line.delta,
            balance=row.line.after,
            duration=row.duration,
            url=f"{link}{row.line.entry_id}/" if link else "",
        )
        for row in rows
    ]


def cover_html(holder: Holder) -> SafeString:
    """The name on the cover, marked as typed."""
    name = typed_text(holder.resident.full_name)
    return format_html(_("{}'s household"), name) if holder.household_number else name


def cover_text(holder: Holder) -> str:
    """The name on the cover as plain text."""
    name = holder.resident.full_name
    return _("{}'s household").format(name) if holder.household_number else name


def _day(row: Row) -> str:
    return day_text(row.service_date, weekday=False) if row.service_date else ""


def _joined(between: str, parts: list[SafeString | str]) -> SafeString:
    return format_html_join(between, "{}", ((part,) for part in parts if part))
