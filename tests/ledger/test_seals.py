"""Checkpoints and the hash chain: fixed once, and whoever alters a line afterwards is named by the line."""

from dataclasses import replace

import pytest
from django.db import connections

from ledger import selectors
from ledger.models import Checkpoint, JournalEntry, Seal
from ledger.services import seals
from ledger.services.seals import BrokenSeal
from tests.ledger.conftest import DAY, NOW, World

SEAL_1 = BrokenSeal(1, "", NOW.date(), 0, 0)


def test_a_seal_takes_up_where_the_last_one_ended(world: World) -> None:
    world.earn(world.lin, 60)
    assert seals.seal_book(book_id=world.book.pk, now=NOW) == [1]
    assert seals.seal_book(book_id=world.book.pk, now=NOW) == []
    world.spend(world.lin, 20)
    world.spend(world.lin, 20)
    assert seals.seal_book(book_id=world.book.pk, now=NOW + DAY) == [2]
    second, first = Seal.objects.all()
    assert bytes(second.previous) == bytes(first.hash)
    assert (second.lines, second.day) == (2, (NOW + DAY).date())
    assert seals.verify(book_id=world.book.pk) == []


def test_the_newest_seal_has_a_code_to_print(world: World) -> None:
    assert seals.newest(book_id=world.book.pk) is None
    world.earn(world.lin, 60)
    seals.seal_book(book_id=world.book.pk, now=NOW)
    newest = seals.newest(book_id=world.book.pk)
    assert newest is not None
    assert newest.code.replace("-", "") == bytes(newest.hash).hex()[:16].upper()


def test_a_checkpoint_keeps_the_sum_of_an_insert_only_account(world: World) -> None:
    world.earn(world.lin, 60)
    assert seals.checkpoint(now=NOW) == 5
    world.earn(world.lin, 40)
    assert selectors.balance(world.issuance).balance == -100
    seals.checkpoint(now=NOW + DAY)
    last = Checkpoint.objects.filter(account_id=world.issuance).first()
    assert last is not None
    assert (last.balance, last.lines) == (-100, 2)
    assert selectors.balance(world.issuance).balance == -100


def test_without_news_no_checkpoint_is_written(world: World) -> None:
    world.earn(world.lin, 60)
    seals.checkpoint(now=NOW)
    assert seals.checkpoint(now=NOW + DAY) == 0


@pytest.fixture
def sealed(real_world: World) -> World:
    """Three lines under two seals, committed."""
    for amount in (60, 40):
        real_world.earn(real_world.lin, amount)
    seals.seal_book(book_id=real_world.book.pk, now=NOW)
    real_world.spend(real_world.lin, 10)
    seals.seal_book(book_id=real_world.book.pk, now=NOW + DAY)
    return real_world


def tamper(sql: str, table: str = "ledger_journalentry") -> None:
    """Do as the owner what the trigger refuses, with the trigger off."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(sql)
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.mark.parametrize(
    "change",
    ["amount = 61", "reference = 'other'", "booked_date = booked_date + 1", "actor_id = 9", "kind = 50", "memo = 1",
     "posted_at = posted_at + interval '1 microsecond'", "credit_after = 0",
     "recorded_at = recorded_at + interval '1 day'"],
)  # fmt: skip
def test_a_changed_line_is_named(sealed: World, change: str) -> None:
    second = JournalEntry.objects.order_by("pk")[1].pk
    tamper(f"UPDATE ledger_journalentry SET {change} WHERE id = {second}")
    broken = seals.verify(book_id=sealed.book.pk)
    line = JournalEntry.objects.select_related("debit", "credit").get(pk=second)
    named = {"booked_date": line.booked_date, "debit_number": line.debit.number, "credit_number": line.credit.number}
    assert broken == [replace(SEAL_1, problem="line", last_id=second, entry_id=second, first_id=second - 1, **named)]
    assert all(str(value) in broken[0].said for value in named.values())


def test_a_line_taken_away_is_missed(sealed: World) -> None:
    first = JournalEntry.objects.earliest("pk").pk
    tamper(f"DELETE FROM ledger_journalentry WHERE id = {first}")
    (broken,) = seals.verify(book_id=sealed.book.pk)
    assert broken == replace(SEAL_1, problem="missing", first_id=first, last_id=first + 1)
    assert f"sealed on 2026-11-22, one of entries {first} to {first + 1}" in broken.said


def test_one_altered_and_one_taken_away_are_told_apart(sealed: World) -> None:
    first, second, _third = JournalEntry.objects.order_by("pk").values_list("pk", flat=True)
    tamper(f"DELETE FROM ledger_journalentry WHERE id = {first}")
    tamper(f"UPDATE ledger_journalentry SET amount = 41 WHERE id = {second}")
    found = [(broken.problem, broken.entry_id) for broken in seals.verify(book_id=sealed.book.pk)]
    assert found == [("line", second), ("missing", None)]


def test_a_seal_taken_away_breaks_the_chain(sealed: World) -> None:
    tamper("DELETE FROM ledger_seal WHERE number = 1", "ledger_seal")
    broken = seals.verify(book_id=sealed.book.pk)
    assert (2, "link", (NOW + DAY).date()) in [(one.number, one.problem, one.day) for one in broken]


def test_a_rewritten_seal_breaks_the_chain(sealed: World) -> None:
    tamper("UPDATE ledger_seal SET hash = sha256('x') WHERE number = 1", "ledger_seal")
    assert {broken.problem for broken in seals.verify(book_id=sealed.book.pk)} == {"link"}
