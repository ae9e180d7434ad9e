"""The passbook: a month of an account, oldest line first, each line with what it is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from core.sources import SourceLine, source_of, sources_of
from core.wording import duration_text
from ledger import selectors as ledger
from ledger.choices import EntryKind
from ledger.models import Account, JournalEntry, ReversalRequest
from ledger.selectors import Line
from papers import codes
from papers.selectors.holders import Holder

PAGE_LINES = 89  # four full sheets of paper
MAX_MONTHS = 120
EARNED = frozenset({EntryKind.HOURS, EntryKind.REQUESTER_PAYMENT})
# Lines whose source's title says enough by itself; the others say first what happened to it.
PLAIN_KINDS = frozenset({EntryKind.HOURS, EntryKind.REQUESTER_PAYMENT, EntryKind.SEAT, EntryKind.TRANSFER})


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the passbook with its source."""

    line: Line
    source: SourceLine | None
    shared: bool = False  # a household's passbook: its lines name the member

    @property
    def member(self) -> str:
        """The member whom a line of a household's passbook is about, "" elsewhere."""
        return self.source.person if self.source and self.shared else ""

    @property
    def label(self) -> str:
        """Our own word for the line: "Reversal"; "" where the source's title says it all."""
        kind = EntryKind(self.line.kind)
        return "" if self.source is not None and kind in PLAIN_KINDS else str(kind.label)

    @property
    def minutes(self) -> int | None:
        """The time given, on the line that brings its coins; not again where they are lent or come back."""
        earned = self.line.delta > 0 and self.line.kind in EARNED
        return self.source.minutes if self.source and earned else None

    @property
    def duration(self) -> str:
        """ "1 h 30 min", "" where no time was given."""
        return duration_text(self.minutes) if self.minutes else ""

    @property
    def service_date(self) -> date | None:
        """The day of service where it is not the day of booking."""
        day = self.source.service_date if self.source else None
        return day if day != self.line.booked_date else None


def row_of(line: Line, source: SourceLine | None, holder: Holder) -> Row:
    """The line as its holder reads it."""
    told = source.told(receiving=line.delta > 0) if source else None
    return Row(line, told, bool(holder.household_number))


@dataclass(frozen=True, slots=True)
class MonthBook:
    """A month of a passbook, or one page of a long one.

    ``opening`` is carried forward to the first row here; ``credited`` and ``debited`` are of the whole month;
    ``code`` proves a print of it.
    """

    holder: Holder
    month: date
    opening: int
    rows: list[Row]
    credited: int
    debited: int
    closing: int
    page: int
    pages: int
    code: str


def month_book(*, holder: Holder, month: date, page: int | None = None) -> MonthBook:
    """A month of the holder's passbook: all of it for None, else a page of 89 lines (0 or beyond the end: the last)."""
    account = holder.account
    lines = ledger.month_lines(account.pk, month)
    opening = lines[0].after - lines[0].delta if lines else ledger.opening_balance(account.pk, month)
    pages = max(1, -(-len(lines) // PAGE_LINES))
    number = 1 if page is None else page if 1 <= page <= pages else pages
    shown = lines if page is None else lines[(number - 1) * PAGE_LINES : number * PAGE_LINES]
    sources = sources_of(line.reference for line in shown)
    return MonthBook(
        holder=holder,
        month=month,
        opening=shown[0].after - shown[0].delta if shown else opening,
        rows=[row_of(line, sources.get(line.reference), holder) for line in shown],
        credited=sum(line.delta for line in lines if line.delta > 0),
        debited=-sum(line.delta for line in lines if line.delta < 0),
        closing=lines[-1].after if lines else opening,
        page=number,
        pages=1 if page is None else pages,
        code=_code(account, month, lines, opening),
    )


@dataclass(frozen=True, slots=True)
class LineStory:
    """One line with all that is known of it: its entry, and why it was reversed or reverses another."""

    row: Row
    entry: JournalEntry
    reversal: ReversalRequest | None


def line_story(*, holder: Holder, entry_id: int) -> LineStory | None:
    """The line of the holder's account, or None when it has no such line."""
    account = holder.account
    entry = JournalEntry.objects.filter(Q(debit=account) | Q(credit=account), pk=entry_id).first()
    if entry is None:
        return None
    source = source_of(entry.reference)
    asked = ReversalRequest.objects.filter(
        Q(reference=entry.reference) | Q(reversal_reference=entry.reference), book_id=entry.book_id
    )
    row = row_of(_line(entry, account.pk), source, holder)
    return LineStory(row, entry, asked.order_by("-asked_at").first())


def _line(entry: JournalEntry, account_id: int) -> Line:
    """The entry as the account's passbook shows it."""
    came_in = entry.credit_id == account_id
    seq, after = (entry.credit_seq, entry.credit_after) if came_in else (entry.debit_seq, entry.debit_after)
    return Line(
        seq=seq or 0,
        delta=entry.amount if came_in else -entry.amount,
        after=after or 0,
        entry_id=entry.pk,
        reference=entry.reference,
        kind=EntryKind(entry.kind),
        booked_date=entry.booked_date,
        posted_at=entry.posted_at,
        other_id=entry.debit_id if came_in else entry.credit_id,
        actor_id=entry.actor_id,
    )


def _code(account: Account, month: date, lines: list[Line], opening: int) -> str:
    seq, balance = (lines[-1].seq, lines[-1].after) if lines else (0, opening)
    return codes.code(
        book_id=account.book_id, account_number=account.number, month=month, last_seq=seq, balance=balance
    )
