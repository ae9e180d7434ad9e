"""Going round the services, as the app's own role and as the owner: what the database itself refuses."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from core.constraints import refusal_for
from ledger import errors
from ledger.models import Account, JournalEntry
from ledger.services import seals, statements
from tests.ledger.conftest import NOW, World

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


def entry(debit: str, credit: str, amount: int, *, runs: str = "credit", reference: str = "x") -> str:
    """An INSERT of one entry whose ``runs`` side carries number 1 and balance 0."""
    columns, values = (f", {runs}_seq, {runs}_after", ", 1, 0") if runs else ("", "")
    return (
        "INSERT INTO ledger_journalentry (book_id, debit_id, credit_id, amount, posted_at, booked_date, line, kind, "
        f"memo, reference{columns}) "
        f"VALUES ({{book}}, {debit}, {credit}, {amount}, now(), now(), 0, 10, 0, '{reference}'{values})"
    )


REQUEST = (
    "INSERT INTO ledger_reversalrequest (book_id, reference, reversal_reference, reason, asked_by_id, asked_at, "
    "decided_by_id, decided_at, status) VALUES ({book}, 'once', 'y', 'why', 1, now(), 1, now(), 1)"
)
STATEMENT = (
    "INSERT INTO ledger_monthlystatement (book_id, account_id, opening, credited, debited, closing, lines, last_seq, "
    "made_at, month) VALUES ({book}, {lin}, 0, 60, 0, 61, 1, 1, now(), '2026-10-01')"
)


@pytest.mark.parametrize(
    ("sql", "constraint"),
    [
        ("UPDATE ledger_account SET balance = -1 WHERE id = {lin}", "ledger_account_floor"),
        ("UPDATE ledger_account SET held = 61 WHERE id = {lin}", "ledger_account_floor"),
        ("UPDATE ledger_account SET held = -1 WHERE id = {lin}", "ledger_account_held"),
        ("UPDATE ledger_account SET floor = NULL WHERE id = {lin}", "ledger_account_has_floor"),
        ("UPDATE ledger_account SET cap = -1 WHERE id = {lin}", "ledger_account_cap"),
        ("UPDATE ledger_account SET seq = 1 WHERE id = {issuance}", "ledger_account_insert_only"),
        ("UPDATE ledger_account SET number = 'LIN' WHERE id = {mei}", "ledger_account_number"),
        (entry("{issuance}", "{mei}", 0), "ledger_entry_amount"),
        (entry("{mei}", "{mei}", 5), "ledger_entry_two"),
        (entry("{issuance}", "{redeemed}", 5, runs=""), "ledger_entry_one_kept"),
        (entry("{issuance}", "{mei}", 5, reference="once"), "ledger_entry_reference"),
        (entry("{issuance}", "{lin}", 5), "ledger_entry_credit"),
        (REQUEST, "ledger_reversal_two_people"),
        (STATEMENT, "ledger_statement_adds_up"),
    ],
)
def test_even_the_owner_cannot_write_a_broken_row(real_world: World, sql: str, constraint: str) -> None:
    real_world.earn(real_world.lin, 60, "once")
    w = real_world
    names = {"lin": w.lin, "mei": w.mei, "issuance": w.issuance, "redeemed": w.redeemed, "book": w.book.pk}
    with pytest.raises(IntegrityError) as caught, connections["owner"].cursor() as cursor:
        cursor.execute(sql.format(**names))
    assert caught.value.__cause__.diag.constraint_name == constraint  # type: ignore[union-attr]


def test_a_flush_empties_the_ledger_in_spite_of_its_triggers(written: World) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")
    assert JournalEntry.objects.count() == 0
