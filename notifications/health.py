"""What is late, not wrong: messages overdue, processes silent, backups old. Read by ``check_health``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings

from notifications.choices import OutboxState
from notifications.models import Heartbeat, OutboxMessage
from notifications.selectors import newest_restore
from notifications.services import heartbeat

LATE_AFTER = timedelta(minutes=2)
SILENT_AFTER = timedelta(minutes=3)
BACKUP_FRESH = timedelta(hours=26)
FINISHED = "*.manifest.json"  # written beside a dump once all of it is on the disk
FAILED_SINCE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something late or silent: a stable code and one line for the operator."""

    code: str
    detail: str


def problems(*, now: datetime) -> list[Problem]:
    """Everything that is late at ``now``; an empty list when all is well."""
    return [*_closed(), *_outbox(now), *_processes(now), *_backups(now)]


def _closed() -> Iterator[Problem]:
    restore = newest_restore()
    if restore is not None:
        since = restore.restored_at.isoformat(timespec="minutes")
        yield Problem("closed-after-restore", f"closed since {since}: compare, then open_after_restore")


def _outbox(now: datetime) -> Iterator[Problem]:
    late = OutboxMessage.objects.filter(state=OutboxState.PENDING, due_at__lt=now - LATE_AFTER)
    if count := late.count():
        retried = late.filter(attempts__gt=0).count()
        detail = f"{count} messages are overdue by more than 2 minutes, {retried} of them being retried"
        yield Problem("outbox-late", detail)
    failed = OutboxMessage.objects.filter(state=OutboxState.FAILED, due_at__gte=now - FAILED_SINCE)
    if count := failed.count():
        yield Problem("outbox-failed", f"{count} messages of the last 7 days could not be sent")


def _processes(now: datetime) -> Iterator[Problem]:
    seen = {row.name: row for row in Heartbeat.objects.all()}
    for name in _expected():
        row = seen.get(name)
        if row is None:
            yield Problem(f"{name}-silent", f"{name} has never been seen")
        elif row.beat_at < now - SILENT_AFTER:
            yield Problem(f"{name}-silent", f"{name} was last seen at {row.beat_at.isoformat(timespec='seconds')}")
    for row in seen.values():
        if row.trouble and row.beat_at >= now - SILENT_AFTER:
            yield Problem(f"{row.name}-trouble", f"{row.name} could not do: {row.trouble}")


def _expected() -> list[str]:
    """The sweep always; worker and beat where there is a broker for them."""
    broker = settings.CELERY_BROKER_URL
    return [heartbeat.SWEEP, *([heartbeat.WORKER, heartbeat.BEAT] if broker and broker != "memory://" else [])]


def _backups(now: datetime) -> Iterator[Problem]:
    folder = getattr(settings, "BACKUP_DIR", None)
    if not folder:
        return
    newest = max((file.stat().st_mtime for file in Path(folder).glob(FINISHED)), default=None)
    if newest is None:
        yield Problem("backup-missing", f"no finished backup in {folder}")
    elif datetime.fromtimestamp(newest, UTC) < now - BACKUP_FRESH:
        yield Problem("backup-old", f"the newest backup in {folder} is older than 26 hours")
