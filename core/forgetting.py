"""Deleting what is kept no longer: set-based, and never more at once than a sweep can bear."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet


def delete_some(rows: QuerySet[Any], most: int) -> int:
    """Delete at most so many rows in one statement; how many. For tables that no other refers to."""
    chosen = rows.order_by().values("pk")[:most]
    doomed = rows.model._base_manager.filter(pk__in=chosen)
    return int(doomed._raw_delete(doomed.db) or 0)  # None: Django saw beforehand that there are none
