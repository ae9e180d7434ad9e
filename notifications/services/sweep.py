"""The sweep: everything that is due, in every app, once a minute. It needs no broker."""

from __future__ import annotations

import logging
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import close_old_connections, connection

from core.nudge import send
from notifications import due
from notifications.models import Heartbeat
from notifications.selectors import is_closed
from notifications.services import heartbeat
from notifications.services.delivery import deliver_due

logger = logging.getLogger(__name__)

RUN_DUE_JOB = "notifications.jobs.run_due_job"
ALIVE_WITHIN = timedelta(seconds=150)  # two missed minutes and a little
LOCK_CLASS = 0x5742  # one advisory lock class for all due work, a key a name


def run_due(*, now: datetime, process: str = heartbeat.SWEEP) -> dict[str, int]:
    """Run all due work, then deliver what it announced. Answers the count of each; one that fails stops no other.

    Two sweeps at once are harmless: each work runs under its own lock, and the second leaves it out. While the site is
    closed after a restore, nothing is done.
    """
    if is_closed():
        heartbeat.beat(name=process, now=now)
        return {}
    counts: dict[str, int] = {}
    failed = []
    for work in (*due.works(), due.DueWork("messages", lambda at: deliver_due(now=at))):
        try:
            with advisory_lock(work.name) as mine:
                counts[work.name] = work.run(now) if mine else 0
        except Exception:
            logger.exception("due work %s failed", work.name)
            if not connection.in_atomic_block:
                close_old_connections()  # one that broke would fail all the rest too
            counts[work.name] = 0
            failed.append(work.name)
    heartbeat.beat(name=process, now=now, trouble=", ".join(failed))
    return counts


def hand_over(*, now: datetime) -> bool:
    """Give the round to the workers: True when the broker took it and a worker was seen lately, else False."""
    alive = Heartbeat.objects.filter(name=heartbeat.WORKER, beat_at__gte=now - ALIVE_WITHIN).exists()
    return send(RUN_DUE_JOB, source=heartbeat.SWEEP) and alive


@contextmanager
def advisory_lock(name: str) -> Iterator[bool]:
    """A session's advisory lock by name: True when it is ours, False when another session holds it."""
    key = zlib.crc32(name.encode()) - 2**31
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK_CLASS, key])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine and connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK_CLASS, key])
