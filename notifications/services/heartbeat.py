"""Signs of life of the background processes."""

from __future__ import annotations

from datetime import datetime

from notifications.models import Heartbeat

SWEEP, WORKER, BEAT = "sweep", "worker", "beat"
MAX_TROUBLE = 300  # characters


def beat(*, name: str, now: datetime, trouble: str = "") -> None:
    """Say that the named process lives, and what went wrong in this round."""
    Heartbeat.objects.update_or_create(name=name, defaults={"beat_at": now, "trouble": trouble[:MAX_TROUBLE]})
