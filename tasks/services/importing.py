"""Hours entered by staff in bulk, from lists kept before or for a demonstration: one INSERT for thousands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from communities.actors import Actor
from core.clock import local_date
from core.ids import new_id
from core.transactions import atomic_with_retry
from tasks.choices.hours import Flag, HourState
from tasks.errors_hours import StaffOnly
from tasks.models import Task
from tasks.rules.hours import check_minutes

# Columns as arrays: a statement of one row after another takes Python three times as long to write as to insert.
ENTER = f"""
INSERT INTO tasks_hourrecord
    (id, community_id, resident_id, task_id, title_zh, title_en, service_date, starts_at, ends_at, minutes,
     entered_by_id, submitted_at, state, flags, witness, note, reason, reversal_reason)
SELECT served.id, %s, served.resident, %s, %s, %s, served.day, served.starts, served.ends, served.minutes,
       %s, %s, '{HourState.SUBMITTED}', '{{{Flag.STAFF_ENTERED}}}', '', '', '', ''
  FROM unnest(%s::uuid[], %s::uuid[], %s::date[], %s::timestamptz[], %s::timestamptz[], %s::smallint[])
       AS served (id, resident, day, starts, ends, minutes)
"""  # noqa: S608  (constants of this app)


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
    for row in rows:
        check_minutes(row.minutes)
    ids = [new_id() for _ in rows]
    zone = actor.community.time_zone
    columns: list[list[object]] = [
        list(ids),
        [row.resident_id for row in rows],
        [local_date(row.starts_at, zone) for row in rows],
        [row.starts_at for row in rows],
        [row.starts_at + timedelta(minutes=row.minutes) for row in rows],
        [row.minutes for row in rows],
    ]
    said: list[Any] = [actor.community.pk, task.pk, task.title_zh, task.title_en, actor.user_id, now]
    with connection.cursor() as cursor:
        cursor.execute(ENTER, [*said, *columns])
    return ids
