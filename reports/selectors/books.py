"""What an auditor reads of a book as a whole: the trial balance of a day, the formula, drift, checks and the seal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from audit.models import CheckRun
from audit.selectors import newest_check
from ledger import selectors as ledger
from ledger.models import Book, Seal
from ledger.selectors import Drift, Outstanding, TrialLine
from reports.wording import invariant


@dataclass(frozen=True, slots=True)
class KindLine:
    """A line of the trial balance; ``stored`` is what the accounts say now, None for a day gone by."""

    line: TrialLine
    stored: int | None

    @property
    def drift(self) -> int:
        """Stored less the sum of the entries; 0 is right."""
        return 0 if self.stored is None else self.stored - self.line.balance


@dataclass(frozen=True, slots=True)
class Books:
    """A book at the end of a day, or now (``on`` None)."""

    on: date | None
    lines: list[KindLine]
    outstanding: Outstanding
    drift: Drift | None
    seal: Seal | None

    @property
    def entries(self) -> int:
        """Entries booked up to that day."""
        return sum(one.line.entries for one in self.lines)

    @property
    def debits(self) -> int:
        """All debits; as much as all credits."""
        return sum(one.line.debits for one in self.lines)

    @property
    def credits(self) -> int:
        """All credits."""
        return sum(one.line.credits for one in self.lines)

    @property
    def drifts(self) -> bool:
        """Whether a stored balance is not the sum of its entries."""
        return bool(self.drift and self.drift.accounts) or any(one.drift for one in self.lines)

    @property
    def is_sound(self) -> bool:
        """Balanced, and without drift."""
        return self.outstanding.difference == 0 and self.debits == self.credits and not self.drifts


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One numbered invariant in the last check, over all the checks that share its number."""

    number: int
    words: str
    count: int
    seconds: float
    pauses: bool
    here: bool  # a finding is about this book, or names none

    @property
    def holds(self) -> bool:
        """Whether nothing was found anywhere."""
        return self.count == 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """The last check of the books, in the eyes of whoever reads these books."""

    ran_at: datetime
    checks: int
    broken: int
    here: int  # broken invariants that concern the reader's books


def books_on(book: Book, on: date | None = None) -> Books:
    """The book at the end of a day, from its entries alone; without a day now, with the stored balances beside them.

    Six queries at most, however many accounts.
    """
    trial = ledger.trial_balance(book.pk, on=on)
    seals = Seal.objects.filter(book=book).defer("digests").order_by("-number")
    if on is not None:
        lines = [KindLine(line, None) for line in trial]
        return Books(on, lines, ledger.outstanding_in(trial), None, seals.filter(day__lte=on).first())
    now = ledger.outstanding(book.pk)
    lines = [KindLine(line, now.of(line.kind)) for line in trial]
    return Books(None, lines, now, ledger.drift(book.pk), seals.first())


def verdict(book_ids: Iterable[int] | None) -> Verdict | None:
    """The last check for a reader of these books, None of all; None before the first. One query."""
    run = newest_check()
    if run is None:
        return None
    broken = {one["number"] for one in run.results if not one["holds"]}
    reach = None if book_ids is None else frozenset(book_ids)
    here = {one["number"] for one in run.results if not one["holds"] and concerns(one["books"], reach)}
    return Verdict(run.ran_at, len({one["number"] for one in run.results}), len(broken), len(here))


def check_lines(run: CheckRun, book_id: int) -> list[CheckLine]:
    """The invariants of a run by number."""
    lines: dict[int, CheckLine] = {}
    for one in run.results:
        known = lines.get(one["number"])
        lines[one["number"]] = CheckLine(
            number=one["number"],
            words=invariant(one["number"]),
            count=one["count"] + (known.count if known else 0),
            seconds=one["seconds"] + (known.seconds if known else 0.0),
            pauses=one["pauses_spending"],
            here=(not one["holds"] and concerns(one["books"], frozenset({book_id}))) or bool(known and known.here),
        )
    return [lines[number] for number in sorted(lines)]


def concerns(books: list[int] | None, reach: frozenset[int] | None) -> bool:
    """Whether a finding is about one of the books in reach, None for all; one that names no book is about each."""
    return reach is None or books is None or not reach.isdisjoint(books)
