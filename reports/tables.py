"""A table that an auditor reads: on the page, as CSV, as XLSX, on paper, from the same rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse
from django.utils.translation import gettext as _

from core.export import MOST_ROWS, cut, download
from core.wording import number_text

BATCH = 1000  # items whose names are looked up together


@dataclass(frozen=True, slots=True)
class Link:
    """A cell that leads somewhere; a file shows its text alone. ``typed``: what a person wrote."""

    text: str
    url: str
    typed: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A column. ``typed``: its texts are people's own words. ``width`` in mm on paper, 0 for what is left."""

    label: str
    number: bool = False
    typed: bool = False
    width: int = 0


Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Table:
    """``items`` can be counted and sliced; ``rows`` makes the cells of a slice, looking names up together."""

    name: str  # of its file, without the ending
    title: str
    columns: Sequence[Column]
    items: Any
    rows: Callable[[Sequence[Any]], list[Row]]
    about: str = ""
    facts: Sequence[tuple[str, str]] = field(default_factory=tuple)
    total: Row = ()

    @property
    def header(self) -> list[str]:
        """The columns' names."""
        return [column.label for column in self.columns]


def all_rows(table: Table) -> Iterator[Row]:
    """Every row with bare cells, the total last. Of one moment: what is posted meanwhile shifts no row."""
    items = table.items[: MOST_ROWS + 1]
    found = items.iterator(chunk_size=BATCH) if isinstance(items, QuerySet) else iter(items)
    while batch := list(islice(found, BATCH)):
        yield from ([bare(cell) for cell in row] for row in table.rows(batch))
    if table.total:
        yield list(table.total)


def bare(cell: Any) -> Any:
    """A cell without its link."""
    return cell.text if isinstance(cell, Link) else cell


def as_file(table: Table, form: str) -> FileResponse:
    """The whole table as ``csv`` or ``xlsx``, cut with a sentence where it is too long for a file."""
    rows = cut(all_rows(table), sentence=cut_sentence())
    return download(form, name=table.name, header=table.header, rows=rows, title=table.title)


def cut_sentence() -> str:
    """What stands in the last row of a file that was cut."""
    sentence = _("Only the first %(most)s rows are in this file. Narrow the filters and download the rest.")
    return sentence % {"most": number_text(MOST_ROWS)}
