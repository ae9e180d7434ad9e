"""Bars for reports, measured here so that the template neither counts nor reckons."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BarRow:
    """One bar: its label, the figure and the one it is compared with; the texts as they are to be read ("96 h")."""

    label: str
    value: int
    text: str
    before: int | None = None
    before_text: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A row with its widths in % of the widest; `before_width` is "" where nothing is compared."""

    row: BarRow
    width: str
    before_width: str


def bars(rows: Sequence[BarRow]) -> list[Bar]:
    """Measure the rows against the widest of all figures; what is below 0 draws as 0."""
    top = max((max(row.value, row.before or 0) for row in rows), default=0) or 1

    def width(value: int | None) -> str:
        return "" if value is None else f"{max(value, 0) * 100 / top:.1f}%"

    return [Bar(row, width(row.value), width(row.before)) for row in rows]
