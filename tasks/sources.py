"""What the ledger's references of tasks mean to a reader: an hour record's item, day, minutes, member and verifier."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.urls import reverse

from core.sources import SourceLine
from tasks.models import HourRecord, Task

PREFIXES = ("hour-record", "task")


def describe(references: Iterable[str]) -> dict[str, SourceLine]:
    """Reference → its source, for ``hour-record:<id>:…`` and ``task:<id>:…``; others are left out."""
    ids = {reference: found for reference in references if (found := _parse(reference)) is not None}
    records = _records({key for prefix, key in ids.values() if prefix == "hour-record"})
    tasks = _tasks({key for prefix, key in ids.values() if prefix == "task"})
    lines = {
        reference: (records if prefix == "hour-record" else tasks).get(key) for reference, (prefix, key) in ids.items()
    }
    return {reference: line for reference, line in lines.items() if line is not None}


def _parse(reference: str) -> tuple[str, UUID] | None:
    prefix, _colon, rest = reference.partition(":")
    if prefix not in PREFIXES:
        return None
    try:
        return prefix, UUID(rest.partition(":")[0])
    except ValueError:
        return None


def _records(ids: set[UUID]) -> dict[UUID, SourceLine]:
    if not ids:
        return {}
    found = HourRecord.objects.filter(pk__in=ids).select_related("community", "resident", "decided_by")
    return {record.pk: _record_line(record) for record in found}


def _record_line(record: HourRecord) -> SourceLine:
    where = {"community": record.community.slug, "record_id": record.pk}
    return SourceLine(
        title_zh=record.title_zh,
        title_en=record.title_en,
        service_date=record.service_date,
        minutes=record.minutes,
        person=record.resident.full_name if record.household_id else "",
        url=reverse("tasks:verify_one", kwargs=where),
        resident_url=reverse("tasks:hour_record", kwargs=where),
        verified_by=record.decided_by.display_name if record.decided_by else "",
    )


def _tasks(ids: set[UUID]) -> dict[UUID, SourceLine]:
    if not ids:
        return {}
    found = Task.objects.filter(pk__in=ids).select_related("community")
    return {task.pk: _task_line(task) for task in found}


def _task_line(task: Task) -> SourceLine:
    url = reverse("tasks:task", kwargs={"community": task.community.slug, "task_id": task.pk})
    return SourceLine(title_zh=task.title_zh, title_en=task.title_en, url=url, resident_url=url)
