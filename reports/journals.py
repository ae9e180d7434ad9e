"""A book as plain text for other people's accounting programs: hledger, beancount, or a table. Pure, without a query.

Debit is +. Issuance and opening are ``Equity``; wallets, funds, merchants and clearing ``Liabilities``; what was
redeemed, expired and settled ``Income``; recoveries ``Assets``. Accounts go by number: no name stands in an export, and
no letter that a reader's locale might not know.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Protocol

from core.export import BOM, safe_cell
from ledger.choices import AccountKind, EntryKind

COMMODITY = "COIN"
ROOTS = {
    AccountKind.WALLET: "Liabilities:Wallet",
    AccountKind.FUND: "Liabilities:Fund",
    AccountKind.MERCHANT: "Liabilities:Merchant",
    AccountKind.CLEARING: "Liabilities:Clearing",
    AccountKind.ISSUANCE: "Equity:Issuance",
    AccountKind.OPENING: "Equity:Opening",
    AccountKind.REDEEMED: "Income:Redeemed",
    AccountKind.EXPIRED: "Income:Expired",
    AccountKind.SETTLED: "Income:Settled",
    AccountKind.RECOVERY: "Assets:Recovery",
}
ONE_A_BOOK = frozenset(
    {AccountKind.ISSUANCE, AccountKind.OPENING, AccountKind.REDEEMED, AccountKind.EXPIRED, AccountKind.SETTLED}
)
# What the ledger adds to the numbers of accounts that it opens itself: the kind says it already.
ADDED = {AccountKind.RECOVERY: ("", ":recovery"), AccountKind.CLEARING: ("clearing:", "")}
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Place:
    """An account as an export knows it."""

    kind: AccountKind
    number: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger: one debit, one credit, ``amount`` in coins."""

    entry_id: int
    booked_date: date
    posted_at: datetime
    kind: EntryKind
    reference: str
    line: int
    amount: int
    reverses_id: int | None
    debit: Place
    credit: Place


@dataclass(frozen=True, slots=True)
class Standing:
    """What an account had at the end of a day, in coins, debit +."""

    place: Place
    amount: int


class Format(Enum):
    """The programs and tables that an export is made for; the value is what people type and files end with."""

    HLEDGER = "hledger"
    BEANCOUNT = "beancount"
    CSV = "csv"

    @property
    def suffix(self) -> str:
        """How a file of it ends."""
        return {"hledger": "journal"}.get(self.value, self.value)


class Writer(Protocol):
    """The parts of an export in their order: ``head``, perhaps ``brought_forward``, entries, ``asserted`` balances."""

    def head(self, title: str, first: date, places: Iterable[Place]) -> Iterator[str]:
        """Declarations. ``first`` is the day from which accounts are in use."""

    def brought_forward(self, day: date, standings: Iterable[Standing]) -> Iterator[str]:
        """What accounts had before the first day, as one transaction; those with nothing are left out."""

    def entry(self, entry: Entry) -> str:
        """One entry."""

    def asserted(self, day: date, standings: Iterable[Standing]) -> Iterator[str]:
        """What the reader must find at the end of a day, or refuse the whole."""


class Hledger:
    """For ``hledger check --strict ordereddates``."""

    def head(self, title: str, first: date, places: Iterable[Place]) -> Iterator[str]:
        yield f"; {title}\ndecimal-mark .\ncommodity 1000. {COMMODITY}\n\n"
        for place in places:
            yield f"account {self.name(place)}\n"
        yield "\n"

    def brought_forward(self, day: date, standings: Iterable[Standing]) -> Iterator[str]:
        yield f"{day} brought forward\n"
        for one in standings:
            if one.amount:
                yield f"    {self.name(one.place)}  {one.amount} {COMMODITY}\n"
        yield "\n"

    def entry(self, entry: Entry) -> str:
        mirror = f", reverses:{entry.reverses_id}" if entry.reverses_id else ""
        return (
            f"{entry.booked_date} ({entry.entry_id}) {said(entry.kind)}\n"
            f"    ; line:{entry.line}{mirror}, reference:{one_line(entry.reference)}\n"
            f"    {self.name(entry.debit)}  {entry.amount} {COMMODITY}\n"
            f"    {self.name(entry.credit)}  {-entry.amount} {COMMODITY}\n\n"
        )

    def asserted(self, day: date, standings: Iterable[Standing]) -> Iterator[str]:
        yield f"{day} balances\n"
        for one in standings:
            yield f"    {self.name(one.place)}  0 {COMMODITY} = {one.amount} {COMMODITY}\n"
        yield "\n"

    @staticmethod
    def name(place: Place) -> str:
        """Letters, digits, ``_ . -`` stay; anything else stands as its code between tildes, so no two names meet."""
        return _named(place, lambda number: re.sub(r"[^A-Za-z0-9_.-]", lambda met: f"~{ord(met[0]):x}~", number))


class Beancount:
    """For ``bean-check``: a balance is what stands at the beginning of its day, so the next day is named."""

    def head(self, title: str, first: date, places: Iterable[Place]) -> Iterator[str]:
        yield f'option "title" "{title}"\noption "operating_currency" "{COMMODITY}"\n\n'
        yield f"{first} commodity {COMMODITY}\n\n"
        for place in places:
            yield f'{first} open {self.name(place)} {COMMODITY}\n  number: "{_quoted(place.number)}"\n'
        yield "\n"

    def brought_forward(self, day: date, standings: Iterable[Standing]) -> Iterator[str]:
        yield f'{day} * "brought forward"\n'
        for one in standings:
            if one.amount:
                yield f"  {self.name(one.place)}  {one.amount} {COMMODITY}\n"
        yield "\n"

    def entry(self, entry: Entry) -> str:
        mirror = f"  reverses: {entry.reverses_id}\n" if entry.reverses_id else ""
        return (
            f'{entry.booked_date} * "{said(entry.kind)}"\n'
            f'  entry: {entry.entry_id}\n  line: {entry.line}\n{mirror}  reference: "{_quoted(entry.reference)}"\n'
            f"  {self.name(entry.debit)}  {entry.amount} {COMMODITY}\n"
            f"  {self.name(entry.credit)}  {-entry.amount} {COMMODITY}\n\n"
        )

    def asserted(self, day: date, standings: Iterable[Standing]) -> Iterator[str]:
        for one in standings:
            yield f"{day + DAY} balance {self.name(one.place)}  {one.amount} {COMMODITY}\n"
        yield "\n"

    @staticmethod
    def name(place: Place) -> str:
        """Letters and digits stay, the rest stands as its code between hyphens; ``N-`` where no capital begins it."""
        return _named(place, _component)


class Table:
    """One row an entry, for spreadsheets: the accounts' names are hledger's."""

    COLUMNS = (
        "entry", "booked_date", "posted_at", "kind", "reference", "line",
        "debit_account", "credit_account", "amount", "reverses",
    )  # fmt: skip

    def head(self, title: str, first: date, places: Iterable[Place]) -> Iterator[str]:
        yield BOM + self._row(self.COLUMNS)

    def brought_forward(self, day: date, standings: Iterable[Standing]) -> Iterator[str]:
        return iter(())

    def entry(self, entry: Entry) -> str:
        return self._row(
            (
                entry.entry_id, entry.booked_date, entry.posted_at.isoformat(), said(entry.kind), entry.reference,
                entry.line, Hledger.name(entry.debit), Hledger.name(entry.credit), entry.amount, entry.reverses_id,
            )
        )  # fmt: skip

    def asserted(self, day: date, standings: Iterable[Standing]) -> Iterator[str]:
        return iter(())

    @staticmethod
    def _row(values: Iterable[object]) -> str:
        text = io.StringIO()
        csv.writer(text).writerow([safe_cell(value) for value in values])
        return text.getvalue()


WRITERS: dict[Format, Callable[[], Writer]] = {
    Format.HLEDGER: Hledger,
    Format.BEANCOUNT: Beancount,
    Format.CSV: Table,
}


def said(kind: EntryKind) -> str:
    """The kind in plain English letters, the same in every language of the site."""
    return kind.name.lower().replace("_", " ")


def one_line(text: str) -> str:
    """Text that ends no line and no tag, in ASCII."""
    return re.sub(r"[\x00-\x1f\x7f,;]", " ", text).encode("ascii", "backslashreplace").decode()


def _quoted(text: str) -> str:
    return one_line(text).replace("\\", "\\\\").replace('"', '\\"')


def _named(place: Place, component: Callable[[str], str]) -> str:
    root = ROOTS[place.kind]
    if place.kind in ONE_A_BOOK:
        return root
    before, after = ADDED.get(place.kind, ("", ""))
    return f"{root}:{component(place.number.removeprefix(before).removesuffix(after))}"


def _component(number: str) -> str:
    coded = re.sub(r"[^A-Za-z0-9]", lambda met: f"-{ord(met[0]):x}-", number)
    return coded if re.match(r"[A-Z0-9]", coded) else f"N-{coded}"
