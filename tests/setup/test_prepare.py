"""What ``make run`` brings up to date, and that it leaves alone what did not change."""

from pathlib import Path

import psycopg
import pytest

from timebank.embedded import postgres, prepare
from timebank.embedded.errors import EmbeddedError
from timebank.embedded.prepare import Preparation

Steps = list[tuple[str, ...]]


@pytest.fixture
def owner_url(cluster: Path) -> str:
    """An empty database of its own."""
    urls = postgres.ensure(cluster, durable=False)
    place = urls.owner.rpartition("/")[0]
    with psycopg.connect(urls.owner, autocommit=True) as db:
        db.execute("DROP DATABASE IF EXISTS prepared WITH (FORCE)")
        db.execute("CREATE DATABASE prepared")
    return f"{place}/prepared"


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Steps:
    """The commands of ``manage.py`` that it would run."""
    ran: Steps = []

    def played(self: Preparation, *arguments: str, **options: object) -> None:
        ran.append(arguments)
        if arguments[0] == "migrate":
            _migrate(self.owner_url)

    monkeypatch.setattr(Preparation, "_manage", played)
    return ran


def _migrate(url: str) -> None:
    with psycopg.connect(url) as db:
        db.execute("CREATE TABLE IF NOT EXISTS django_migrations (app text, name text)")
        db.execute("CREATE TABLE IF NOT EXISTS communities_community (slug text)")
        for app, name in prepare._own_migrations():
            db.execute("INSERT INTO django_migrations VALUES (%s, %s)", [app, name])


def preparation(folder: Path, url: str, *, embedded: bool = True) -> Preparation:
    return Preparation(folder, url, {}, lambda line: None, embedded=embedded)


def names(steps: Steps) -> list[str]:
    return [arguments[0] for arguments in steps]


def test_a_first_run_does_everything_and_a_second_nothing(tmp_path: Path, owner_url: str, steps: Steps) -> None:
    preparation(tmp_path, owner_url).run()
    assert names(steps) == ["migrate", "collectstatic", "seed_demo"]
    with psycopg.connect(owner_url) as db:
        db.execute("INSERT INTO communities_community VALUES ('jinshan')")
    steps.clear()
    preparation(tmp_path, owner_url).run()
    assert steps == []


def test_a_new_migration_is_applied(tmp_path: Path, owner_url: str, steps: Steps) -> None:
    preparation(tmp_path, owner_url).run()
    with psycopg.connect(owner_url) as db:
        db.execute("INSERT INTO communities_community VALUES ('jinshan')")
        db.execute("DELETE FROM django_migrations WHERE app = 'ledger'")
    steps.clear()
    preparation(tmp_path, owner_url).run()
    assert names(steps) == ["migrate"]


def test_a_demo_that_was_broken_off_is_begun_again_from_nothing(tmp_path: Path, owner_url: str, steps: Steps) -> None:
    (tmp_path / "demo-unfinished").touch()
    with psycopg.connect(owner_url) as db:
        db.execute("CREATE TABLE communities_community (slug text)")
        db.execute("INSERT INTO communities_community VALUES ('half')")
    preparation(tmp_path, owner_url).run()
    assert names(steps) == ["migrate", "collectstatic", "seed_demo"]
    assert not (tmp_path / "demo-unfinished").exists()
    with psycopg.connect(owner_url) as db:
        assert db.execute("SELECT count(*) FROM communities_community").fetchone() == (0,)


def test_a_database_of_somebody_else_s_is_never_emptied(tmp_path: Path, owner_url: str, steps: Steps) -> None:
    (tmp_path / "demo-unfinished").touch()
    with pytest.raises(EmbeddedError, match="not ours to empty"):
        preparation(tmp_path, owner_url, embedded=False).run()
    assert steps == []


def test_without_a_demo_the_database_stays_empty(
    tmp_path: Path, owner_url: str, steps: Steps, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepare, "SEED", tmp_path / "nothing.py")
    preparation(tmp_path, owner_url).run()
    assert names(steps) == ["migrate", "collectstatic"]
