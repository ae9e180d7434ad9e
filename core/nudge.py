"""A nudge to the workers: "something is due". PostgreSQL holds what; a lost nudge costs a minute, never a message.

Sent after commit, within a second, without a second try, once a transaction, and not at all for 30 s after a failure.
"""

from __future__ import annotations

import logging
import threading
import time
from datetime import datetime

from celery import current_app
from django.db import connection, transaction

from core import clock

logger = logging.getLogger(__name__)

WAIT_S = 1.0
QUIET_S = 30.0  # after a failure, so that a frozen broker costs one page a second, not every page
EXPIRES_S = 60  # by then the sweep has done the work
DELIVER_JOB = "notifications.jobs.deliver_job"

_quiet_until = 0.0


def nudge(*, due_at: datetime | None = None) -> None:
    """Ask a worker to deliver what is due, once the transaction commits. Never raises.

    What is due later than now waits for the sweep.
    """
    if due_at is not None and due_at > clock.now():
        return
    if not any(waiting[1] is _after_commit for waiting in connection.run_on_commit):
        transaction.on_commit(_after_commit, robust=True)


def send(job: str, **kwargs: object) -> bool:
    """Hand a job to the broker, in about a second at most. False when there is no broker or it does not answer."""
    global _quiet_until  # one for the process: every thread meets the same broker
    if not current_app.conf.broker_url or time.monotonic() < _quiet_until:
        return False
    try:
        _publish(job, kwargs)
    except Exception as error:
        _quiet_until = time.monotonic() + QUIET_S
        logger.warning("the broker does not answer (%s); the sweep takes over", type(error).__name__)
        return False
    return True


def _publish(job: str, kwargs: dict[str, object]) -> None:
    """Publish in a thread of its own: the client library may reconnect for seconds, and nothing shortens it."""
    met: list[Exception] = []

    def publish() -> None:
        try:
            current_app.send_task(job, kwargs=kwargs, retry=False, expires=EXPIRES_S, ignore_result=True)
        except Exception as error:
            met.append(error)

    thread = threading.Thread(target=publish, daemon=True, name="nudge")
    thread.start()
    thread.join(WAIT_S)
    if thread.is_alive():
        raise TimeoutError
    if met:
        raise met[0]


def forget_failure() -> None:
    """Try the broker again at once: for tests, and for a process that has just been told that it is back."""
    global _quiet_until
    _quiet_until = 0.0


def _after_commit() -> None:
    send(DELIVER_JOB)
