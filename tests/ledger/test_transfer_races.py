"""Transfers at once: a balance for one buys one, crossed ones meet no deadlock, and the sums stay."""

import os
import time
from collections import Counter

import pytest

from ledger import selectors
from ledger.choices import EntryKind
from ledger.errors import TooLittle
from ledger.invariants import CHECKS
from ledger.models import JournalEntry
from ledger.services import books
from tests.ledger.conftest import NOW, open_wallet
from tests.ledger.test_transfers import make_partners, transfer

SECONDS = float(os.environ.get("CROSSED_SECONDS", "2"))
pytestmark = pytest.mark.django_db(transaction=True)


def names(answers: list[object]) -> Counter[str]:
    return Counter(type(answer).__name__ for answer in answers)


def findings() -> list[object]:
    return [finding for check in CHECKS for finding in check.run()]


def test_twenty_send_a_balance_for_one(together) -> None:  # type: ignore[no-untyped-def]
    pair = make_partners()
    pair.here.earn(pair.lin, 10)
    answers = together(20, lambda at: pair.send(10, f"transfer:{at}"))
    assert names(answers) == {"Transferred": 1, "TooLittle": 19}
    assert pair.clearing() == (10, -10)
    assert findings() == []


def test_twenty_sendings_of_one_transfer_are_one(together) -> None:  # type: ignore[no-untyped-def]
    pair = make_partners()
    pair.here.earn(pair.lin, 100)
    answers = together(20, lambda at: pair.send(10))
    assert names(answers) == {"Transferred": 20}
    assert len(set(answers)) == 1
    assert JournalEntry.objects.filter(kind=EntryKind.TRANSFER).count() == 2


def test_one_reference_raced_for_in_both_directions(together) -> None:  # type: ignore[no-untyped-def]
    pair = make_partners()
    here = [open_wallet(pair.here.book.pk).pk for _ in range(10)]
    there = [open_wallet(pair.there.book.pk).pk for _ in range(10)]
    for world, wallets in ((pair.here, here), (pair.there, there)):
        for wallet in wallets:
            world.earn(wallet, 10)

    def work(at: int) -> object:
        payer, payee = (here[at], there[at]) if at % 2 else (there[at], here[at])
        return transfer(reference="x", payer_id=payer, payee_id=payee, amount=10, actor_id=1, now=NOW)

    assert names(together(10, work)) == {"Transferred": 1, "OtherPayload": 9}
    assert findings() == []


def test_twenty_open_one_pair(together) -> None:  # type: ignore[no-untyped-def]
    pair = make_partners()
    ids = pair.here.book.pk, pair.there.book.pk

    def work(at: int) -> frozenset[int]:
        one, other = ids if at % 2 else ids[::-1]
        return frozenset(books.open_clearing(book_id=one, partner_id=other, now=NOW))

    assert set(together(20, work)) == {frozenset((pair.ours, pair.theirs))}


def test_crossed_transfers_meet_no_deadlock(together) -> None:  # type: ignore[no-untyped-def]
    """8 threads, half of them each way between the same few wallets. Called bare: no retry hides a deadlock."""
    pair = make_partners()
    wallets = {True: [pair.lin, pair.here.mei], False: [pair.an, pair.there.mei]}
    for world, ours in ((pair.here, wallets[True]), (pair.there, wallets[False])):
        for wallet in ours:
            world.earn(wallet, 200)

    def work(at: int) -> int:
        until, done = time.monotonic() + SECONDS, 0
        out = at % 2 == 0
        while time.monotonic() < until:
            payer, payee = wallets[out][done % 2], wallets[not out][(done // 2) % 2]
            try:
                transfer(reference=f"{at}:{done}", payer_id=payer, payee_id=payee, amount=7, actor_id=at, now=NOW)
            except TooLittle:
                continue
            finally:
                done += 1
        return done

    answers = together(8, work)
    assert names(answers) == {"int": 8}, answers
    ours, theirs = pair.clearing()
    assert ours + theirs == 0
    assert sum(selectors.balance(one).balance for both in wallets.values() for one in both) == 800
    assert findings() == []
    assert [selectors.outstanding(one.book.pk).difference for one in (pair.here, pair.there)] == [0, 0]
    sent = JournalEntry.objects.filter(kind=EntryKind.TRANSFER).count() // 2
    assert 0 < sent <= sum(answers)  # type: ignore[arg-type]
