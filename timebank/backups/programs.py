"""How PostgreSQL's own programs and connections are reached as the owner, in whichever database."""

from __future__ import annotations

import os
import subprocess
from typing import IO, Any

import psycopg
from django.conf import settings

from timebank.backups.errors import BackupRefused
from timebank.embedded import binaries
from timebank.embedded.errors import EmbeddedError

MAINTENANCE = "postgres"  # the database from which others are made and renamed


def database() -> str:
    """The name of the database that the site uses."""
    return str(_owner()["NAME"])


def connect(name: str, *, autocommit: bool = False) -> psycopg.Connection:
    """A connection of the owner. Raises BackupRefused where the server does not answer."""
    owner = _owner()
    try:
        return psycopg.connect(
            host=owner["HOST"], port=owner["PORT"], user=owner["USER"], password=owner["PASSWORD"], dbname=name,
            autocommit=autocommit,
        )  # fmt: skip
    except psycopg.OperationalError as error:
        raise BackupRefused(f"The database {name} cannot be reached: {error}") from error


def run(program: str, *arguments: str, name: str, server: int, out: IO[bytes] | None = None) -> None:
    """Run pg_dump or pg_restore on a database. ``server``: its major version, which the program must not be below."""
    owner = _owner()
    env = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    env |= {
        "PGHOST": str(owner["HOST"]), "PGPORT": str(owner["PORT"] or 5432), "PGUSER": str(owner["USER"]),
        "PGPASSWORD": str(owner["PASSWORD"]), "PGDATABASE": name, "LC_ALL": "C",
    }  # fmt: skip
    try:
        command = [str(binaries.client(program, at_least=server)), *arguments]
    except EmbeddedError as error:
        raise BackupRefused(str(error)) from error
    done = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.PIPE)
    if done.returncode != 0:
        raise BackupRefused(f"{program} failed: {done.stderr.decode(errors='replace').strip()[-2000:]}")


def _owner() -> dict[str, Any]:
    if "owner" not in settings.DATABASES:
        raise BackupRefused("OWNER_DATABASE_URL is missing: backups and restores are the owner's.")
    owner: dict[str, Any] = settings.DATABASES["owner"]
    return owner
