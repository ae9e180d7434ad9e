"""Tables for spreadsheets: CSV that Excel reads as UTF-8, and XLSX, with nothing that would be run as a formula.

Both are written row by row: a table of 100,000 rows passes through without standing in memory.
"""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import islice
from typing import IO, Any

from django.http import FileResponse
from django.utils.functional import Promise
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font

from core.wording import local

BOM = "\ufeff"
# What starts a formula, in half and full width; tab and CR would hide one behind them.
DANGEROUS = tuple("=+-@＝＋－＠\t\r\n|%")
INVISIBLE = " \u00a0\u3000\u200b\u200c\u200d\u2060\ufeff"
# What XML 1.0 cannot say, and the lone halves of pairs.
UNSAYABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
LONGEST_CELL = 32_767  # of a spreadsheet
SHEET_NAME = 31
MOST_ROWS = 50_000  # of one file
KEPT_IN_MEMORY = 1_000_000  # bytes, before a file goes to disk
CSV, XLSX = "csv", "xlsx"
TYPES = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


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


def csv_file(header: Sequence[object], rows: Iterable[Sequence[object]]) -> IO[bytes]:
    """The same in a temporary file, read from its beginning."""
    file = _temporary()
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    text.write(BOM)
    writer = csv.writer(text)
    writer.writerow([safe_cell(name) for name in header])
    writer.writerows([safe_cell(_worded(value)) for value in row] for row in rows)
    text.flush()
    text.detach()
    file.seek(0)
    return file


def xlsx_file(header: Sequence[object], rows: Iterable[Sequence[object]], *, title: str = "") -> IO[bytes]:
    """The table as a workbook of one sheet: numbers are numbers, dates dates, and every text is text."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_sheet_name(title))
    sheet.freeze_panes = "A2"
    sheet.append([_heading(sheet, name) for name in header])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    file = _temporary()
    book.save(file)
    file.seek(0)
    return file


def download(
    form: str, *, name: str, header: Sequence[object], rows: Iterable[Sequence[object]], title: str = ""
) -> FileResponse:
    """The table as a file to keep: ``form`` is ``csv`` or ``xlsx``, ``name`` the file's without its ending."""
    file = xlsx_file(header, rows, title=title) if form == XLSX else csv_file(header, rows)
    answer = FileResponse(file, as_attachment=True, filename=f"{name}.{form}", content_type=TYPES[form])
    answer["Cache-Control"] = "private, no-store"
    return answer


def cut(rows: Iterable[Sequence[object]], *, at: int = MOST_ROWS, sentence: str) -> Iterable[Sequence[object]]:
    """The first rows, and where there are more a last one that says so."""
    source = iter(rows)
    yield from islice(source, at)
    if next(source, None) is not None:
        yield [sentence]


def _temporary() -> IO[bytes]:
    return tempfile.SpooledTemporaryFile(max_size=KEPT_IN_MEMORY)


def _worded(value: object) -> object:
    return f"{local(value):%Y-%m-%d %H:%M:%S}" if isinstance(value, datetime) and value.tzinfo else value


def _sheet_name(title: str) -> str:
    return re.sub(r"[\[\]:*?/\\]", " ", title).strip("' ")[:SHEET_NAME] or "1"


def _heading(sheet: Any, name: object) -> Any:
    cell = WriteOnlyCell(sheet, _text(name))
    cell.data_type = "s"
    cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    return cell


def _cell(sheet: Any, value: object) -> Any:
    """A cell. Text never becomes a formula here, and keeps the apostrophe for whoever saves the sheet as CSV."""
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    if isinstance(value, datetime):
        return local(value).replace(tzinfo=None, microsecond=0) if value.tzinfo else value
    if isinstance(value, date):
        return value
    cell = WriteOnlyCell(sheet, _text(value))
    cell.data_type = "s"
    return cell


def _text(value: object) -> str:
    text = str(value) if isinstance(value, Promise) else value
    return UNSAYABLE.sub("", str(safe_cell(text)))[:LONGEST_CELL]
