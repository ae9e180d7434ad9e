"""After a restore the site is closed: everything is read, nothing is written or sent, until a manager has compared."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from notifications.choices import OutboxState
from notifications.models import OutboxMessage, Restore


def close(*, taken_at: datetime, file_hash: str, now: datetime) -> Restore:
    """Close the site after a restore. ``taken_at``: when the backup was taken."""
    return Restore.objects.create(taken_at=taken_at, file_hash=file_hash, restored_at=now)


def hold_back(restore: Restore, *, now: datetime) -> int:
    """Mark what was due before the restore: it was sent when its time came. Answers how many messages."""
    due = OutboxMessage.objects.filter(state=OutboxState.PENDING, due_at__lt=now)
    restore.held_back = due.update(state=OutboxState.NOT_RESENT)
    restore.save(update_fields=["held_back"])
    return restore.held_back


def note_findings(restore: Restore, findings: list[dict[str, Any]]) -> None:
    """Keep what the checks found, for the manager who compares."""
    restore.findings = findings
    restore.save(update_fields=["findings"])


def open_again(*, user_id: int, now: datetime) -> int:
    """Open the site; answers how many restores were waiting for it (0: it was open). Who may is decided above."""
    return Restore.objects.filter(opened_at=None).update(opened_at=now, opened_by_id=user_id)
