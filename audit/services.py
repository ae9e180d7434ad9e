"""What is written down about who looked and who acted for whom."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

import pghistory

from audit.models import RecordView


def log_view(*, viewer_id: int, kind: str, record_id: object, now: datetime, community_id: int | None = None) -> None:
    """Note that somebody opened a personal record of ``kind``, such as ``resident``."""
    RecordView.objects.create(
        viewer_id=viewer_id,
        community_number=community_id,
        record_kind=kind,
        record_id=str(record_id),
        viewed_at=now,
    )


def acting(
    *, on_behalf_of: object = None, reason: str = "", actor_id: int | None = None
) -> AbstractContextManager[Any]:
    """Mark every change within: for whom it is done, and why. Commands name the actor too; requests have theirs."""
    facts = {"on_behalf_of": str(on_behalf_of) if on_behalf_of else None, "reason": reason, "actor": actor_id}
    marked: AbstractContextManager[Any] = pghistory.context(**{name: value for name, value in facts.items() if value})
    return marked
