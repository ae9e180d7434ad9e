"""The sweep: everything that is due, with or without a broker."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO
from threading import Event
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections

from core import nudge
from notifications import due
from notifications.models import Heartbeat, InboxMessage
from notifications.services import heartbeat, sweep
from tests.factories.notifications import tell
from tests.factories.people import NOW, make_user


@pytest.fixture(autouse=True)
def quiet_again() -> Iterator[None]:
    nudge.forget_failure()
    yield
    nudge.forget_failure()


@pytest.fixture
def works(monkeypatch: pytest.MonkeyPatch) -> dict[str, due.DueWork]:
    """A register of its own."""
    register: dict[str, due.DueWork] = {}
    monkeypatch.setattr(due, "_WORKS", register)
    return register


@pytest.mark.django_db
def test_runs_all_and_delivers_what_they_announce(works: dict[str, due.DueWork]) -> None:
    lin = make_user("林秀英")
    due.register("greetings", lambda now: tell(lin, due_at=now))
    assert sweep.run_due(now=NOW) == {"greetings": 1, "messages": 1}
    assert InboxMessage.objects.get().user == lin
    assert Heartbeat.objects.get(name=heartbeat.SWEEP).beat_at == NOW


@pytest.mark.django_db
def test_one_that_fails_stops_no_other(works: dict[str, due.DueWork]) -> None:
    def broken(now: datetime) -> int:
        raise RuntimeError("no")

    lin = make_user("林秀英")
    tell(lin)
    due.register("broken", broken)
    assert sweep.run_due(now=NOW) == {"broken": 0, "messages": 1}
    assert Heartbeat.objects.get(name=heartbeat.SWEEP).trouble == "broken"


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_do_each_work_once(works: dict[str, due.DueWork], together: Any) -> None:
    inside, go_on = Event(), Event()

    def slow(now: datetime) -> int:
        inside.set()
        go_on.wait(10)
        return 1

    def second(at: int) -> dict[str, int]:
        if at:
            inside.wait(10)
        counts = sweep.run_due(now=NOW, process=f"sweep-{at}")
        go_on.set()
        return counts

    due.register("slow", slow)
    assert together(2, second) == [{"slow": 1, "messages": 0}, {"slow": 0, "messages": 0}]
    connections.close_all()


@pytest.mark.django_db
def test_handed_over_only_to_a_worker_that_lives(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(sweep, "send", lambda job, **kwargs: sent.append(job) is None)
    assert sweep.hand_over(now=NOW) is False
    heartbeat.beat(name=heartbeat.WORKER, now=NOW - timedelta(minutes=1))
    assert sweep.hand_over(now=NOW) is True
    assert sweep.hand_over(now=NOW + timedelta(minutes=5)) is False
    assert sent == [sweep.RUN_DUE_JOB] * 3


@pytest.mark.django_db
def test_the_command_prints_the_counts() -> None:
    out = StringIO()
    tell(make_user("林秀英"))
    call_command("run_due", stdout=out)
    assert "messages: " in out.getvalue()
    assert InboxMessage.objects.count() == 1
