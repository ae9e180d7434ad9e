"""What a ledger line is about: each app describes its own references; here they are gathered for the passbook."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from importlib import import_module
from importlib.util import find_spec

from core.sources import SourceLine

Describe = Callable[[Iterable[str]], dict[str, SourceLine]]

APPS = {"hour-record": "tasks", "task": "tasks", "redemption": "rewards", "booking": "bookings"}
DESCRIBERS: dict[str, Describe] = {
    prefix: import_module(f"{app}.sources").describe for prefix, app in APPS.items() if find_spec(f"{app}.sources")
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
