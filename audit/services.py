"""What is written down about who looked, who acted for whom, and when the books were checked."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

import pghistory

from audit.models import CheckRun, RecordView


def log_view(*, viewer_id: int, kind: str, record_id: object, now: datetime, community_id: int | None = None) -> None:
    """Note that somebody opened a personal record of ``kind``, such as ``resident``."""
    RecordView.objects.create(
        viewer_id=viewer_id,
        community_number=community_id,
        record_kind=kind,
        record_id=str(record_id),
        viewed_at=now,
    )


def note_check(*, ran_at: datetime, results: Sequence[dict[str, Any]]) -> CheckRun:
    """Keep what a run of all invariants found: a mapping each with ``number``, ``holds``, ``count`` and ``seconds``."""
    return CheckRun.objects.create(
        ran_at=ran_at,
        checks=len(results),
        broken=sum(not one["holds"] for one in results),
        seconds=sum(one["seconds"] for one in results),
        results=list(results),
    )


def acting(
    *, on_behalf_of: object = None, reason: str = "", actor_id: int | None = None
) -> AbstractContextManager[Any]:
    """Mark every change within: for whom it is done, and why. Commands name the actor too; requests have theirs."""
    facts = {"on_behalf_of": str(on_behalf_of) if on_behalf_of else None, "reason": reason, "actor": actor_id}
    marked: AbstractContextManager[Any] = pghistory.context(**{name: value for name, value in facts.items() if value})
    return marked
