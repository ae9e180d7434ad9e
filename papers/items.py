"""What a ledger line is about: each app describes its own references; here they are gathered for the passbook."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from bookings import sources as bookings
from core.sources import SourceLine
from rewards import sources as rewards
from tasks import sources as tasks

Describe = Callable[[Iterable[str]], dict[str, SourceLine]]

DESCRIBERS: dict[str, Describe] = {
    "hour-record": tasks.describe,
    "task": tasks.describe,
    "redemption": rewards.describe,
    "booking": bookings.describe,
}


def describe(references: Iterable[str]) -> dict[str, SourceLine]:
    """Reference → its source, one call an app; a reference that no app knows is left out."""
    asked: dict[Describe, list[str]] = defaultdict(list)
    for reference in dict.fromkeys(references):
        app = DESCRIBERS.get(reference.partition(":")[0])
        if app is not None:
            asked[app].append(reference)
    found: dict[str, SourceLine] = {}
    for app, mine in asked.items():
        found |= app(mine)
    return found
