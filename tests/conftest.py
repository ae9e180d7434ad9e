"""Databases for tests. Fixtures and the cast live in ``tests/factories``.

Every test runs as the app's role: ``default`` is a connection of its own (role ``timebank_app``) to the test database
that alias ``owner`` creates, migrates and flushes (role ``timebank_owner``). In ``django_db`` tests all work happens in
one rolled-back transaction on ``default``; what it wrote is not visible to ``owner``. Tests with threads, two aliases
or planted faults are marked ``django_db(transaction=True)``; there ``owner`` is at hand for what only the owner may do.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

import pytest
from django.db import connections, transaction
from django.test import TestCase, TransactionTestCase
from django.utils import translation
from pytest_django.plugin import DjangoDbBlocker

from tests import databases

T = TypeVar("T")

pytest_plugins = ["tests.factories.cast"]


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_blocker: DjangoDbBlocker,
    django_db_createdb: bool,
    django_db_modify_db_settings: None,
) -> None:
    """Create the test database through ``owner``; ``default`` mirrors it.

    pytest-django would set up the aliases that tests are marked with, so with only ``default`` marked nothing would be
    created and the tests would run on the developer's data. Hence the alias is named there, and the name checked.
    It is not dropped at the end: a live server's threads may still hold a connection. The next run makes it anew.
    """
    with django_db_blocker.unblock():
        databases.make(anew=django_db_createdb)


@pytest.fixture(autouse=True, scope="session")
def flush_as_owner() -> None:
    """Let each transactional test reach ``owner`` too, and empty the tables as the owner after it.

    Django's flush truncates every table there is, which takes longer than most tests.
    """
    TransactionTestCase.databases = frozenset({"default", "owner"})
    TestCase.databases = frozenset({"default"})
    TransactionTestCase._fixture_teardown = lambda case: empty_tables()


@pytest.fixture(autouse=True)
def settled_language() -> None:
    """Each test begins in the language of the settings, not in that of the last page that another one opened."""
    translation.deactivate()


KEPT = {"django_migrations", "django_content_type", "auth_permission"}
TABLES = """
SELECT c.oid::regclass::text, EXISTS (SELECT FROM pg_constraint AS k WHERE k.contype = 'f' AND k.confrelid = c.oid)
FROM pg_class AS c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> ALL (%s)
"""


def empty_tables() -> None:
    """Remove all rows that a test committed, from those tables alone that have any.

    What others refer to is deleted, without its triggers (history, guards); the rest, the journal above all, truncated.
    """
    for alias in ("default", "owner"):
        connections[alias].close()
    connection = connections["owner"]
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '20s'")  # a thread that forgot its transaction must not hang the run
        cursor.execute(TABLES, [sorted(KEPT)])
        referred = dict(cursor.fetchall())
        cursor.execute(" UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in referred))
        filled = [table for (table,) in cursor.fetchall()]
        deleted = [table for table in filled if referred[table]]
        truncated = [table for table in filled if not referred[table]]
        with transaction.atomic(using="owner"):
            if truncated:
                cursor.execute(f"TRUNCATE {', '.join(truncated)}")
            for table in deleted:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            for table in deleted:  # foreign keys are looked at when the transaction ends
                cursor.execute(f"DELETE FROM {table}")
        for table in deleted:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    connection.close()


@pytest.fixture
def together() -> Callable[..., list[object]]:
    """Run one function in N threads that start at the same instant; answers results and exceptions in order.

    ``together(20, work)`` calls ``work(0)`` … ``work(19)``. Each thread closes its connections.
    """
    return run_together


def run_together(number: int, work: Callable[[int], T]) -> list[T | Exception]:
    """See the fixture ``together``."""
    barrier = Barrier(number)

    def one(at: int) -> T | Exception:
        try:
            barrier.wait(timeout=30)
            return work(at)
        except Exception as error:  # the test looks at what each thread met
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=number) as pool:
        return list(pool.map(one, range(number)))
