"""kill -9 of PostgreSQL under posting clients: what was acknowledged is there, once, and work goes on.

The daily run kills three times; ``python -m bench storm`` kills ten times under 16 clients.
"""

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

KILLS = int(os.environ.get("STORM_KILLS", "3"))
BACK_WITHIN_S = 15
CLIENTS = int(os.environ.get("STORM_CLIENTS", "8"))
# Each client posts its numbers one after the other, again and again until it is told that it is written.
PROGRAM = """
import sys, threading, django
django.setup()
from django.db import OperationalError, InterfaceError, connection
from core import clock
from ledger.choices import AccountKind, EntryKind
from ledger.selectors import system_account_id
from ledger.services.books import open_account, open_book
from ledger.services import holds
from ledger.services.posting import LineRequest, post, post_many

book = open_book(name_zh="社区", name_en="", time_zone="Asia/Shanghai", unit="coin").pk
wallet = open_account(book_id=book, kind=AccountKind.WALLET, number="R0001").pk
issuance, redeemed = (system_account_id(book, kind) for kind in (AccountKind.ISSUANCE, AccountKind.REDEEMED))
connection.close()
stop = threading.Event()

def hours(reference):
    return LineRequest(book, reference, EntryKind.HOURS, issuance, wallet, 2)

def act(reference, number):
    now = clock.now()
    if number % 4 == 1:
        asked = [hours(f"{reference}:{part}") for part in range(3)]
        post_many(asked, now=now)
        return [one.reference for one in asked]
    if number % 4 == 3:
        held = holds.hold(book_id=book, reference=reference, debit_id=wallet, amount=1, kind=EntryKind.REDEMPTION,
                          actor_id=None, now=now)
        post(LineRequest(book, reference, EntryKind.REDEMPTION, wallet, redeemed, 1, hold_id=held), now=now)
    else:
        post(hours(reference), now=now)
    return [reference]

def client(name):
    number = 0
    while not stop.is_set():
        try:
            booked = act(f"test:{name}:{number}", number)
        except (OperationalError, InterfaceError):
            connection.close()
            stop.wait(0.05)
            continue
        print("".join(reference + "\\n" for reference in booked), end="", flush=True)
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
        [[total]] = db.execute("SELECT sum(CASE kind WHEN 10 THEN amount ELSE -amount END) FROM ledger_journalentry")
        [[balance, held, seq]] = db.execute("SELECT balance, held, seq FROM ledger_account WHERE number = 'R0001'")
        lately = "SELECT max(beat_at) > now() - interval '3 s' FROM notifications_heartbeat"
        wait_until(lambda: db.execute(lately).fetchone()[0])
        db.rollback()
    assert sorted(written) == sorted(set(said))
    assert len(said) == len(set(said)), "a client waits for its answer before it asks anew"
    assert (balance, held, seq) == (total, 0, len(written))
    print(f"{CLIENTS} clients, {KILLS} kills: {len(said)} acknowledged, {len(written)} entries")
