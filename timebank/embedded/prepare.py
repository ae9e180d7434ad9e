"""What must be true before the web starts: translations compiled, tables migrated, static files gathered, a demo.

Each step looks first whether anything changed, without loading Django, so that a second start is quick.
"""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg

from timebank.embedded import translations
from timebank.embedded.errors import EmbeddedError

ROOT = Path(__file__).resolve().parents[2]
SEED = ROOT / "demo" / "management" / "commands" / "seed_demo.py"
DEMO_SIZE = "small"


@dataclass(frozen=True)
class Preparation:
    """Where and with what to prepare; ``owner_url`` may migrate, and ``env`` carries it to ``manage.py``."""

    data_dir: Path
    owner_url: str
    env: Mapping[str, str]
    say: Callable[[str], None]
    embedded: bool

    @property
    def half_seeded(self) -> Path:
        """A mark that stands while the demo is being made."""
        return self.data_dir / "demo-unfinished"

    def run(self) -> None:
        """Bring everything up to date; raises EmbeddedError with the reason when a step fails."""
        for compiled in translations.compile_changed(ROOT):
            self.say(f"Compiled {compiled.relative_to(ROOT)}")
        self._drop_half_demo()
        self._migrate()
        self._collect_static()
        self._seed()

    def _migrate(self) -> None:
        stamp, wanted = self.data_dir / "requirements-migrated", _fingerprint([ROOT / "requirements.txt"])
        with psycopg.connect(self.owner_url) as db:
            done = _applied(db)
        if _own_migrations() <= done and stamp.exists() and stamp.read_text() == wanted:
            return
        self.say("Bringing the database up to date …")
        self._manage("migrate", "--no-input", "-v", "0")
        stamp.write_text(wanted)

    def _collect_static(self) -> None:
        stamp = self.data_dir / "static-collected"
        wanted = _fingerprint([ROOT / "requirements.txt", *sorted(_files(ROOT / "static")), *sorted(_app_static())])
        if stamp.exists() and stamp.read_text() == wanted:
            return
        self.say("Gathering static files …")
        self._manage("collectstatic", "--no-input", "--clear", "-v", "0")
        stamp.write_text(wanted)

    def _seed(self) -> None:
        if self._has_community():
            return
        if not SEED.exists():
            self.say("There is no demo to load here (seed_demo is missing): the database stays empty.")
            return
        self.say("Loading the demo …")
        self.half_seeded.touch()
        # No wait for the disk at each of its thousands of commits: what a crash could lose is only the demo's end.
        self._manage("seed_demo", "--size", DEMO_SIZE, quiet=True, PGOPTIONS="-c synchronous_commit=off")
        self.half_seeded.unlink()

    def _drop_half_demo(self) -> None:
        """A demo that was broken off is begun again from nothing: nobody has been let in yet."""
        if not self.half_seeded.exists():
            return
        if not self.embedded:
            raise EmbeddedError(
                "The demo was broken off in a database that is not ours to empty. "
                f"Empty it, then delete {self.half_seeded}."
            )
        self.say("The demo was broken off last time: beginning again.")
        place, _, name = self.owner_url.rpartition("/")
        with psycopg.connect(f"{place}/postgres", autocommit=True) as db:
            db.execute(psycopg.sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(psycopg.sql.Identifier(name)))
            db.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))
        self.half_seeded.unlink()

    def _has_community(self) -> bool:
        with psycopg.connect(self.owner_url) as db:
            if not _has_table(db, "communities_community"):
                return False
            return db.execute("SELECT EXISTS (SELECT FROM communities_community)").fetchone() == (True,)

    def _manage(self, *arguments: str, quiet: bool = False, **env: str) -> None:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env={**self.env, **env}, stdin=subprocess.DEVNULL, capture_output=quiet, text=True
        )
        if done.returncode != 0:
            said = f"\n{done.stdout}{done.stderr}" if quiet else ""
            raise EmbeddedError(f"manage.py {' '.join(arguments)} failed with code {done.returncode}.{said}")


def _applied(db: psycopg.Connection) -> set[tuple[str, str]]:
    if not _has_table(db, "django_migrations"):
        return set()
    return set(db.execute("SELECT app, name FROM django_migrations").fetchall())


def _has_table(db: psycopg.Connection, name: str) -> bool:
    return db.execute("SELECT to_regclass(%s) IS NOT NULL", [name]).fetchone() == (True,)


def _own_migrations() -> set[tuple[str, str]]:
    return {(path.parts[-3], path.stem) for path in ROOT.glob("[!.]*/migrations/[0-9]*.py")}


def _app_static() -> Iterator[Path]:
    for folder in ROOT.glob("[!.]*/static"):
        yield from _files(folder)


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def _fingerprint(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def main(arguments: list[str]) -> int:
    """``DATA_DIR [--embedded]``, with the URLs in the environment; 1 with the reason when a step fails."""
    owner_url = os.environ.get("OWNER_DATABASE_URL") or os.environ["DATABASE_URL"]
    embedded = "--embedded" in arguments
    try:
        Preparation(Path(arguments[0]), owner_url, os.environ, partial(print, flush=True), embedded=embedded).run()
    except (EmbeddedError, psycopg.OperationalError) as error:
        print(error, file=sys.stderr, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
