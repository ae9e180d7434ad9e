"""Bars for reports, laid out here so that the template neither counts nor measures."""

from collections.abc import Sequence
from dataclasses import dataclass

ROW_REM = 2.75


@dataclass(frozen=True, slots=True)
class BarRow:
    """One bar: its label, the figure and, thinner below it, the figure it is compared with; texts as they are to be read."""

    label: str
    value: int
    text: str
    before: int | None = None
    before_text: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A row with its place: `y…` in rem from the top, widths in % of the widest."""

    row: BarRow
    y_text: str
    y_bar: str
    y_before: str
    width: str
    before_width: str


@dataclass(frozen=True, slots=True)
class Bars:
    """The whole picture and its height in rem."""

    bars: list[Bar]
    height: str


def bars(rows: Sequence[BarRow]) -> Bars:
    """Lay rows out below each other, the longest bar the full width; figures below 0 draw as 0."""
    top = max((max(row.value, row.before or 0) for row in rows), default=0) or 1

    def width(value: int | None) -> str:
        return f"{max(value or 0, 0) * 100 / top:.2f}%"

    def place(index: int, row: BarRow) -> Bar:
        y = index * ROW_REM
        return Bar(row, f"{y + 1:.2f}rem", f"{y + 1.35:.2f}rem", f"{y + 2.1:.2f}rem", width(row.value), width(row.before))

    return Bars([place(i, row) for i, row in enumerate(rows)], f"{len(rows) * ROW_REM:.2f}rem")
