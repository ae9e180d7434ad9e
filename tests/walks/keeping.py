"""The committed world, kept aside so that a test may commit to it and have it back."""

from __future__ import annotations

from types import TracebackType

from django.db import connections, transaction

from tests.walks.digest import TABLES, Rows, difference, rows

COLUMNS = """
SELECT table_name, string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position)
FROM information_schema.columns
WHERE table_schema = 'public' AND is_generated = 'NEVER' GROUP BY table_name
"""


class Kept:
    """A copy of every table; ``restore`` puts back those that changed, as the owner and without their triggers."""

    def __enter__(self) -> Kept:
        self.rows = rows()
        with connections["owner"].cursor() as cursor:
            cursor.execute(TABLES)
            self.tables = [name for (name,) in cursor.fetchall()]
            cursor.execute("CREATE SCHEMA kept")
            for table in self.tables:
                cursor.execute(f'CREATE TABLE kept."{table}" AS TABLE public."{table}"')
            cursor.execute(COLUMNS)
            self.columns = dict(cursor.fetchall())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with connections["owner"].cursor() as cursor:
            cursor.execute("DROP SCHEMA kept CASCADE")
        connections["owner"].close()

    def restore(self) -> Rows:
        """What had changed; after this nothing has."""
        changed = difference(self.rows, rows())
        put_back = [*changed, "accounts_formkey", "accounts_guesscount"]
        with connections["owner"].cursor() as cursor:
            for table in put_back:
                cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
            with transaction.atomic(using="owner"):
                for table in put_back:
                    cursor.execute(f'DELETE FROM "{table}"')
                for table in put_back:
                    cursor.execute(
                        f'INSERT INTO "{table}" ({self.columns[table]}) OVERRIDING SYSTEM VALUE '
                        f'SELECT {self.columns[table]} FROM kept."{table}"'
                    )
            for table in put_back:
                cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')
        return changed
