"""Databases of the benchmarks' own cluster: made, migrated, kept between runs, dropped."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
MADE_OF = ("*/migrations/*.py", "ledger/sql/*.sql", "requirements.txt", "bench/entries.py")


def make(name: str) -> None:
    """An empty database of the owner's, migrated; both aliases then speak to it."""
    template = _template()
    drop(name)
    on_server(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    use(name)


def _template() -> str:
    """The database that is migrated once for a state of the code, and copied from then on."""
    from django.core.management import call_command

    name = f"bench_template_{fingerprint()}"
    found = [row[0] for row in on_server("SELECT datname FROM pg_database WHERE datname LIKE 'bench_template_%'")]
    if name not in found:
        for stale in found:
            drop(stale)
        on_server(f'CREATE DATABASE "{name}_new"')
        use(f"{name}_new")
        call_command("migrate", database="owner", verbosity=0)
        use("postgres")
        on_server(f'ALTER DATABASE "{name}_new" RENAME TO "{name}"')
    return name


def use(name: str) -> None:
    """Point both aliases of this process at a database."""
    from django.db import connections

    for alias in ("default", "owner"):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name


def kept(prefix: str, fill: Callable[[], None], is_worn: Callable[[], bool]) -> None:
    """Use the database that an earlier run filled from the same code; made anew when there is none, or it is worn."""
    name = f"{prefix}{fingerprint()}"
    found = [
        row[0] for row in on_server(f"SELECT datname FROM pg_database WHERE datname ~ '^{prefix}[0-9a-f]+(_new)?$'")
    ]
    if name in found:
        use(name)
        if not is_worn():
            return
    for stale in found:
        drop(stale)
    make(f"{name}_new")
    fill()
    use("postgres")
    on_server(f'ALTER DATABASE "{name}_new" RENAME TO "{name}"')
    use(name)


def fingerprint() -> str:
    """Twelve letters that change with any file that the kept databases are made of."""
    digest = hashlib.sha256()
    for pattern in MADE_OF:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def tidy() -> None:
    """What autovacuum would do within the hour, so that every run meets the same state."""
    on_owner("VACUUM ANALYZE")


def on_owner(statement: str, parameters: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
    """Run a statement as the owner of the database in use; answers its rows, if it has any."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []


def drop(name: str) -> None:
    on_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def on_server(statement: str) -> list[tuple[Any, ...]]:
    """Run a statement in the maintenance database, as the owner."""
    import psycopg
    from django.db import connections

    target = connections["owner"].settings_dict
    with psycopg.connect(
        host=target["HOST"],
        port=target["PORT"],
        user=target["USER"],
        password=target["PASSWORD"],
        dbname="postgres",
        autocommit=True,
    ) as server:
        answer = server.execute(statement)
        return answer.fetchall() if answer.description else []


def client_environment(name: str) -> dict[str, str]:
    """With which a program speaks to a database of this cluster as the owner."""
    from django.db import connections

    target = connections["owner"].settings_dict
    return {
        **{key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
        "PGHOST": target["HOST"],
        "PGPORT": str(target["PORT"]),
        "PGUSER": target["USER"],
        "PGPASSWORD": target["PASSWORD"],
        "PGDATABASE": name,
    }
