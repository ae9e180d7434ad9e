"""What an export of a book is made of, read row by row by server-side cursors: a book may have millions of entries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import connection

from ledger.choices import AccountKind, EntryKind
from reports.journals import Entry, Place, Standing

AT_ONCE = 2000
IN_PERIOD = """book_id = %(book)s
  AND (%(first)s::date IS NULL OR booked_date >= %(first)s) AND (%(last)s::date IS NULL OR booked_date <= %(last)s)"""

DAYS = f"SELECT min(booked_date), max(booked_date) FROM ledger_journalentry WHERE {IN_PERIOD}"  # noqa: S608  (constants)
PLACES = "SELECT kind, number FROM ledger_account WHERE book_id = %(book)s ORDER BY id"
ENTRIES = f"""
SELECT e.id, e.booked_date, e.posted_at, e.kind, e.reference, e.line, e.amount, e.reverses_id,
  d.kind, d.number, c.kind, c.number
FROM (SELECT * FROM ledger_journalentry WHERE {IN_PERIOD}) AS e
JOIN ledger_account AS d ON d.id = e.debit_id JOIN ledger_account AS c ON c.id = e.credit_id
ORDER BY e.booked_date, e.id
"""  # noqa: S608  (as above)
# The sides that keep no running balance, debit +.
UNKEPT = """
SELECT debit_id AS account_id, booked_date, amount AS delta FROM ledger_journalentry
WHERE book_id = %(book)s AND debit_seq IS NULL AND (%(last)s::date IS NULL OR booked_date <= %(last)s)
UNION ALL
SELECT credit_id, booked_date, -amount FROM ledger_journalentry
WHERE book_id = %(book)s AND credit_seq IS NULL AND (%(last)s::date IS NULL OR booked_date <= %(last)s)
"""
# Stored balances now; for a day gone by, what stood after an account's last line.
STANDINGS = f"""
SELECT a.kind, a.number, coalesce(
  CASE WHEN NOT a.keeps_balance THEN u.total WHEN %(last)s::date IS NULL THEN -a.balance ELSE -k.after END, 0)::bigint
FROM ledger_account AS a
LEFT JOIN (SELECT account_id, sum(delta) AS total FROM ({UNKEPT}) AS leg GROUP BY account_id) AS u
  ON u.account_id = a.id
LEFT JOIN LATERAL (
  (SELECT credit_seq AS seq, credit_after AS after FROM ledger_journalentry
   WHERE credit_id = a.id AND credit_seq IS NOT NULL AND booked_date <= %(last)s ORDER BY credit_seq DESC LIMIT 1)
  UNION ALL
  (SELECT debit_seq, debit_after FROM ledger_journalentry
   WHERE debit_id = a.id AND debit_seq IS NOT NULL AND booked_date <= %(last)s ORDER BY debit_seq DESC LIMIT 1)
  ORDER BY seq DESC LIMIT 1
) AS k ON a.keeps_balance
WHERE a.book_id = %(book)s ORDER BY a.id
"""  # noqa: S608  (as above)
UNKEPT_MONTHS = f"""
SELECT m.month, a.kind, a.number, (sum(m.moved) OVER (PARTITION BY a.id ORDER BY m.month))::bigint
FROM (
  SELECT account_id, date_trunc('month', booked_date)::date AS month, sum(delta) AS moved
  FROM ({UNKEPT}) AS leg GROUP BY 1, 2
) AS m JOIN ledger_account AS a ON a.id = m.account_id ORDER BY m.month, a.id
"""  # noqa: S608  (as above)
IS_STATED = "SELECT EXISTS (SELECT FROM ledger_monthlystatement WHERE book_id = %(book)s AND month = %(month)s)"
STATED = """
SELECT a.kind, a.number, -s.closing FROM ledger_monthlystatement AS s JOIN ledger_account AS a ON a.id = s.account_id
WHERE s.book_id = %(book)s AND s.month = %(month)s AND s.lines > 0 ORDER BY a.id
"""
IN_MONTH = "book_id = %(book)s AND booked_date >= %(month)s AND booked_date < %(month)s::date + interval '1 month'"
LAST_LINES = f"""
SELECT a.kind, a.number, -l.after FROM (
  SELECT DISTINCT ON (account_id) account_id, after FROM (
    SELECT debit_id AS account_id, debit_seq AS seq, debit_after AS after FROM ledger_journalentry
    WHERE {IN_MONTH} AND debit_seq IS NOT NULL
    UNION ALL
    SELECT credit_id, credit_seq, credit_after FROM ledger_journalentry WHERE {IN_MONTH} AND credit_seq IS NOT NULL
  ) AS leg ORDER BY account_id, seq DESC
) AS l JOIN ledger_account AS a ON a.id = l.account_id ORDER BY a.id
"""  # noqa: S608  (as above)


def days(book_id: int, first: date | None, last: date | None) -> tuple[date | None, date | None]:
    """The first and the last day on which something is booked in a period."""
    return next(_rows(DAYS, book=book_id, first=first, last=last))


def places(book_id: int) -> Iterator[Place]:
    """All accounts."""
    return (Place(AccountKind(kind), number) for kind, number in _rows(PLACES, book=book_id))


def entries(book_id: int, first: date | None, last: date | None) -> Iterator[Entry]:
    """The entries of a period by booked day, then in the order in which they were posted."""
    for *facts, debit_kind, debit, credit_kind, credit in _rows(ENTRIES, book=book_id, first=first, last=last):
        entry_id, booked, posted, kind, reference, line, amount, reverses = facts
        yield Entry(
            entry_id, booked, posted, EntryKind(kind), reference, line, amount, reverses,
            Place(AccountKind(debit_kind), debit), Place(AccountKind(credit_kind), credit),
        )  # fmt: skip


def standings(book_id: int, last: date | None) -> Iterator[Standing]:
    """Every account's balance at the end of a day, None for now."""
    return _standings(_rows(STANDINGS, book=book_id, last=last))


def month_standings(book_id: int, month: date) -> Iterator[Standing]:
    """What accounts that keep a balance and moved in a month had at its end: as stated, else after their last line."""
    stated = next(_rows(IS_STATED, book=book_id, month=month))[0]
    return _standings(_rows(STATED if stated else LAST_LINES, book=book_id, month=month))


def unkept_months(book_id: int, last: date | None) -> dict[date, list[Standing]]:
    """The same of all months for the few accounts that keep no balance, summed from their entries."""
    found: dict[date, list[Standing]] = defaultdict(list)
    for month, kind, number, amount in _rows(UNKEPT_MONTHS, book=book_id, last=last):
        found[month].append(Standing(Place(AccountKind(kind), number), amount))
    return found


def _standings(rows: Iterator[tuple[Any, ...]]) -> Iterator[Standing]:
    return (Standing(Place(AccountKind(kind), number), amount) for kind, number, amount in rows)


def _rows(query: str, **params: int | date | None) -> Iterator[tuple[Any, ...]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(query, params)
        while rows := cursor.fetchmany(AT_ONCE):
            yield from rows
