"""The way back: a dump goes into a new database, is proved and closed there, and only then takes the old one's name.

Whatever fails on the way, the database that the site uses is as it was. What was there before keeps another name.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from notifications.models import Restore
from notifications.services import restoring
from reports.services.checking import Result, check_and_pause
from timebank.backups import manifest, programs
from timebank.backups.errors import BackupRefused
from timebank.backups.manifest import Manifest

TABLES = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
SESSIONS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = %s AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
LEAVING_SECONDS = 3
# From template0: template1's default privileges would give the app rights that the dump, which has them all, withholds.
CREATE = sql.SQL("CREATE DATABASE {} TEMPLATE template0")
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore left: ``kept_as`` is the old database's new name, "" where there was none."""

    manifest: Manifest
    restore: Restore
    results: list[Result]
    kept_as: str


def put_back(file: Path, *, replace: str, now: datetime, say: Say) -> Restored:
    """Restore a backup, closed until a manager opens it. Raises BackupRefused.

    ``replace``: the name of the database that has data and is to make way, typed by whoever does it.
    """
    taken = manifest.verified(file)
    _known_to_this_code(taken)
    target = programs.database()
    fresh = f"{target}_restored_{now:%Y%m%d%H%M%S}"
    connections.close_all()
    with programs.connect(programs.MAINTENANCE, autocommit=True) as cluster:
        _free(cluster, target, replace)
        say(f"Restoring the backup of {taken.taken_at} …")
        cluster.execute(CREATE.format(sql.Identifier(fresh)))
        try:
            _load(file, fresh, taken)
            with pointed_at(fresh):
                restore, results = _closed_and_proved(taken, now, say)
            kept_as = _swap(cluster, target, fresh, now)
        except BaseException:
            connections.close_all()
            cluster.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(fresh)))
            raise
    return Restored(taken, restore, results, kept_as)


def _known_to_this_code(taken: Manifest) -> None:
    """A dump of a newer version has migrations that this code does not know, and tables it would misread."""
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations or ()}
    unknown = sorted(set(taken.facts.migrations) - known)
    if unknown:
        raise BackupRefused(f"This backup is of a newer version (it has {unknown[0]}). Install that version first.")


def _free(cluster: psycopg.Connection, target: str, replace: str) -> None:
    """Refuse to touch a database that somebody uses, or that has data and was not named."""
    if not _exists(cluster, target):
        return
    with programs.connect(target) as there:
        row = there.execute(TABLES).fetchone()
    if row != (0,) and replace != target:
        raise BackupRefused(
            f"The database {target} has data. To put the backup in its place, type: --replace {target} "
            "(it is kept under another name)."
        )
    if used := _sessions(cluster, target):
        raise BackupRefused(f"{target} is in use by {used} sessions. Stop web, worker, beat and sweep first.")


def _sessions(cluster: psycopg.Connection, target: str) -> int:
    """How many are connected to a database and stay: one that has just closed is listed a moment longer."""
    until = time.monotonic() + LEAVING_SECONDS
    while True:
        row = cluster.execute(SESSIONS, [target]).fetchone()
        used = int(row[0]) if row else 0
        if not used or time.monotonic() > until:
            return used
        time.sleep(0.1)


def _exists(cluster: psycopg.Connection, name: str) -> bool:
    return cluster.execute("SELECT EXISTS (SELECT FROM pg_database WHERE datname = %s)", [name]).fetchone() == (True,)


def _load(file: Path, fresh: str, taken: Manifest) -> None:
    """Load the dump; what is there must be what the manifest says."""
    with programs.connect(fresh) as db:
        server = db.info.server_version // 10_000
    options = ("--no-owner", "--exit-on-error", "--single-transaction", f"--dbname={fresh}")
    programs.run("pg_restore", *options, str(file.resolve()), name=fresh, server=max(server, taken.server))
    with programs.connect(fresh) as db:
        db.execute("ANALYZE")
        if manifest.facts_of(db) != taken.facts:
            raise BackupRefused("What was restored is not what the manifest says. Use another backup.")


def _closed_and_proved(taken: Manifest, now: datetime, say: Say) -> tuple[Restore, list[Result]]:
    """Close the site first; then what must not be done again is taken back, and every invariant is checked."""
    executor = MigrationExecutor(connections["owner"])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        say("Bringing it up to this version …")
        call_command("migrate", database="owner", interactive=False, verbosity=0)
    restore = restoring.close(taken_at=datetime.fromisoformat(taken.taken_at), file_hash=taken.sha256, now=now)
    for step in STEPS:
        step(restore, now)
    say("Checking every coin and every seal …")
    results = check_and_pause(now=now)
    restoring.note_findings(restore, [one.as_dict() for one in results if not one.holds])
    return restore, results


def _hold_messages_back(restore: Restore, now: datetime) -> None:
    restoring.hold_back(restore, now=now)


def _end_web_sessions(restore: Restore, now: datetime) -> None:
    """Who signed out since, or was signed out, would be signed in again."""
    Session.objects.all().delete()


# What a restored past must not do or show again. Whoever was erased since the backup is erased here once more.
STEPS: tuple[Callable[[Restore, datetime], None], ...] = (_hold_messages_back, _end_web_sessions)


def _swap(cluster: psycopg.Connection, target: str, fresh: str, now: datetime) -> str:
    """The new database takes the name; both renamings or none."""
    kept_as = ""
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    try:
        with cluster.transaction():
            if _exists(cluster, target):
                kept_as = f"{target}_before_{now:%Y%m%d%H%M%S}"
                cluster.execute(rename.format(sql.Identifier(target), sql.Identifier(kept_as)))
            cluster.execute(rename.format(sql.Identifier(fresh), sql.Identifier(target)))
    except psycopg.errors.ObjectInUse as error:
        raise BackupRefused(
            f"{target} came into use meanwhile. Stop web, worker, beat and sweep, and try again."
        ) from error
    return kept_as


@contextmanager
def pointed_at(name: str) -> Iterator[None]:
    """Let both roles of this process work on another database of the same server."""
    before = {alias: settings.DATABASES[alias]["NAME"] for alias in ("default", "owner")}
    _point(dict.fromkeys(before, name))
    try:
        yield
    finally:
        _point(before)


def _point(names: dict[str, str]) -> None:
    connections.close_all()
    for alias, name in names.items():
        connections[alias].settings_dict["NAME"] = settings.DATABASES[alias]["NAME"] = name
