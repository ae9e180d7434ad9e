"""kill -9 of PostgreSQL under posting clients: what was acknowledged is there, once, and work goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from tests.faults.conftest import ROOT, Process, child_env, wait_until
from tests.setup.conftest import data_dir
from timebank.embedded import postgres, server_user

__all__ = ["data_dir"]

KILLS = 3
BACK_WITHIN_S = 15
CLIENTS = 8
# Each client posts its numbers one after the other, again and again until it is told that it is written.
PROGRAM = """
import sys, threading, django
django.setup()
from django.db import OperationalError, InterfaceError, connection
from core import clock
from ledger.choices import AccountKind, EntryKind
from ledger.selectors import system_account_id
from ledger.services.books import open_account, open_book
from ledger.services.posting import LineRequest, post

book = open_book(name_zh="社区", name_en="", time_zone="Asia/Shanghai", unit="coin").pk
wallet = open_account(book_id=book, kind=AccountKind.WALLET, number="R0001").pk
issuance = system_account_id(book, AccountKind.ISSUANCE)
connection.close()
stop = threading.Event()

def client(name):
    number = 0
    while not stop.is_set():
        request = LineRequest(book, f"test:{name}:{number}", EntryKind.HOURS, issuance, wallet, 1)
        try:
            post(request, now=clock.now())
        except (OperationalError, InterfaceError):
            connection.close()
            stop.wait(0.05)
            continue
        print(request.reference + "\\n", end="", flush=True)
        number += 1
    connection.close()

threads = [threading.Thread(target=client, args=(name,)) for name in range(int(sys.argv[1]))]
[thread.start() for thread in threads]
sys.stdin.readline()
stop.set()
[thread.join() for thread in threads]
"""


def server_pid(folder: Path) -> int:
    cluster = server_user.cluster_folder(folder / "postgres")
    return int((cluster / "data" / "postmaster.pid").read_text().split()[0])


def copy_schema(source: str, target: str, folder: Path) -> None:
    """The test database's tables and functions, without its rows: quicker than all migrations again."""
    programs = postgres._programs(folder / "postgres").folder
    dump = subprocess.run([programs / "pg_dump", "--schema-only", source], check=True, capture_output=True, timeout=60)
    subprocess.run([programs / "psql", "-q", target], input=dump.stdout, check=True, capture_output=True, timeout=60)


def kill_and_restart(folder: Path) -> float:
    """kill -9, then start again as ``make run`` does; seconds until it answers."""
    begun = time.monotonic()
    os.kill(server_pid(folder), signal.SIGKILL)
    wait_until(lambda: not postgres.running(folder))
    postgres.ensure(folder, durable=True)
    return time.monotonic() - begun


@pytest.mark.django_db
def test_nothing_acknowledged_is_lost(data_dir: Path, start: Callable[..., Process], tmp_path: Path) -> None:
    urls = postgres.ensure(data_dir, durable=True)
    here = {"DATABASE_URL": urls.app, "OWNER_DATABASE_URL": urls.owner}
    env = child_env(**here)
    copy_schema(child_env()["OWNER_DATABASE_URL"], urls.owner, data_dir)
    start("run_due", "--every", "1", **here)
    acknowledged = tmp_path / "acknowledged"
    with acknowledged.open("w") as out:
        command = [sys.executable, "-c", PROGRAM, str(CLIENTS)]
        clients = subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=out, text=True)
    for number in range(1, KILLS + 1):
        before = len(acknowledged.read_text().splitlines())
        wait_until(lambda least=before + 50: len(acknowledged.read_text().splitlines()) > least)  # type: ignore[misc]
        assert kill_and_restart(data_dir) < BACK_WITHIN_S, number
    before = len(acknowledged.read_text().splitlines())
    wait_until(lambda: len(acknowledged.read_text().splitlines()) > before + 50)
    clients.communicate("stop\n", timeout=30)

    said = acknowledged.read_text().split()
    with psycopg.connect(urls.app) as db:
        written = [row[0] for row in db.execute("SELECT reference FROM ledger_journalentry")]
        [[balance, seq]] = db.execute("SELECT balance, seq FROM ledger_account WHERE number = 'R0001'")
        lately = "SELECT max(beat_at) > now() - interval '3 s' FROM notifications_heartbeat"
        wait_until(lambda: db.execute(lately).fetchone()[0])
        db.rollback()
    assert sorted(written) == sorted(set(said))
    assert (balance, seq) == (len(written), len(written))
