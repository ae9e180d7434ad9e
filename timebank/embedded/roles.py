"""Runs ``roles.sql``, which makes the owner's and the app's role. Compose runs it too when its database is new."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from timebank.embedded.errors import EmbeddedError

SCRIPT = Path(__file__).with_name("roles.sql")
OWNER, APP, DATABASE = "timebank_owner", "timebank_app", "timebank"


@dataclass(frozen=True)
class Passwords:
    """Random, one a role; ``admin`` is the cluster's superuser."""

    admin: str
    owner: str
    app: str


def install(*, psql: Path, port: int, passwords: Passwords) -> None:
    """Make both roles, the database and its default privileges; raises EmbeddedError with what psql said."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    env |= {"PGPASSWORD": passwords.admin, "OWNER_PASSWORD": passwords.owner, "APP_PASSWORD": passwords.app}
    command = [str(psql), "-X", "-q", "-h", "127.0.0.1", "-p", str(port), "-U", "postgres", "-d", "postgres", "-f"]
    done = subprocess.run([*command, str(SCRIPT)], env=env, capture_output=True, text=True)
    if done.returncode != 0:
        raise EmbeddedError(f"The database roles could not be made: {done.stderr.strip()}")
