"""How Python calls the ledger's SQL functions: one round trip, prepared on the server, refusals as DomainErrors.

A psycopg cursor on Django's own connection takes part in Django's transaction and spares its cursor's client-side
binding (half as many calls again a second at 8 clients). Nothing here opens a transaction: inside ``atomic()`` a call
belongs to it, outside it is one by itself. Deadlocks pass through, for ``atomic_with_retry`` to try again.
"""

from collections.abc import Sequence
from typing import Any

import psycopg
from django.db import connection

from ledger.errors import refusal

# From its second use on a statement stays prepared in the session.
PREPARE_THRESHOLD = 1


def rows(query: str, params: Sequence[object]) -> list[tuple[Any, ...]]:
    """Execute one call and answer all its rows; raises the DomainError that its SQLSTATE stands for."""
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    connection.validate_thread_sharing()
    connection.validate_no_broken_transaction()
    raw = connection.connection
    raw.prepare_threshold = PREPARE_THRESHOLD
    with connection.wrap_database_errors:
        try:
            with psycopg.Cursor(raw) as cursor:
                return cursor.execute(query, params).fetchall()
        except psycopg.Error as error:
            kind = refusal(error)
            if kind is None:
                raise
            raise kind from error


def one(query: str, params: Sequence[object]) -> Any:
    """The single value of a call's single row."""
    return rows(query, params)[0][0]
