"""A nudge after commit: bounded, once, and silent after a failure."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from celery import current_app
from django.db import transaction

from core import clock, nudge


class Broker:
    """What was handed to it; broken, it refuses."""

    def __init__(self) -> None:
        self.got: list[str] = []
        self.broken = False

    def send_task(self, name: str, **options: Any) -> None:
        if self.broken:
            raise ConnectionError("refused")
        assert options["retry"] is False
        self.got.append(name)


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Broker]:
    broker = Broker()
    monkeypatch.setattr(current_app, "send_task", broker.send_task)
    monkeypatch.setattr(current_app.conf, "broker_url", "redis://localhost:1/0")
    nudge.forget_failure()
    yield broker
    nudge.forget_failure()


@pytest.mark.django_db(transaction=True)
def test_after_commit_once_a_transaction(broker: Broker) -> None:
    with transaction.atomic():
        nudge.nudge()
        nudge.nudge()
        assert broker.got == []
    assert broker.got == [nudge.DELIVER_JOB]


@pytest.mark.django_db(transaction=True)
def test_never_for_what_rolled_back(broker: Broker) -> None:
    with transaction.atomic():
        nudge.nudge()
        transaction.set_rollback(True)
    assert broker.got == []


@pytest.mark.django_db(transaction=True)
def test_what_is_due_later_waits_for_the_sweep(broker: Broker) -> None:
    nudge.nudge(due_at=clock.now() + timedelta(minutes=1))
    assert broker.got == []
    nudge.nudge(due_at=clock.now() - timedelta(seconds=1))
    assert broker.got == [nudge.DELIVER_JOB]


@pytest.mark.django_db(transaction=True)
def test_silent_for_half_a_minute_after_a_failure(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    broker.broken = True
    nudge.nudge()
    broker.broken = False
    nudge.nudge()
    assert broker.got == []
    assert nudge._quiet_until - time.monotonic() == pytest.approx(30, abs=2)
    monkeypatch.setattr(nudge, "_quiet_until", time.monotonic())
    nudge.nudge()
    assert broker.got == [nudge.DELIVER_JOB]


def test_without_a_broker_nothing_is_sent(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(current_app.conf, "broker_url", None)
    assert nudge.send(nudge.DELIVER_JOB) is False
    assert broker.got == []
