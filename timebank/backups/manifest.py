"""What stands beside a dump: when it was taken, of what, and its hash. A dump without it was never finished."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psycopg

from core.files import whole_file
from timebank.backups.errors import BackupRefused

FORMAT = 1
SUFFIX = ".manifest.json"
BLOCK = 1024 * 1024
COUNTED = (
    "ledger_book", "ledger_account", "ledger_journalentry", "ledger_hold", "ledger_monthlystatement", "ledger_seal",
    "communities_community", "communities_resident", "accounts_user", "tasks_hourrecord", "rewards_redemption",
    "notifications_outboxmessage",
)  # fmt: skip
SEALS = """
SELECT DISTINCT ON (book_id) book_id, number, encode(hash, 'hex') FROM ledger_seal ORDER BY book_id, number DESC
"""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a database holds, in figures that a restored one must give again."""

    migrations: list[str]
    counts: dict[str, int]
    last_entry: int
    newest_seals: list[str]  # "book/number hash"


@dataclass(frozen=True, slots=True)
class Manifest:
    """A finished dump. ``taken_at`` is an instant as ISO 8601, ``size`` in bytes."""

    taken_at: str
    server: int
    size: int
    sha256: str
    facts: Facts
    format: int = field(default=FORMAT)


def facts_of(db: psycopg.Connection) -> Facts:
    """Read the figures on a connection of the owner."""
    applied = db.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1").fetchall()
    counts = {table: _one(db, f"SELECT count(*) FROM {table}") for table in COUNTED}  # noqa: S608  (constants)
    seals = db.execute(SEALS).fetchall()
    return Facts(
        migrations=[name for (name,) in applied],
        counts=counts,
        last_entry=_one(db, "SELECT coalesce(max(id), 0) FROM ledger_journalentry"),
        newest_seals=[f"{book}/{number} {hashed}" for book, number, hashed in seals],
    )


def _one(db: psycopg.Connection, query: str) -> int:
    row = db.execute(query.encode()).fetchone()
    assert row is not None
    return int(row[0])


def beside(dump: Path) -> Path:
    """Where a dump's manifest stands."""
    return dump.with_name(dump.name + SUFFIX)


def write(dump: Path, manifest: Manifest) -> None:
    """Last of all: from then on the dump counts as finished."""
    with whole_file(beside(dump)) as file:
        file.write(json.dumps(asdict(manifest), indent=1).encode())


def verified(dump: Path) -> Manifest:
    """The manifest of a dump that is whole and unaltered. Raises BackupRefused."""
    if not dump.is_file():
        raise BackupRefused(f"There is no file {dump}.")
    if not beside(dump).is_file():
        raise BackupRefused(f"{beside(dump).name} is missing: this backup was never finished, or is only half copied.")
    manifest = _read(beside(dump))
    if manifest.size != dump.stat().st_size:
        raise BackupRefused(f"{dump.name} has another length than when it was written: it is cut, or not that file.")
    if manifest.sha256 != sha256(dump):
        raise BackupRefused(f"{dump.name} was altered after it was written. Use another backup.")
    return manifest


def _read(path: Path) -> Manifest:
    try:
        said = json.loads(path.read_text())
        if said["format"] != FORMAT:
            raise BackupRefused(f"{path.name} was written by another version of this software.")
        return Manifest(**{**said, "facts": Facts(**said["facts"])})
    except (ValueError, KeyError, TypeError) as error:
        raise BackupRefused(f"{path.name} cannot be read: {error}.") from error


def sha256(path: Path) -> str:
    """Of a file of any size."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()
