"""What an app's ``invariants.py`` offers: named checks over the whole database, which ``reports`` gathers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken fact: the thing it is about (such as ``account 17``) and what is wrong with it."""

    subject: str
    detail: str


@dataclass(frozen=True, slots=True)
class Check:
    """A numbered invariant; ``run`` answers its findings, an empty list when it holds."""

    number: int
    name: str
    run: Callable[[], list[Finding]]


def rows(query: str, params: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
    """All rows that a check's query answers."""
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return list(cursor.fetchall())
