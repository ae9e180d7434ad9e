"""A random sample of a period's entries that anybody can draw again: by its seed, always the same."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Max

from ledger.models import JournalEntry

MOST = 200
USUAL = 25
WORD_LETTERS = 40
SEED_LETTERS = 60  # a word and the number before it
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # nothing that is misread
FRESH = 6
THROUGH = re.compile(r"N(\d{1,18})-(.+)", re.DOTALL)

# Each entry has its place by a hash of seed and id, whatever else is in the book.
DRAW = """
SELECT id, count(*) OVER () FROM ledger_journalentry
WHERE book_id = %(book)s AND booked_date >= %(first)s AND booked_date < %(end)s AND id <= %(through)s
ORDER BY sha256(convert_to(%(word)s || '|' || id, 'UTF8')), id LIMIT %(number)s
"""


@dataclass(frozen=True, slots=True)
class Seed:
    """``through``: the last entry of the book when it was drawn, so that entries which came later change nothing."""

    through: int
    word: str

    def __str__(self) -> str:
        return f"N{self.through}-{self.word}"


@dataclass(frozen=True, slots=True)
class Sample:
    """The entries drawn, in the order of the book, out of so many."""

    seed: Seed
    ids: list[int]
    out_of: int


def seed_of(book_id: int, typed: str) -> Seed:
    """The seed as it was printed; a word alone, or nothing, is fixed to the entries of now. One query, or none.

    Capital letters throughout: it is typed again from paper.
    """
    text = typed.strip().upper()
    found = THROUGH.fullmatch(text)
    if found:
        return Seed(int(found[1]), found[2][:WORD_LETTERS].strip())
    last = JournalEntry.objects.filter(book_id=book_id).aggregate(last=Max("pk"))["last"] or 0
    return Seed(last, text[:WORD_LETTERS].strip() or "".join(secrets.choice(ALPHABET) for _at in range(FRESH)))


def draw(book_id: int, *, first: date, end: date, number: int, seed: Seed) -> Sample:
    """At most ``number`` entries booked from ``first`` until before ``end``. One query over the period."""
    params: dict[str, int | str | date] = {
        "book": book_id,
        "first": first,
        "end": end,
        "through": seed.through,
        "word": seed.word,
    }
    params["number"] = min(number, MOST)
    with connection.cursor() as cursor:
        cursor.execute(DRAW, params)
        rows = cursor.fetchall()
    return Sample(seed, sorted(pk for pk, _all in rows), rows[0][1] if rows else 0)
