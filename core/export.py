"""Tables for spreadsheets: CSV that Excel reads as UTF-8, with nothing in it that would be run as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

BOM = "\ufeff"
# What starts a formula, in half and full width; tab and CR would hide one behind them.
DANGEROUS = tuple("=+-@＝＋－＠\t\r\n|%")
INVISIBLE = " \u00a0\u3000\u200b\u200c\u200d\u2060\ufeff"


def safe_cell(value: object) -> object:
    """A cell's value, with a leading apostrophe where text might be taken for a formula. Numbers stay numbers."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, int | float):
        text = str(value)
        return f"'{text}" if text.lstrip(INVISIBLE).startswith(DANGEROUS) else text
    return value


def csv_text(header: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    """The whole table as text, BOM first, lines ended by CRLF."""
    buffer = io.StringIO()
    buffer.write(BOM)
    writer = csv.writer(buffer)
    writer.writerow([safe_cell(name) for name in header])
    writer.writerows([safe_cell(value) for value in row] for row in rows)
    return buffer.getvalue()
