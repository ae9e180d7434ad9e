"""What was changed, by whom, for whom and why; who opened a record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from audit.models import CheckRun, RecordView
from core import wording

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
    history = events._default_manager.filter(pgh_obj_id=object_id).select_related("pgh_context")
    rows = list(history.order_by("pgh_id")[:MOST_CHANGES])
    people = _people(rows)
    told = [_change(before, after, people, frozenset(hide)) for before, after in pairwise([None, *rows])]
    return [change for change in reversed(told) if change.first or change.fields]


def _metadata(row: Any) -> dict[str, Any]:
    return (row.pgh_context.metadata if row.pgh_context_id and row.pgh_context else None) or {}


def _people(rows: Iterable[Any]) -> dict[int, User]:
    """Everybody whom the history names: who changed, and accounts that fields point to."""
    ids = {_metadata(row).get("actor") for row in rows}
    ids |= {getattr(row, field.attname) for row in rows for field in row._meta.concrete_fields if _is_user(field)}
    return User.objects.in_bulk([one for one in ids if one])


def _is_user(field: Any) -> bool:
    return field.related_model is User


def _change(before: Any, after: Any, people: dict[int, User], hide: frozenset[str]) -> Change:
    facts = _metadata(after)
    fields = tuple(_differences(before, after, people, hide)) if before is not None else ()
    who = people.get(facts.get("actor") or 0)
    return Change(after.pgh_created_at, who, str(facts.get("reason") or ""), fields, before is None)


def _differences(before: Any, after: Any, people: dict[int, User], hide: frozenset[str]) -> Iterator[FieldChange]:
    for field in after._meta.concrete_fields:
        if field.name in HIDDEN | hide or getattr(before, field.attname) == getattr(after, field.attname):
            continue
        yield FieldChange(str(field.verbose_name), _text(before, field, people), _text(after, field, people))


def _text(row: Any, field: Any, people: dict[int, User]) -> str:
    """A value as a reader of the history understands it."""
    value = getattr(row, field.attname)
    if value is None:
        return ""
    if _is_user(field):
        return people[value].shown_name if value in people else f"#{value}"
    if isinstance(value, datetime):
        return wording.when_text(value)
    if isinstance(value, date):
        return wording.day_text(value, weekday=False)
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    return str(dict(field.flatchoices).get(value, value) if field.choices else value)


def openings_of(record_id: object, *kinds: str) -> QuerySet[RecordView]:
    """Who opened what is kept under an id, of these kinds, newest first."""
    return (
        RecordView.objects.filter(record_kind__in=kinds, record_id=str(record_id))
        .select_related("viewer")
        .order_by("-viewed_at")
    )


def newest_check() -> CheckRun | None:
    """The last run of ``check_ledger``, None before the first."""
    return CheckRun.objects.order_by("-ran_at", "-pk").first()


def checks_between(start: datetime, end: datetime) -> QuerySet[CheckRun]:
    """The runs of a half-open span, oldest first."""
    return CheckRun.objects.filter(ran_at__gte=start, ran_at__lt=end).order_by("ran_at", "pk")
