"""Going round the services, as the app's own role and as the owner: what the database itself refuses."""

import os
import subprocess

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from core.constraints import refusal_for
from ledger import errors, selectors
from ledger.models import Account, JournalEntry
from ledger.services import reversals, seals, statements
from tests.ledger.conftest import NOW, World
from timebank.embedded import binaries

TABLES = (
    "ledger_book", "ledger_account", "ledger_journalentry", "ledger_hold", "ledger_reversalrequest",
    "ledger_monthlystatement", "ledger_checkpoint", "ledger_seal",
)  # fmt: skip
DENIED = "42501"
FROZEN = ("ledger_journalentry", "ledger_monthlystatement", "ledger_checkpoint", "ledger_seal")


def state_of(sql: str, alias: str = "default") -> str:
    """The SQLSTATE with which a statement fails, or ''."""
    try:
        with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
            cursor.execute(sql)
    except DatabaseError as error:
        return error.__cause__.sqlstate  # type: ignore[union-attr]
    return ""


def test_the_app_owns_no_table(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("timebank_app",)
        cursor.execute("SELECT tablename FROM pg_tables WHERE tableowner = current_user")
        assert cursor.fetchall() == []


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO {} DEFAULT VALUES",
        "UPDATE {} SET id = id",
        "DELETE FROM {}",
        "TRUNCATE {} CASCADE",
        "DROP TABLE {}",
    ],
)
def test_the_app_may_not_write_ledger_tables(db: None, table: str, sql: str) -> None:
    assert state_of(sql.format(table)) == DENIED


@pytest.mark.parametrize("table", TABLES)
def test_nor_take_the_triggers_off(db: None, table: str) -> None:
    assert state_of(f"ALTER TABLE {table} DISABLE TRIGGER USER") == DENIED
    assert state_of("SET session_replication_role = replica") == DENIED


@pytest.mark.parametrize("call", [
    "ledger_write('{}', now())", "ledger_plan('{}', now())", "ledger_lock('{}', now())", "ledger_known('{}')",
    "ledger_recovery_of(1, now())", "ledger_reversible(1, 'x')",
    "nextval('ledger_fund_id')", "nextval('ledger_journalentry_id_seq')",
])  # fmt: skip
def test_nor_call_what_works_inside(db: None, call: str) -> None:
    assert state_of(f"SELECT {call}") == DENIED


def test_every_function_is_closed_to_the_public_and_fixes_its_search_path(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname FROM pg_proc WHERE proname LIKE 'ledger\\_%' AND prosecdef "
            "AND NOT ('search_path=public, pg_temp' = ANY (proconfig))"
        )
        assert cursor.fetchall() == []
        cursor.execute(
            "SELECT proname FROM pg_proc "
            "WHERE proname LIKE 'ledger\\_%' AND has_function_privilege('public', oid, 'EXECUTE')"
        )
        assert cursor.fetchall() == []


def test_a_temporary_table_does_not_deceive_the_functions(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE ledger_account AS SELECT * FROM public.ledger_account")
        cursor.execute("UPDATE pg_temp.ledger_account SET balance = 1000000")
    with pytest.raises(errors.TooLittle), transaction.atomic():
        world.spend(world.lin, 10)


def test_the_orm_cannot_change_an_entry(world: World) -> None:
    world.earn(world.lin, 60)
    entry = JournalEntry.objects.get()
    entry.amount = 6000
    for act in (entry.save, entry.delete, JournalEntry.objects.all().delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    with pytest.raises(DatabaseError), transaction.atomic():
        Account.objects.update(balance=1)


@pytest.fixture
def written(real_world: World) -> World:
    """One row at least in each frozen table."""
    real_world.earn(real_world.lin, 60)
    later = NOW.replace(month=12)
    statements.close_and_state(book_id=real_world.book.pk, month=NOW.date().replace(day=1), now=later)
    seals.checkpoint(now=later)
    seals.seal_book(book_id=real_world.book.pk, now=later)
    return real_world


@pytest.mark.parametrize("table", FROZEN)
def test_the_owner_too_is_refused_and_the_refusal_has_words(written: World, table: str) -> None:
    assert state_of(f"UPDATE {table} SET id = id", "owner") == "LG000"
    assert state_of(f"DELETE FROM {table}", "owner") == "LG000"
    with pytest.raises(DatabaseError) as caught, connections["owner"].cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")
    assert isinstance(refusal_for(caught.value), errors.LedgerIsFinal)


def row(table: str, **values: object) -> str:
    """An INSERT of a sound row, but for the values given."""
    asked = {**SOUND[table], **values}
    return f"INSERT INTO ledger_{table} ({', '.join(asked)}) VALUES ({', '.join(str(it) for it in asked.values())})"


# The names in braces are filled in by the test; see ``names``.
SOUND: dict[str, dict[str, object]] = {
    "account": {
        "book_id": "{book}", "kind": 1, "number": "'NEW'", "keeps_balance": True, "balance": 0, "held": 0, "seq": 0,
        "floor": 0, "opened_at": "now()",
    },
    "journalentry": {
        "book_id": "{book}", "debit_id": "{issuance}", "credit_id": "{mei}", "amount": 5, "credit_seq": 1,
        "credit_after": 5, "posted_at": "now()", "booked_date": "now()", "line": 0, "kind": 10, "memo": 0,
        "reference": "'x'",
    },
    "hold": {
        "book_id": "{book}", "debit_id": "{lin}", "amount": 5, "held_at": "now()", "kind": 30, "status": 0,
        "reference": "'x'",
    },
    "reversalrequest": {
        "book_id": "{book}", "reference": "'x'", "reversal_reference": "'y'", "reason": "'why'", "asked_by_id": 1,
        "asked_at": "now()", "status": 0,
    },
    "monthlystatement": {
        "book_id": "{book}", "account_id": "{mei}", "opening": 0, "credited": 60, "debited": 0, "closing": 60,
        "lines": 1, "last_seq": 1, "made_at": "now()", "month": "'2026-10-01'",
    },
    "checkpoint": {"account_id": "{mei}", "last_id": 1, "balance": 0, "lines": 0, "made_at": "now()"},
    "seal": {
        "book_id": "{book}", "number": 2, "first_id": 1, "last_id": 1, "lines": 1, "sealed_at": "now()",
        "day": "now()", "digests": "''", "previous": "''", "hash": "''",
    },
}  # fmt: skip
DECIDED = {"status": 1, "decided_by_id": 2, "decided_at": "now()"}
BROKEN = [
    ("UPDATE ledger_account SET balance = -1 WHERE id = {lin}", "ledger_account_floor"),
    ("UPDATE ledger_account SET held = 61 WHERE id = {lin}", "ledger_account_floor"),
    ("UPDATE ledger_account SET held = -1 WHERE id = {lin}", "ledger_account_held"),
    ("UPDATE ledger_account SET floor = NULL WHERE id = {lin}", "ledger_account_has_floor"),
    ("UPDATE ledger_account SET cap = -1 WHERE id = {lin}", "ledger_account_cap"),
    ("UPDATE ledger_account SET cap = 5 WHERE id = {fund}", "ledger_account_cap"),
    ("UPDATE ledger_account SET seq = 1 WHERE id = {issuance}", "ledger_account_insert_only"),
    ("UPDATE ledger_account SET number = 'LIN' WHERE id = {mei}", "ledger_account_number"),
    (row("account", kind=6, floor="NULL"), "ledger_account_recovery"),
    (row("account", kind=6, floor="NULL", owner_id="{mei}", balance=1), "ledger_account_recovery"),
    (row("journalentry", amount=0), "ledger_entry_amount"),
    (row("journalentry", debit_id="{mei}"), "ledger_entry_two"),
    (row("journalentry", credit_id="{redeemed}", credit_seq="NULL", credit_after="NULL"), "ledger_entry_one_kept"),
    (row("journalentry", reference="'once'"), "ledger_entry_reference"),
    (row("journalentry", credit_id="{lin}"), "ledger_entry_credit"),
    (row("journalentry", debit_id="{lin}", debit_seq=2, debit_after=55), "ledger_entry_debit"),
    (row("journalentry", debit_seq=9), "ledger_entry_debit_runs"),
    (row("journalentry", debit_seq=9, debit_after=0, credit_after="NULL"), "ledger_entry_credit_runs"),
    (row("journalentry", reverses_id="{first}"), "ledger_entry_reverses"),
    (row("journalentry", hold_id="{held}"), "ledger_entry_hold"),
    (row("journalentry", line=-1), "ledger_entry_line"),
    (row("hold", reference="'held'"), "ledger_hold_reference"),
    (row("hold", amount=0), "ledger_hold_amount"),
    (row("hold", credit_id="{lin}"), "ledger_hold_two"),
    (row("hold", status=4, ended_at="now()"), "ledger_hold_status"),
    ("UPDATE ledger_hold SET status = 0 WHERE id = {held}", "ledger_hold_status"),
    (row("reversalrequest", reference="'once'"), "ledger_reversal_once"),
    (row("reversalrequest", **{**DECIDED, "decided_by_id": 1}), "ledger_reversal_two_people"),
    (row("reversalrequest", reason="''"), "ledger_reversal_reason"),
    (row("reversalrequest", **{**DECIDED, "decided_at": "NULL"}), "ledger_reversal_status"),
    (row("monthlystatement", closing=61), "ledger_statement_adds_up"),
    (row("monthlystatement", month="'2026-10-02'"), "ledger_statement_first_day"),
    (row("monthlystatement", month="'2026-11-01'"), "ledger_statement_month"),
    (row("checkpoint", account_id="{issuance}", last_id="{last}"), "ledger_checkpoint_last"),
    (row("seal", number=1), "ledger_seal_number"),
    (row("seal", first_id=2), "ledger_seal_range"),
]
# Shown where they belong: test_transfers.py and test_credit_line.py.
SHOWN_ELSEWHERE = {"ledger_account_clearing", "ledger_account_partner", "ledger_account_floor_target"}


@pytest.fixture
def rich(real_world: World) -> dict[str, int]:
    """A row of every kind, by the names that ``BROKEN`` uses."""
    w, later = real_world, NOW.replace(month=12)
    first = w.earn(w.lin, 60, "once").entry_id
    held = w.hold(w.lin, 5, "held")
    w.spend(w.lin, 5, hold_id=held)
    asked = reversals.ask(book_id=w.book.pk, reference="once", reason="twice", actor_id=1, now=NOW)
    reversals.confirm(request_id=asked.pk, actor_id=2, now=NOW)
    w.earn(w.lin, 65)
    statements.close_and_state(book_id=w.book.pk, month=NOW.date().replace(day=1), now=later)
    seals.checkpoint(now=later)
    seals.seal_book(book_id=w.book.pk, now=later)
    last = JournalEntry.objects.latest("pk").pk
    names = ("lin", "mei", "fund", "issuance", "redeemed")
    ids = {name: getattr(w, name) for name in names}
    return {**ids, "book": w.book.pk, "held": held, "first": first, "last": last}


@pytest.mark.parametrize(("sql", "constraint"), BROKEN)
def test_even_the_owner_cannot_write_a_broken_row(rich: dict[str, int], sql: str, constraint: str) -> None:
    with pytest.raises(IntegrityError) as caught, connections["owner"].cursor() as cursor:
        cursor.execute(sql.format(**rich))
    assert caught.value.__cause__.diag.constraint_name == constraint  # type: ignore[union-attr]


@pytest.mark.parametrize("table", SOUND)
def test_a_sound_row_is_refused_for_nothing(rich: dict[str, int], table: str) -> None:
    """So that each broken row above is refused for what it breaks alone."""
    with connections["owner"].cursor() as cursor, transaction.atomic(using="owner"):
        cursor.execute(row(table).format(**rich))
        transaction.set_rollback(True, using="owner")


def test_every_constraint_and_trigger_is_shown(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint "
            "WHERE conrelid::regclass::text LIKE 'ledger\\_%' AND contype IN ('c', 'u', 'x') "
            "UNION SELECT indexrelid::regclass::text FROM pg_index "
            "WHERE indrelid::regclass::text LIKE 'ledger\\_%' AND indisunique AND NOT indisprimary"
        )
        assert {name for (name,) in cursor.fetchall()} == {name for _, name in BROKEN} | SHOWN_ELSEWHERE
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgrelid::regclass::text LIKE 'ledger\\_%' "
            "AND NOT tgisinternal AND tgenabled = 'O' AND tgname <> 'ledger_floor_rises'"
        )
        assert sorted(table for (table,) in cursor.fetchall()) == sorted(FROZEN)


ROUND_THE_SERVICES = """
INSERT INTO ledger_journalentry (book_id, debit_id, credit_id, amount, credit_seq, credit_after, posted_at, booked_date,
  line, kind, memo, reference) VALUES ({book}, {issuance}, {mei}, 1000, 1, 1000, now(), now(), 0, 10, 0, 'mine');
UPDATE ledger_account SET balance = 1000 WHERE id = {mei};
UPDATE ledger_hold SET status = 2, ended_at = now();
UPDATE ledger_book SET closed_through = NULL;
DELETE FROM ledger_seal;
TRUNCATE ledger_checkpoint;
ALTER TABLE ledger_journalentry DISABLE TRIGGER ALL;
ALTER TABLE ledger_account DROP CONSTRAINT ledger_account_floor;
CREATE OR REPLACE FUNCTION ledger_known(p ledger_request[]) RETURNS bigint LANGUAGE sql AS 'SELECT 1';
SELECT ledger_write('{{}}', now());
SET ROLE timebank_owner;
COPY ledger_account (id, balance) FROM STDIN;
\\.
SELECT to_credit FROM ledger_post_one({book}, 'mine', 10::smallint, {issuance}, {mei}, 0, now(), 1, 0::smallint, NULL);
SELECT to_credit FROM ledger_post_one({book}, 'mine', 30::smallint, {mei}, {redeemed}, 1, now(), 1, 0::smallint, NULL);
"""


def test_psql_as_the_apps_role_gets_nowhere(rich: dict[str, int]) -> None:
    config = connections["default"].settings_dict
    where = {"PGHOST": config["HOST"], "PGPORT": str(config["PORT"]), "PGDATABASE": config["NAME"]}
    told = subprocess.run(
        [str(binaries.find().folder / "psql"), "-X", "-q", "-v", "VERBOSITY=sqlstate"],
        input=ROUND_THE_SERVICES.format(**rich), capture_output=True, text=True, timeout=30,
        env={**os.environ, **where, "PGUSER": config["USER"], "PGPASSWORD": config["PASSWORD"]},
    )  # fmt: skip
    states = [line.split()[-1] for line in told.stderr.splitlines() if "ERROR" in line]
    assert states == [DENIED] * 12 + ["LG007", "LG001"]
    assert told.stdout == ""
    assert selectors.balance(rich["mei"]).balance == 0


def test_a_flush_empties_the_ledger_in_spite_of_its_triggers(written: World) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")
    assert JournalEntry.objects.count() == 0
