"""What the whole database says, a line a table, so that two moments can be compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.db import connection

# What reading may write, and why.
KEPT_BY_READING = {
    "django_session": "a web session is renewed",
    "cache": "the cache",
    "audit_recordview": "who opened a resident's record is the access log",
    "usersessions_usersession": "when the web session was seen last",
}
TABLES = """
SELECT c.relname FROM pg_class AS c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
ORDER BY c.relname
"""
ONE = "SELECT '{0}', count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM \"{0}\" AS t"


def digest(beside: Iterable[str] = KEPT_BY_READING) -> dict[str, tuple[int, str]]:
    """Rows and their sum of hashes for every table but those that are written beside."""
    left_out = set(beside)
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        tables = [name for (name,) in cursor.fetchall() if name not in left_out]
        cursor.execute(" UNION ALL ".join(ONE.format(table) for table in tables))
        return {name: (rows, hashed) for name, rows, hashed in cursor.fetchall()}


def changed(before: dict[str, tuple[int, str]], after: dict[str, tuple[int, str]]) -> list[str]:
    """The tables that differ."""
    return [name for name in after if before.get(name) != after[name]]


Rows = dict[str, tuple[Counter[str], Counter[str]]]
# What every form may write beside its effect: its own key, the count of guesses, who did it.
BESIDE = {*KEPT_BY_READING, "accounts_formkey", "accounts_guesscount", "pghistory_context"}
ROWS = "SELECT '{0}', to_jsonb(t)::text FROM \"{0}\" AS t"


def rows(beside: Iterable[str] = BESIDE) -> dict[str, Counter[str]]:
    """Every row of every table, but of those that are written beside."""
    left_out = set(beside)
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        tables = [name for (name,) in cursor.fetchall() if name not in left_out]
        cursor.execute(" UNION ALL ".join(ROWS.format(table) for table in tables))
        found: dict[str, Counter[str]] = {table: Counter() for table in tables}
        for table, row in cursor:
            found[table][row] += 1
    return found


def difference(before: dict[str, Counter[str]], after: dict[str, Counter[str]]) -> Rows:
    """The tables that differ: rows that came, and rows that went; a changed row is one of each."""
    both = {table: (after[table] - before[table], before[table] - after[table]) for table in after}
    return {table: found for table, found in both.items() if any(found)}
