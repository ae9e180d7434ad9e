"""What was changed, by whom, for whom and why; who opened a record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import QuerySet

from accounts.models import User
from audit.models import RecordView

MOST_CHANGES = 100
HIDDEN = frozenset({"pgh_id", "pgh_created_at", "pgh_label", "pgh_obj", "pgh_context", "pinyin"})


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after, as text."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one row. ``who`` is None when no person stood behind it."""

    at: datetime
    who: User | None
    reason: str
    fields: tuple[FieldChange, ...]
    first: bool


def changes_of(events: type[models.Model], object_id: Any, *, hide: Iterable[str] = ()) -> list[Change]:
    """The history of one row, newest first, from its pghistory event model; the first entry is its making."""
    rows = list(
        events._default_manager.filter(pgh_obj_id=object_id)
        .select_related("pgh_context")
        .order_by("pgh_id")[:MOST_CHANGES]
    )
    people = _people(rows)
    left_out = HIDDEN | set(hide)
    told = [_change(before, after, people, left_out) for before, after in zip([None, *rows], rows, strict=False)]
    return [change for change in reversed(told) if change.first or change.fields]


def _metadata(row: Any) -> dict[str, Any]:
    return (row.pgh_context.metadata if row.pgh_context_id and row.pgh_context else None) or {}


def _people(rows: Iterable[Any]) -> dict[int, User]:
    ids = {_metadata(row).get("actor") for row in rows} - {None}
    return User.objects.in_bulk(list(ids)) if ids else {}


def _change(before: Any, after: Any, people: dict[int, User], left_out: set[str]) -> Change:
    facts = _metadata(after)
    fields = tuple(_differences(before, after, left_out)) if before is not None else ()
    who = people.get(facts.get("actor") or 0)
    return Change(after.pgh_created_at, who, str(facts.get("reason") or ""), fields, before is None)


def _differences(before: Any, after: Any, left_out: set[str]) -> Iterator[FieldChange]:
    for field in after._meta.concrete_fields:
        if field.name in left_out or getattr(before, field.attname) == getattr(after, field.attname):
            continue
        yield FieldChange(str(field.verbose_name), _text(before, field), _text(after, field))


def _text(row: Any, field: Any) -> str:
    value = getattr(row, field.attname)
    if field.choices:
        value = dict(field.flatchoices).get(value, value)
    return "" if value is None else str(value)


def openings_of(kind: str, record_id: object) -> QuerySet[RecordView]:
    """Who opened a record, newest first."""
    return (
        RecordView.objects.filter(record_kind=kind, record_id=str(record_id))
        .select_related("viewer")
        .order_by("-viewed_at")
    )
