"""What Celery runs: one service call each. All of it is also done by the sweep, without a broker."""

from celery import shared_task

from core import clock
from notifications.services import heartbeat
from notifications.services.delivery import deliver_due
from notifications.services.sweep import run_due


@shared_task
def run_due_job(source: str = heartbeat.BEAT) -> None:
    """All due work. ``source`` says who asked: beat, or the sweep's process."""
    now = clock.now()
    if source == heartbeat.BEAT:
        heartbeat.beat(name=heartbeat.BEAT, now=now)
    heartbeat.beat(name=heartbeat.WORKER, now=now)
    run_due(now=now, process=heartbeat.WORKER)


@shared_task
def deliver_job() -> None:
    """Deliver the messages that are due now."""
    deliver_due(now=clock.now())
