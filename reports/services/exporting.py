"""A book's journal for hledger, beancount or a spreadsheet, as a stream of text: memory does not grow with entries.

Each month's end carries what our own statements say of every account that moved in it, and the end what every account
has, so that the reading program proves the export: one coin changed, and it refuses the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain

from django.db import connection, transaction

from core.clock import local_date
from core.months import first_of, following
from ledger.models import Book
from reports import rows
from reports.journals import DAY, WRITERS, Format, Standing, Writer

PIECE = 64 * 1024  # letters handed on at once
ONE_SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"


@dataclass(frozen=True, slots=True)
class Period:
    """Days from ``first`` to ``last``, both included; None: from the beginning, up to now."""

    first: date | None = None
    last: date | None = None


def export(*, book: Book, form: Format, title: str, period: Period = Period()) -> Iterator[str]:
    """The text of an export in pieces. ``title``: ASCII, without quotes. One snapshot, whatever is posted meanwhile."""
    waiting: list[str] = []
    size = 0
    for text in _in_one_snapshot(_parts(book, WRITERS[form](), title, period)):
        waiting.append(text)
        size += len(text)
        if size >= PIECE:
            yield "".join(waiting)
            waiting, size = [], 0
    yield "".join(waiting)


def _in_one_snapshot(parts: Iterator[str]) -> Iterator[str]:
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute(ONE_SNAPSHOT)
        yield from parts


def _parts(book: Book, writer: Writer, title: str, period: Period) -> Iterator[str]:
    first, last = rows.days(book.pk, period.first, period.last)
    begin = period.first or first or local_date(book.opened_at, book.time_zone)
    end = period.last or last or begin
    yield from writer.head(title, begin, rows.places(book.pk))
    if period.first:
        yield from writer.brought_forward(begin, rows.standings(book.pk, begin - DAY))
    yield from _months(book.pk, writer, period)
    yield from writer.asserted(end, rows.standings(book.pk, period.last))


def _months(book_id: int, writer: Writer, period: Period) -> Iterator[str]:
    """The entries, with the balances of each month after its last one. The month under way has none yet."""
    unkept = rows.unkept_months(book_id, period.last)
    month: date | None = None
    for entry in rows.entries(book_id, period.first, period.last):
        this = first_of(entry.booked_date)
        if month is not None and this != month:
            yield from _month_end(book_id, writer, month, unkept)
        month = this
        yield writer.entry(entry)
    if month is not None and period.last and following(month) <= period.last + DAY:
        yield from _month_end(book_id, writer, month, unkept)


def _month_end(book_id: int, writer: Writer, month: date, unkept: dict[date, list[Standing]]) -> Iterator[str]:
    standings = chain(rows.month_standings(book_id, month), unkept.get(month, []))
    return writer.asserted(following(month) - DAY, standings)
