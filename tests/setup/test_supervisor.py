"""What ``make run`` keeps alive: a death is said, the next try waits longer, and stopping leaves nothing behind."""

import os
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from timebank.embedded import children, run
from timebank.embedded.children import Child
from timebank.embedded.errors import EmbeddedError

LASTING = "import time; print('up', flush=True); time.sleep(60)"
DYING = "raise SystemExit('out of rice')"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def child(tmp_path: Path, said: list[str]) -> Iterator[Child]:
    made = Child("web", [], dict(os.environ), tmp_path, tmp_path / "logs" / "web.log", said.append)
    yield made
    if made.process and made.process.poll() is None:
        made.process.kill()
        made.process.wait()


def start(child: Child, code: str) -> None:
    child.command = [sys.executable, "-c", code]
    child.start()


def wait_for(child: Child, word: str) -> None:
    until = time.monotonic() + 10
    while word not in child.log.read_text() and time.monotonic() < until:
        time.sleep(0.02)


def test_a_living_child_is_left_alone(child: Child, said: list[str]) -> None:
    start(child, LASTING)
    process = child.process
    child.watch()
    assert child.process is process
    assert said == []


def test_a_death_is_said_once_with_its_reason_and_tried_again_later_and_later(
    child: Child, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1000.0]
    monkeypatch.setattr(children.time, "monotonic", lambda: clock[0])
    start(child, DYING)
    for wait in (1, 2, 4):
        assert child.process is not None
        child.process.wait()
        child.watch()
        child.watch()
        assert len(said) == 1
        assert f"web ended with code 1; starting it again in {wait} s" in said.pop()
        dead = child.process
        clock[0] += wait
        child.watch()
        assert child.process is not dead
    assert "out of rice" in child.tail()


def test_the_longest_wait_is_a_minute_and_a_steady_child_is_forgiven(child: Child, said: list[str]) -> None:
    child.wait = 60
    start(child, DYING)
    assert child.process is not None
    child.process.wait()
    child.watch()
    assert child.wait == 60
    child.start()
    child.process.wait()
    child.started -= 61
    child.watch()
    assert "again in 1 s" in said[-1]


def test_stopping_is_asked_kindly_then_done(child: Child, said: list[str]) -> None:
    start(child, STUBBORN)
    wait_for(child, "up")
    child.ask_to_stop()
    child.stop(until=time.monotonic() + 0.3)
    assert child.process is not None
    assert child.process.poll() == -9
    assert said == ["web did not stop in time; ending it."]


def test_what_a_dead_child_leaves_behind_is_ended_before_the_next_try(child: Child, said: list[str]) -> None:
    start(child, f"import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', {LASTING!r}]).pid)")
    assert child.process is not None
    child.process.wait()
    left = int(child.log.read_text().split()[0])
    child.watch()
    until = time.monotonic() + 5
    while Path(f"/proc/{left}").exists() and "zombie" not in Path(f"/proc/{left}/status").read_text():
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG is Linux's")
def test_children_die_with_a_killed_supervisor(tmp_path: Path) -> None:
    from tests.setup.conftest import spawn

    code = (
        "import os, sys, time; from pathlib import Path; from timebank.embedded.children import Child;"
        "c = Child('x', [sys.executable, '-c', 'import time; time.sleep(60)'], dict(os.environ), Path('.'),"
        " Path(sys.argv[1]) / 'x.log', print); c.start(); print(c.process.pid, flush=True); time.sleep(60)"
    )
    supervisor = spawn(code, tmp_path)
    pid = int(supervisor.stdout.readline())
    supervisor.kill()
    supervisor.communicate()
    until = time.monotonic() + 5
    while Path(f"/proc/{pid}").exists() and "zombie" not in Path(f"/proc/{pid}/status").read_text():
        assert time.monotonic() < until, "the child outlived its supervisor"
        time.sleep(0.05)


def test_a_taken_port_is_said_with_what_to_do(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(EmbeddedError, match=f"Port {port} is taken. Try: make run PORT={port + 1}"):
            run._claim(run.Place(tmp_path, port))


def test_two_runs_in_one_data_folder_are_refused(tmp_path: Path) -> None:
    first, second = run.Place(tmp_path, 0), run.Place(tmp_path, 0)
    run._claim(first)
    with pytest.raises(EmbeddedError, match="at work with"):
        run._claim(second)


def test_web_and_workers_never_see_the_owner_s_password(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OWNER_DATABASE_URL", "postgres://timebank_owner@db/timebank")
    services = run.Services("postgres://timebank_app@db/timebank", "postgres://timebank_owner@db/timebank", None)
    env = run._environment(run.Place(tmp_path, 8123), services)
    assert not [value for value in env.values() if "timebank_owner" in value]
    assert (env["SITE_URL"], env["REDIS_URL"]) == ("http://localhost:8123", "")
