"""Tables that people bring along: CSV in UTF-8 or GBK, or XLSX, read row by row, whatever somebody put into the file.

Everything has its limit: bytes, rows, columns, and what a zip may grow to. Dates and formulas are not computed.
"""

from __future__ import annotations

import codecs
import csv
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from openpyxl import load_workbook

from core.errors import DomainError

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 100_000
MOST_EMPTY = 1_000  # rows without anything, one after another
MOST_COLUMNS = 40
MOST_LETTERS = 200  # of a cell; what is longer is no cell of a list
MOST_PARTS = 500  # of a workbook
MOST_UNPACKED = 200 * 1024 * 1024  # sheets are read row by row …
MOST_UNPACKED_PART = 40 * 1024 * 1024  # … their texts are kept in memory
BLOCK = 1024 * 1024


class TableUnreadable(DomainError):
    """Neither CSV in UTF-8 or GBK nor XLSX, or broken."""

    code = "table_unreadable"
    message = _("This file cannot be read. Save the table as CSV (UTF-8 or GBK) or as XLSX, and try again.")


class TableTooLarge(DomainError):
    """Too many bytes or rows."""

    code = "table_too_large"
    message = format_lazy(
        _("This file is too large: at most {rows} rows and {mib} MB. Cut it into several."),
        rows=f"{MOST_ROWS:,}",
        mib=MOST_BYTES // (1024 * 1024),
    )


@dataclass(frozen=True, slots=True)
class Row:
    """One row that is not empty: its number in the file, from 1, and its cells as text."""

    number: int
    cells: list[str]


def read(path: Path) -> Iterator[Row]:
    """The rows of a file. Raises TableUnreadable and TableTooLarge, perhaps after some rows."""
    if path.stat().st_size > MOST_BYTES:
        raise TableTooLarge
    source = _workbook(path) if zipfile.is_zipfile(path) else _csv(path)
    count = 0
    for number, cells in enumerate(_with_few_gaps(source), start=1):
        if any(cells):
            count += 1
            if count > MOST_ROWS + 1:  # and its heading
                raise TableTooLarge
            yield Row(number, cells)


def _with_few_gaps(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    """Up to a long stretch of empty rows: a sheet may claim a million of them."""
    empty = 0
    for cells in rows:
        empty = 0 if any(cells) else empty + 1
        if empty > MOST_EMPTY:
            return
        yield cells


def _csv(path: Path) -> Iterator[list[str]]:
    encoding = _encoding(path)
    try:
        with path.open(encoding=encoding, newline="") as file:
            comma = _separator(file.readline(BLOCK))
            file.seek(0)
            for cells in csv.reader(file, delimiter=comma):
                yield [_cell(one) for one in cells[:MOST_COLUMNS]]
    except (csv.Error, UnicodeError) as error:
        raise TableUnreadable from error


def _encoding(path: Path) -> str:
    """UTF-8 where all of it is, UTF-16 where its mark says so, else GBK in its widest form."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        if file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return "utf-16"
        file.seek(0)
        try:
            while block := file.read(BLOCK):
                if b"\0" in block:
                    raise TableUnreadable
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "gb18030"
    return "utf-8-sig"


def _separator(heading: str) -> str:
    return max(",\t;", key=heading.count)


def _workbook(path: Path) -> Iterator[list[str]]:
    """The first sheet, with the values that formulas had when it was saved."""
    try:
        _check_unpacked(path)
        with closing(load_workbook(path, read_only=True, data_only=True, keep_links=False)) as book:
            sheet: Any = book.worksheets[0]
            sheet.reset_dimensions()  # what the file says of its size need not be true
            for values in sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True):
                yield [_value(one) for one in values]
    except TableTooLarge:
        raise
    except Exception as error:  # whatever a broken workbook makes the library raise
        raise TableUnreadable from error


def _check_unpacked(path: Path) -> None:
    """Refuse a zip that grows beyond measure. The sizes it states bind: not a byte more is unpacked of a part."""
    with zipfile.ZipFile(path) as parts:
        sizes = {one.filename: one.file_size for one in islice(parts.infolist(), MOST_PARTS + 1)}
    kept = [size for name, size in sizes.items() if not name.startswith("xl/worksheets/")]
    if len(sizes) > MOST_PARTS or sum(sizes.values()) > MOST_UNPACKED or sum(kept) > MOST_UNPACKED_PART:
        raise TableTooLarge


def _value(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else _cell(str(value))


def _cell(text: str) -> str:
    return text.strip()[:MOST_LETTERS]
