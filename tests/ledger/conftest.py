"""A book with accounts of every kind, and short words for what tests do with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.db import transaction

from core.errors import DomainError
from ledger import selectors
from ledger.choices import SYSTEM_KINDS, AccountKind, EntryKind
from ledger.models import Account, Book, JournalEntry
from ledger.services import books, holds, posting
from ledger.services.posting import LineRequest, Posted

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)  # 9:00 in Shanghai
TODAY = date(2026, 11, 22)
DAY = timedelta(days=1)
ZHOU, CHEN = 41, 42  # two staff members' user ids

_numbers = count(1)


@dataclass(frozen=True)
class World:
    """One book with its system accounts by name; ``lin`` and ``mei`` are wallets, ``wu`` a merchant."""

    book: Book
    lin: int
    mei: int
    wu: int
    fund: int
    issuance: int
    opening: int
    redeemed: int
    expired: int
    settled: int

    def request(
        self, kind: EntryKind, debit: int, credit: int, amount: int, reference: str = "", **more: Any
    ) -> LineRequest:
        """A request in this book, with a reference of its own unless given."""
        return LineRequest(self.book.pk, reference or f"test:{next(_numbers)}", kind, debit, credit, amount, **more)

    def post(
        self,
        kind: EntryKind,
        debit: int,
        credit: int,
        amount: int,
        reference: str = "",
        *,
        now: datetime = NOW,
        **more: Any,
    ) -> Posted:
        """One request by itself."""
        return posting.post(self.request(kind, debit, credit, amount, reference, **more), now=now)

    def earn(self, wallet: int, amount: int, reference: str = "", *, now: datetime = NOW) -> Posted:
        """Dr issuance, Cr wallet."""
        return self.post(EntryKind.HOURS, self.issuance, wallet, amount, reference, now=now)

    def spend(self, wallet: int, amount: int, reference: str = "", *, now: datetime = NOW, **more: Any) -> Posted:
        """Dr wallet, Cr redeemed."""
        return self.post(EntryKind.REDEMPTION, wallet, self.redeemed, amount, reference, now=now, **more)

    def give(self, giver: int, taker: int, amount: int, reference: str = "", *, now: datetime = NOW) -> Posted:
        """Dr one wallet, Cr another."""
        return self.post(EntryKind.GIFT, giver, taker, amount, reference, now=now)

    def hold(
        self,
        wallet: int,
        amount: int,
        reference: str = "",
        *,
        payee: int | None = None,
        kind: EntryKind = EntryKind.REDEMPTION,
    ) -> int:
        return holds.hold(
            book_id=self.book.pk,
            reference=reference or f"test:{next(_numbers)}",
            debit_id=wallet,
            credit_id=payee,
            amount=amount,
            kind=kind,
            actor_id=ZHOU,
            now=NOW,
        )

    def wallet(self, *, floor: int = 0, cap: int | None = None) -> int:
        """One more wallet."""
        return open_wallet(self.book.pk, floor=floor, cap=cap).pk

    def lines(self, account: int) -> list[tuple[EntryKind, int, int]]:
        """(kind, ±amount, balance after) of an account, oldest first."""
        return [(line.kind, line.delta, line.after) for line in reversed(selectors.page(account, rows=1000))]

    def entries(self, reference: str) -> list[JournalEntry]:
        return list(JournalEntry.objects.filter(book=self.book, reference=reference).order_by("line"))


def open_wallet(book_id: int, *, floor: int = 0, cap: int | None = None, number: str = "") -> Account:
    number = number or f"W{next(_numbers)}"
    return books.open_account(book_id=book_id, kind=AccountKind.WALLET, number=number, floor=floor, cap=cap, now=NOW)


def build_world(time_zone: str = "Asia/Shanghai") -> World:
    book = books.open_book(name_zh="幸福社区", name_en="Xingfu", time_zone=time_zone, unit="coin", now=NOW)
    merchant = books.open_account(book_id=book.pk, kind=AccountKind.MERCHANT, number="M1", now=NOW)
    system = {kind.name.lower(): selectors.system_account_id(book.pk, kind) for kind in SYSTEM_KINDS}
    lin, mei = (open_wallet(book.pk, number=number).pk for number in ("LIN", "MEI"))
    return World(book=book, lin=lin, mei=mei, wu=merchant.pk, **system)


@contextmanager
def refused(error: type[DomainError]) -> Iterator[pytest.ExceptionInfo[DomainError]]:
    """``pytest.raises`` with a savepoint, so that the test's transaction is of use afterwards."""
    with pytest.raises(error) as info, transaction.atomic():
        yield info


@pytest.fixture
def world(db: None) -> World:
    """In a rolled-back transaction."""
    return build_world()


@pytest.fixture
def real_world(transactional_db: None) -> World:
    """Committed, for threads and for the owner's connection."""
    return build_world()
