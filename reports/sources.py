"""From a ledger reference to the page that it came from: each app describes its own prefixes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from bookings.sources import describe as describe_seats
from core.sources import SourceLine
from rewards.sources import describe as describe_redemptions
from tasks.sources import describe as describe_service

Describe = Callable[[Iterable[str]], dict[str, SourceLine]]

BY_PREFIX: dict[str, Describe] = {
    "hour-record": describe_service,
    "task": describe_service,
    "redemption": describe_redemptions,
    "booking": describe_seats,
}


def source_of(reference: str) -> SourceLine | None:
    """The source of one reference, None when no app knows it."""
    describe = BY_PREFIX.get(reference.partition(":")[0])
    return describe([reference]).get(reference) if describe else None


def sources_of(references: Iterable[str]) -> dict[str, SourceLine]:
    """Reference → source for many, one call an app; unknown ones are left out."""
    asked: dict[Describe, set[str]] = defaultdict(set)
    for reference in references:
        describe = BY_PREFIX.get(reference.partition(":")[0])
        if describe:
            asked[describe].add(reference)
    found: dict[str, SourceLine] = {}
    for describe, mine in asked.items():
        found |= describe(mine)
    return found
