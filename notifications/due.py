"""The register of due work: what each app does when its time has come. The sweep runs all of it every minute."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class DueWork:
    """A named piece of work. ``run(now)`` does what is due and answers how many things it did.

    It is called every minute, after a crash again from the start, and must be harmless when nothing is due.
    """

    name: str
    run: Callable[[datetime], int]


_WORKS: dict[str, DueWork] = {}


def register(name: str, run: Callable[[datetime], int]) -> None:
    """Add a piece of due work, in ``apps.ready``. The same name again replaces it."""
    _WORKS[name] = DueWork(name, run)


def works() -> tuple[DueWork, ...]:
    """All registered work, in the order of registration."""
    return tuple(_WORKS.values())
