"""Rows of the board as the task card shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tasks.choices import SignUpState
from tasks.selectors.board import Row


@dataclass(frozen=True, slots=True)
class TaskCard:
    """One task in a list. ``typed`` is the task whose title is shown; None where only kind and length may be."""

    typed: Any
    kind: str
    url: str
    start: datetime | None
    end: datetime | None
    place: Any
    minutes: int
    coins: int | None
    state: dict[str, str]
    why: str = ""


def card_of(row: Row, slug: str, *, why: str = "") -> TaskCard:
    """A row as a card. Of what is done for one person strangers read kind and length alone, as on the task list."""
    shift = row.shift
    return TaskCard(
        typed=None if row.hidden else row.task,
        kind=row.task.get_category_display(),
        url=reverse("tasks:task", args=[slug, row.task.pk]),
        start=None if row.hidden else shift.starts_at,
        end=None if row.hidden else shift.ends_at,
        place=None if row.hidden else row.task,
        minutes=row.minutes,
        coins=None if row.hidden else row.coins,
        state={} if row.hidden else _state(row),
        why=why,
    )


def _state(row: Row) -> dict[str, str]:
    if row.my_state:
        waiting = row.my_state != SignUpState.CONFIRMED
        return {
            "label": str(SignUpState(row.my_state).label),
            "tint": "wait" if waiting else "ok",
            "icon": "wait" if waiting else "check",
        }
    if row.places_left <= 0:
        return {"label": _("Full"), "tint": "", "icon": "people"}
    if row.task.urgent:
        return {"label": _("Urgent"), "tint": "urgent", "icon": "urgent"}
    left = row.places_left
    return {"label": ngettext("%(n)s needed", "%(n)s needed", left) % {"n": left}, "tint": "info", "icon": "people"}
