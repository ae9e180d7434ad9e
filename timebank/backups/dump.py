"""Taking a backup: one snapshot, dumped and described, into a file that is there whole or not at all."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from core.files import whole_file
from timebank.backups import manifest, programs
from timebank.backups.errors import BackupRefused
from timebank.backups.manifest import Manifest

SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"


def take(file: Path, *, now: datetime) -> Manifest:
    """Dump the database to a new file, and write its manifest beside it. Raises BackupRefused.

    Traffic goes on meanwhile: dump and figures come from one snapshot.
    """
    if file.exists() or manifest.beside(file).exists():
        raise BackupRefused(f"{file} is there already. Choose another name: a backup is never written over.")
    if not file.parent.is_dir():
        raise BackupRefused(f"There is no folder {file.parent}.")
    name = programs.database()
    with programs.connect(name) as db:
        db.execute(SNAPSHOT)
        row = db.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None
        server = db.info.server_version // 10_000
        facts = manifest.facts_of(db)
        options = ("--format=custom", f"--snapshot={row[0]}")
        with whole_file(file) as out:
            programs.run("pg_dump", *options, name=name, server=server, out=out)
    taken = Manifest(
        taken_at=now.isoformat(), server=server, size=file.stat().st_size, sha256=manifest.sha256(file), facts=facts
    )
    manifest.write(file, taken)
    return taken
