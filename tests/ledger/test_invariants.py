"""check_ledger's share of the ledger: silent on a sound book, and each planted fault found by its number and named."""

from datetime import datetime, timedelta

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from core.invariants import Finding
from ledger.choices import EntryKind
from ledger.invariants import CHECKS
from ledger.models import JournalEntry
from ledger.services import books, reversals, seals, statements
from ledger.services.transfers import transfer
from tests.ledger.conftest import CHEN, NOW, ZHOU, World, build_world

LATER = NOW + timedelta(days=50)


def findings() -> dict[int, list[Finding]]:
    """What each check found, only those that found something."""
    found: dict[int, list[Finding]] = {}
    for check in CHECKS:
        found.setdefault(check.number, []).extend(check.run())
    return {number: many for number, many in found.items() if many}


@pytest.fixture
def lived(real_world: World) -> World:
    """A book in which everything happened, two months stated, checkpointed and sealed; and a partner's book."""
    w = real_world
    capped = w.wallet(cap=40)
    w.earn(capped, 60, "capped")
    w.earn(w.lin, 60, "hours")
    w.spend(w.lin, 45, "rice")
    asked = reversals.ask(book_id=w.book.pk, reference="hours", reason="twice", actor_id=ZHOU, now=NOW)
    reversals.confirm(request_id=asked.pk, actor_id=CHEN, now=NOW)
    w.earn(w.lin, 100, "again")
    w.spend(w.lin, 10, "collected", hold_id=w.hold(w.lin, 20, "held"))
    w.hold(w.lin, 5, "still-held")
    other = build_world()
    books.open_clearing(book_id=w.book.pk, partner_id=other.book.pk, now=NOW)
    send("transfer:0", w.lin, other.lin, now=NOW)
    statements.close_and_state(book_id=w.book.pk, month=NOW.date().replace(day=1), now=NOW + timedelta(days=20))
    seals.checkpoint(now=NOW)
    seals.seal_book(book_id=w.book.pk, now=NOW)
    w.earn(w.mei, 30, "december", now=NOW + timedelta(days=20))
    statements.close_and_state(
        book_id=w.book.pk, month=NOW.date().replace(month=12, day=1), now=NOW + timedelta(days=50)
    )
    send("transfer:1", w.lin, other.mei, now=LATER)
    send("transfer:2", other.lin, w.wallet(), now=LATER)
    return w


def send(reference: str, payer: int, payee: int, *, now: datetime) -> None:
    transfer(reference=reference, payer_id=payer, payee_id=payee, amount=3, actor_id=ZHOU, now=now)


def plant(sql: str) -> None:
    """Do as the owner what the guards refuse, with the triggers off; the constraints stay."""
    tables = ("ledger_journalentry", "ledger_monthlystatement", "ledger_checkpoint", "ledger_seal")
    with connections["owner"].cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(sql)
        assert cursor.rowcount == 1, "the fault was not planted"
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def test_a_sound_ledger_has_no_findings(lived: World) -> None:
    kinds = set(JournalEntry.objects.values_list("kind", flat=True))
    assert {EntryKind.OVERFLOW, EntryKind.RECOVERY_ADVANCE, EntryKind.RECOVERY_REPAID, EntryKind.REVERSAL} <= kinds
    assert findings() == {}


def test_an_empty_ledger_has_no_findings(db: None) -> None:
    assert findings() == {}


HALF = "(SELECT id FROM ledger_journalentry WHERE reference = '{}' AND book_id {} {{book}})"
ENTRY = "(SELECT id FROM ledger_journalentry WHERE reference = '{}' AND line = 0)"


@pytest.mark.parametrize(
    ("fault", "numbers", "named"),
    [
        ("UPDATE ledger_account SET balance = balance + 7 WHERE id = {lin}", {1, 2, 10}, "account LIN"),
        ("UPDATE ledger_account SET seq = seq + 1 WHERE id = {lin}", {2}, "account LIN"),
        (f"UPDATE ledger_journalentry SET amount = 61 WHERE id = {ENTRY.format('hours')}",
         {1, 2, 4, 12}, "account LIN"),
        (f"DELETE FROM ledger_journalentry WHERE id = {ENTRY.format('december')}", {1, 2, 9, 10}, "account MEI"),
        (f"UPDATE ledger_journalentry SET debit_after = 1 WHERE id = {ENTRY.format('rice')}", {2, 12}, "account LIN"),
        (f"UPDATE ledger_journalentry SET credit_seq = 9, credit_after = 9 WHERE id = {ENTRY.format('rice')}",
         {1, 2, 12}, "account redeemed"),
        ("UPDATE ledger_account SET held = held + 1 WHERE id = {lin}", {3}, "active holds sum to 5"),
        ("UPDATE ledger_hold SET status = 2 WHERE reference = 'held'", {3}, "hold"),
        ("UPDATE ledger_hold SET amount = 9 WHERE reference = 'held'", {3}, "hold held"),
        (f"UPDATE ledger_journalentry SET credit_id = {{redeemed}} WHERE id = {ENTRY.format('hours:reverse')}",
         {4}, "does not mirror"),
        (f"UPDATE ledger_journalentry SET reverses_id = NULL WHERE id = {ENTRY.format('hours:reverse')}",
         {4, 12}, "is a reversal of nothing"),
        ("UPDATE ledger_reversalrequest SET status = 2 WHERE reference = 'hours'", {4}, "the request is missing"),
        (f"UPDATE ledger_journalentry SET book_id = {{other}} WHERE id = {ENTRY.format('december')}",
         {1, 8}, "debits book"),
        ("UPDATE ledger_monthlystatement SET opening = opening + 1, closing = closing + 1 WHERE account_id = {lin} "
         "AND month = '2026-11-01'", {9}, "account LIN month 2026-11"),
        ("UPDATE ledger_checkpoint SET balance = balance + 1 WHERE account_id = {issuance}", {10}, "differ by 1"),
        (f"UPDATE ledger_journalentry SET actor_id = 99 WHERE id = {ENTRY.format('rice')}",
         {12}, "debit LIN, credit redeemed: changed or added"),
        ("UPDATE ledger_seal SET previous = 'x'", {12}, "itself was changed"),
        (f"DELETE FROM ledger_journalentry WHERE id = {HALF.format('transfer:1', '<>')}",
         {1, 2, 8, 10}, "transfer transfer:1 of 3 has no other half"),
        (f"UPDATE ledger_journalentry SET amount = 4 WHERE id = {HALF.format('transfer:1', '=')}",
         {1, 2, 8, 10}, "transfer transfer:1 of 4 has no other half"),
        (f"UPDATE ledger_journalentry SET kind = 40 WHERE id = {HALF.format('transfer:0', '=')}",
         {8, 10}, "balance 3; its transfers sum to 0"),
        (f"UPDATE ledger_journalentry SET reference = 'y' WHERE id = {HALF.format('transfer:2', '=')}",
         {8}, "transfer y of 3 has no other half"),
        ("UPDATE ledger_checkpoint SET balance = balance + 2 WHERE account_id IN (SELECT id FROM ledger_account "
         "WHERE book_id = {book} AND kind = 10)", {10}, "is -3 and not -5"),
        ("UPDATE ledger_account SET partner_id = {other} WHERE book_id = {book} AND kind = 10",
         {8, 10}, "over against it"),
        (f"UPDATE ledger_journalentry SET credit_id = {{redeemed}} WHERE id = {HALF.format('transfer:0', '=')}",
         {8, 10}, "not between a wallet and a clearing account"),
    ],
)  # fmt: skip
def test_a_planted_fault_is_found_and_named(lived: World, fault: str, numbers: set[int], named: str) -> None:
    other = build_world().book.pk
    named_ids = {name: getattr(lived, name) for name in ("lin", "redeemed", "issuance")}
    plant(fault.format(**named_ids, book=lived.book.pk, other=other))
    found = findings()
    assert set(found) >= numbers
    assert named in " ".join(f"{one.subject} {one.detail}" for many in found.values() for one in many)
    assert all(one.subject.startswith("book ") for many in found.values() for one in many)


def test_all_entries_are_read_once_for_three_checks_and_anew_the_next_time(lived: World) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert findings() == {}
    assert len([query for query in asked if "hashint8extended" in query["sql"]]) == 1
    plant(f"UPDATE ledger_account SET balance = balance + 7 WHERE id = {lived.lin}")
    assert {1, 2} <= set(findings())


def test_a_number_too_many_in_one_book_and_too_few_in_another_are_both_named(lived: World) -> None:
    other = build_world()
    other.earn(other.lin, 60, "elsewhere")
    plant(f"UPDATE ledger_account SET balance = balance + 7 WHERE id = {lived.lin}")
    plant(f"UPDATE ledger_account SET balance = balance - 7 WHERE id = {other.lin}")
    named = {finding.subject.split(" account ")[0] for finding in findings()[2]}
    assert named == {f"book {lived.book.pk}", f"book {other.book.pk}"}
