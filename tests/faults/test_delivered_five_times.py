"""Celery delivers each message five times to four workers: one effect, in the inbox and by mail."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from core import clock
from notifications.choices import Channel
from notifications.jobs import deliver_job, run_due_job
from notifications.models import InboxMessage, OutboxMessage
from notifications.services.outbox import Announcement, announce_many
from tests.factories.notifications import HELLO
from tests.factories.people import make_user
from tests.faults.conftest import FreezableRedis, Process, wait_until

pytestmark = pytest.mark.django_db(transaction=True)
MESSAGES = 120
TIMES = 5


def test_one_effect(redis: FreezableRedis, start: Callable[..., Process], tmp_path: Path) -> None:
    start("worker", "-c", "4", redis_url=redis.url)
    lin = make_user("林秀英", email="lin@example.com")
    now = clock.now()
    announce_many(
        Announcement(HELLO, f"thing:{number}", lin.pk, now, channels=(Channel.INBOX, Channel.EMAIL))
        for number in range(MESSAGES)
    )
    for _ in range(TIMES * 4):
        deliver_job.apply_async()
    for _ in range(TIMES):
        run_due_job.apply_async(kwargs={"source": "test"})
    wait_until(lambda: OutboxMessage.objects.filter(state="sent").count() == 2 * MESSAGES)
    assert InboxMessage.objects.count() == MESSAGES
    letters = [file.read_text() for file in (tmp_path / "mail").iterdir()]
    assert sum(letter.count("Message-ID: <outbox-") for letter in letters) == MESSAGES
