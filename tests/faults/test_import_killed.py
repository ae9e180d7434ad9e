"""kill -9 of an import of opening balances, twice: run again, every good row is there once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connections

from communities.choices import Role
from communities.models import BalanceImport, Resident
from core import clock
from ledger.choices import AccountKind, EntryKind
from ledger.models import Account, JournalEntry
from ledger.services.books import open_accounts
from tests.factories.people import JOINED, make_actor, make_community
from tests.faults.conftest import Process, wait_until

pytestmark = pytest.mark.django_db(transaction=True)
ROWS, BAD = 2_000, 7
COINS = 60


def test_killed_twice_good_rows_once(start: Callable[..., Process], tmp_path: Path) -> None:
    manager = make_actor(make_community("jinshan"), "王海燕", Role.MANAGER, resident=False, now=clock.now())
    second = make_actor(manager.community, "李建华", Role.MANAGER, resident=False, now=clock.now())
    community = manager.community
    file = tmp_path / "list.csv"
    file.write_text("会员号,姓名,时间币\n" + "".join(rows(community.pk, community.book_id)), encoding="gbk")
    words = (str(file), "--community", "jinshan", "--manager", str(manager.user.phone))
    words += ("--second-manager", str(second.user.phone))

    for attempt in (1, 2):
        process = start("import_balances", *words)
        wait_until(lambda least=200 * attempt: brought() >= least)  # type: ignore[misc]
        process.end()
        assert 0 < brought() < ROWS - BAD
    last = start("import_balances", *words)
    assert last.child.wait(timeout=60) == 1  # seven rows were refused

    assert brought() == ROWS - BAD
    wallets = Account.objects.filter(book=community.book_id, kind=AccountKind.WALLET)
    assert sorted(wallets.values_list("balance", flat=True)) == [0] * BAD + [COINS] * (ROWS - BAD)
    assert len(file.with_name("list.csv.errors.csv").read_text().splitlines()) == 1 + BAD
    assert [run.finished_at is not None for run in BalanceImport.objects.order_by("pk")] == [False, False, True]
    connections.close_all()


def brought() -> int:
    return JournalEntry.objects.filter(kind=EntryKind.OPENING_BALANCE).count()


def rows(community_id: int, book_id: int) -> list[str]:
    """So many residents with a wallet each, and their lines; of some the name differs."""
    numbers = [f"{number:04}" for number in range(1, ROWS + 1)]
    wallets = open_accounts(
        book_id=book_id, kind=AccountKind.WALLET, numbers=[f"R{number}" for number in numbers], now=JOINED
    )
    Resident.objects.bulk_create(
        Resident(
            community_id=community_id, wallet_id=wallet, member_number=number, full_name="林秀英", surname="林",
            birth_date=JOINED.date(), registered_at=JOINED, consented_at=JOINED,
        )
        for number, wallet in zip(numbers, wallets, strict=True)
    )  # fmt: skip
    bad = set(numbers[:: ROWS // BAD][:BAD])
    return [f"{number},{'林秀美' if number in bad else '林秀英'},{COINS}\n" for number in numbers]
