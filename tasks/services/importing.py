"""Hours entered by staff in bulk, from lists kept before or for a demonstration: one INSERT for thousands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from communities.actors import Actor
from core.clock import local_date
from core.transactions import atomic_with_retry
from tasks.choices.hours import Flag
from tasks.errors_hours import StaffOnly
from tasks.models import HourRecord, Task
from tasks.rules.hours import check_minutes

ROWS_A_STATEMENT = 2_000


@dataclass(frozen=True, slots=True)
class Served:
    """One row of a list: who, from when, how many minutes."""

    resident_id: UUID
    starts_at: datetime
    minutes: int


@atomic_with_retry
def enter_many(*, actor: Actor, task: Task, rows: Sequence[Served], now: datetime) -> list[UUID]:
    """Enter records that wait for a verifier other than the actor; answers their ids in order.

    All or none. StaffOnly for everybody but staff; an overlap with another record is refused as HoursOverlap.
    """
    if not actor.is_staff or task.community_id != actor.community.pk:
        raise StaffOnly
    records = [_record(actor, task, row, now) for row in rows]
    HourRecord.objects.bulk_create(records, batch_size=ROWS_A_STATEMENT)
    return [record.pk for record in records]


def _record(actor: Actor, task: Task, row: Served, now: datetime) -> HourRecord:
    check_minutes(row.minutes)
    return HourRecord(
        community_id=actor.community.pk,
        resident_id=row.resident_id,
        task=task,
        title_zh=task.title_zh,
        title_en=task.title_en,
        service_date=local_date(row.starts_at, actor.community.time_zone),
        starts_at=row.starts_at,
        ends_at=row.starts_at + timedelta(minutes=row.minutes),
        minutes=row.minutes,
        flags=[Flag.STAFF_ENTERED],
        entered_by=actor.user,
        submitted_at=now,
    )
