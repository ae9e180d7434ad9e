"""A figure is the median of ratios, each of two measurements taken one right after the other."""

import os
import statistics
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

QUICK = "--quick" in sys.argv or bool(os.environ.get("QUICK"))
SAMPLES = 5 if QUICK else 7


@dataclass(frozen=True)
class Figure:
    """One line of the result: ``at_least`` or ``at_most`` is what it should reach."""

    name: str
    ratio: float
    samples: list[float]
    at_least: float | None = None
    at_most: float | None = None

    def __str__(self) -> str:
        bound = f"at least {self.at_least}" if self.at_least is not None else f"at most {self.at_most}"
        spread = f"{min(self.samples):.2f}–{max(self.samples):.2f}"
        return f"{'  ' if self.is_reached else '✗ '}{self.name:<72} {self.ratio:6.2f}   {bound:<14} ({spread})"

    @property
    def is_reached(self) -> bool:
        """Whether the figure is within its bound."""
        low = -float("inf") if self.at_least is None else self.at_least
        high = float("inf") if self.at_most is None else self.at_most
        return low <= self.ratio <= high

    def as_dict(self) -> dict[str, Any]:
        """For the result's file, without the bound it has not."""
        bound = {"at_least": self.at_least, "at_most": self.at_most}
        kept = {key: value for key, value in bound.items() if value is not None}
        return {
            "name": self.name,
            "ratio": round(self.ratio, 4),
            **kept,
            "samples": [round(s, 4) for s in self.samples],
        }


def compare(name: str, one: Callable[[], float], other: Callable[[], float], **bound: float) -> Figure:
    """Alternate two measurements; the median of the ratios counts."""
    one(), other()  # the first of each warms caches and plans
    samples = [one() / other() for _ in range(SAMPLES)]
    return Figure(name, statistics.median(samples), samples, **bound)


def measure(name: str, one: Callable[[], float], **bound: float) -> Figure:
    """A figure by itself, where the bound is absolute; the median counts."""
    one()
    samples = [one() for _ in range(SAMPLES)]
    return Figure(name, statistics.median(samples), samples, **bound)
