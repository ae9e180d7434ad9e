"""What is read: pages, months, balances, the trial balance; the same number of queries at 1 and at 50."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.db import connection

from ledger import selectors
from ledger.choices import AccountKind, EntryKind
from ledger.models import Account
from tests.ledger.conftest import NOW, TODAY, World


@pytest.fixture
def busy(world: World) -> World:
    """lin earned 10 times and spent 5 times, a day each."""
    for at in range(10):
        world.earn(world.lin, 10, now=NOW + timedelta(days=at))
        if at % 2:
            world.spend(world.lin, 3, now=NOW + timedelta(days=at))
    return world


def test_pages_run_back_without_a_gap(busy: World) -> None:
    pages, before = [], None
    while page := selectors.page(busy.lin, before_seq=before, rows=4):
        pages += page
        before = page[-1].seq
    assert [line.seq for line in pages] == list(range(15, 0, -1))
    assert pages[0].after == selectors.balance(busy.lin).balance == 85
    assert all(line.after - line.delta == older.after for line, older in pairwise(pages))


def test_a_line_names_the_other_side(world: World) -> None:
    world.earn(world.lin, 10)
    (line,) = selectors.page(world.lin)
    assert (line.other_id, line.kind, line.booked_date, line.posted_at) == (world.issuance, EntryKind.HOURS, TODAY, NOW)


def test_insert_only_accounts_have_no_pages(busy: World) -> None:
    assert selectors.page(busy.issuance) == []


def test_a_month_oldest_first_and_its_opening(busy: World) -> None:
    december = date(2026, 12, 1)
    lines = selectors.month_lines(busy.lin, december)
    assert [(line.booked_date, line.delta) for line in lines] == [(december, 10), (december, -3)]
    assert selectors.opening_balance(busy.lin, december) == lines[0].after - lines[0].delta == 78
    assert selectors.opening_balance(busy.lin, TODAY) == 0


def test_many_balances_in_two_queries(busy: World, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    wallets = [busy.wallet() for _ in range(50)]
    for accounts in ([busy.lin, busy.issuance], [*wallets, busy.lin, busy.issuance, busy.redeemed]):
        with django_assert_num_queries(2):
            found = selectors.balances(accounts)
        assert set(found) == set(accounts)
    assert found[busy.lin] == selectors.Balance(85, 0, 85)
    assert (found[busy.issuance].balance, found[busy.redeemed].balance) == (-100, 15)


def test_an_unknown_account_is_an_error(db: None) -> None:
    with pytest.raises(Account.DoesNotExist):
        selectors.balance(2**40)


def test_the_trial_balance_balances(busy: World) -> None:
    busy.give(busy.lin, busy.mei, 5)
    trial = selectors.trial_balance(busy.book.pk)
    assert sum(line.debits for line in trial) == sum(line.credits for line in trial) == 120
    wallets = next(line for line in trial if line.kind == AccountKind.WALLET)
    assert (wallets.accounts, wallets.debits, wallets.credits, wallets.balance) == (2, 20, 105, 85)


def test_the_trial_balance_of_a_day(busy: World) -> None:
    trial = {line.kind: line.balance for line in selectors.trial_balance(busy.book.pk, on=TODAY)}
    assert (trial[AccountKind.WALLET], trial[AccountKind.ISSUANCE]) == (10, 10)


def test_coins_outstanding_are_told_twice(busy: World) -> None:
    busy.post(EntryKind.OPENING_BALANCE, busy.opening, busy.mei, 40)
    busy.post(EntryKind.VOUCHER, busy.mei, busy.wu, 15)
    busy.post(EntryKind.SETTLEMENT, busy.wu, busy.settled, 10)
    busy.post(EntryKind.EXPIRY, busy.mei, busy.expired, 5)
    told = selectors.outstanding(busy.book.pk)
    assert (told.wallets, told.merchants, told.issuance, told.opening) == (105, 5, 100, 40)
    assert told.held_by_people == told.explained == 110


def test_the_view_has_two_rows_an_entry_that_sum_to_zero(busy: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), sum(signed_amount), count(DISTINCT entry_id) FROM ledger_lines")
        assert cursor.fetchone() == (30, 0, 15)
        cursor.execute("SELECT side, signed_amount, account_kind FROM ledger_lines ORDER BY entry_id, side LIMIT 2")
        assert cursor.fetchall() == [("credit", 10, AccountKind.WALLET), ("debit", -10, AccountKind.ISSUANCE)]
