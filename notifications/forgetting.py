"""The register of what is forgotten: each app names what it keeps no longer than a lifetime of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Forgetting:
    """A named deletion. ``run(now, most)`` forgets at most so many things and answers how many they were."""

    name: str
    run: Callable[[datetime, int], int]


_FORGETTINGS: dict[str, Forgetting] = {}


def register(name: str, run: Callable[[datetime, int], int]) -> None:
    """Add a deletion, in ``apps.ready``. The same name again replaces it."""
    _FORGETTINGS[name] = Forgetting(name, run)


def registered() -> tuple[Forgetting, ...]:
    """All of them, in the order of registration."""
    return tuple(_FORGETTINGS.values())
