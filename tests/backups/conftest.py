"""A community with a past worth keeping, its backup, and a database of its own to restore it into."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import connections

from communities.actors import Actor
from core import clock
from ledger.services import seals, statements
from notifications.choices import Channel
from notifications.models import OutboxMessage
from rewards.models import Redemption
from tests.factories.rewards import give_coins, make_ready, make_reward
from timebank.backups import dump

ROOT = Path(__file__).resolve().parents[2]
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Elsewhere:
    """The database that a restore makes; ``url`` by role."""

    name: str

    def url(self, alias: str) -> str:
        config = connections[alias].settings_dict
        password = quote(str(config["PASSWORD"]), safe="")
        return f"postgres://{config['USER']}:{password}@{config['HOST']}:{config['PORT']}/{self.name}"

    def connect(self, alias: str = "owner") -> psycopg.Connection:
        return psycopg.connect(self.url(alias), autocommit=True)

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """``manage.py`` on it."""
        env = os.environ | {
            "DATABASE_URL": self.url("default"), "OWNER_DATABASE_URL": self.url("owner"), "REDIS_URL": "",
            "DJANGO_SETTINGS_MODULE": "timebank.settings.test",
        }  # fmt: skip
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=300)


@pytest.fixture
def elsewhere(transactional_db: None) -> Iterator[Elsewhere]:
    """Not there yet, as after a loss; whatever restores left of it is dropped."""
    name = f"{connections['owner'].settings_dict['NAME']}_again"
    _drop(name)
    yield Elsewhere(name)
    _drop(name)


def maintenance() -> psycopg.Connection:
    """A connection from which databases are made and dropped."""
    config = connections["owner"].settings_dict
    return psycopg.connect(
        host=config["HOST"], port=config["PORT"], user=config["USER"], password=config["PASSWORD"], dbname="postgres",
        autocommit=True,
    )  # fmt: skip


def databases_like(name: str) -> list[str]:
    with maintenance() as cluster:
        found = cluster.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY 1", [name])
        return [row[0] for row in found.fetchall()]


def _drop(name: str) -> None:
    for one in databases_like(name):
        with maintenance() as cluster:
            cluster.execute(f'DROP DATABASE "{one}" WITH (FORCE)')


@pytest.fixture
def now() -> datetime:
    return clock.now()


@pytest.fixture
def past(transactional_db: None, lin: Actor, mei: Actor, wang: Actor, zhou: Actor, now: datetime) -> Redemption:
    """Coins, a pick-up code, a statement, a seal, messages due before and after, a web session; answers the code's."""
    assert lin.resident is not None
    give_coins(lin.resident, 500, now=now - 40 * DAY)
    ready = make_ready(lin, make_reward(wang, now=now - 2 * DAY), zhou, now=now - DAY)
    book = lin.community.book_id
    last_month = (now.replace(day=1) - DAY).date().replace(day=1)
    statements.close_and_state(book_id=book, month=last_month, now=now)
    seals.seal_book(book_id=book, now=now)
    for subject, due in (("yesterday", now - DAY), ("next week", now + 7 * DAY)):
        OutboxMessage.objects.create(
            kind="test", subject=subject, due_at=due, next_try_at=due, recipient=mei.user, channel=Channel.INBOX
        )
    SessionStore().save()
    return ready


@pytest.fixture
def backup(past: Redemption, tmp_path: Path, now: datetime) -> Path:
    file = tmp_path / "night.dump"
    dump.take(file, now=now)
    return file
