"""Redis frozen for 20 s during browsing, refused, or not there at all: no page waits, nothing is lost."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from celery import current_app
from django.db import transaction
from django.test import Client
from django.urls import reverse

from communities.actors import Actor
from core import clock, nudge
from notifications.models import Heartbeat, InboxMessage
from notifications.services import heartbeat
from notifications.services.sweep import hand_over
from tests.factories.notifications import HELLO, tell
from tests.factories.people import make_actor, make_community
from tests.faults.conftest import FreezableRedis, Process, wait_until

pytestmark = pytest.mark.django_db(transaction=True)
FROZEN_S = 20
PAGE_S = 2


@pytest.fixture
def reader() -> tuple[Actor, Client]:
    actor = make_actor(make_community("jinshan"), "林秀英")
    client = Client()
    client.force_login(actor.user)
    return actor, client


def test_frozen(redis: FreezableRedis, start: Callable[..., Process], reader: tuple[Actor, Client]) -> None:
    actor, client = reader
    start("run_due", "--every", "1", redis_url=redis.url)
    wait_until(Heartbeat.objects.filter(name=heartbeat.SWEEP).exists)
    browse(client)
    redis.freeze()
    slowest, said = 0.0, 0
    end = time.monotonic() + FROZEN_S
    while time.monotonic() < end:
        slowest = max(slowest, browse(client), say(actor, said))
        said += 1
        time.sleep(0.2)
    redis.thaw()
    assert slowest < PAGE_S
    wait_until(lambda: InboxMessage.objects.filter(kind=HELLO).count() == said)
    nudge.forget_failure()
    assert hand_over(now=clock.now()) is False  # no worker; but the broker answers again
    assert nudge.send(nudge.DELIVER_JOB) is True


def test_refused(redis: FreezableRedis, reader: tuple[Actor, Client]) -> None:
    actor, client = reader
    redis.end()
    for number in range(10):
        if number == 5:
            nudge.forget_failure()
        assert max(browse(client), say(actor, number)) < PAGE_S


def test_without_any_redis(
    start: Callable[..., Process], reader: tuple[Actor, Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    actor, client = reader
    monkeypatch.setattr(current_app.conf, "broker_url", None)
    start("run_due", "--every", "1", redis_url="")
    assert max(browse(client), say(actor, 1)) < PAGE_S
    wait_until(InboxMessage.objects.filter(kind=HELLO).exists)


def browse(client: Client) -> float:
    """Two pages; the slower one's seconds."""
    slowest = 0.0
    for name in ("papers:passbook", "notifications:inbox"):
        begun = time.monotonic()
        answer = client.get(reverse(name, kwargs={"community": "jinshan"}))
        slowest = max(slowest, time.monotonic() - begun)
        assert answer.status_code == 200
    return slowest


def say(actor: Actor, number: int) -> float:
    """What a page does that tells somebody something at once; its seconds."""
    begun = time.monotonic()
    with transaction.atomic():
        tell(actor.user, subject=f"thing:{number}", due_at=clock.now())
    return time.monotonic() - begun
