"""What an app's ``invariants.py`` offers: named checks over the whole database, which ``reports`` gathers."""

from collections.abc import Callable
from dataclasses import dataclass


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
