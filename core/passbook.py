"""A passbook cut into sheets of 24 ruled lines: brought forward, the entries, carried forward."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

RULED_LINES = 24


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as read. `delta` in coins, + in, − out; `item` may be safe HTML; `duration` is text ("2 h")."""

    day: date
    item: str
    delta: int
    balance: int
    duration: str = ""
    url: str = ""

    @property
    def coins_in(self) -> int | None:
        """What came in, None on a line that goes out."""
        return self.delta if self.delta > 0 else None

    @property
    def coins_out(self) -> int | None:
        """What went out, negative, None on a line that comes in."""
        return self.delta if self.delta < 0 else None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page: its lines between the balance brought forward and, but for the last, the one carried forward."""

    number: int
    of: int
    opening: int
    lines: Sequence[Line]

    @property
    def first(self) -> bool:
        """Whether nothing stands before it."""
        return self.number == 1

    @property
    def last(self) -> bool:
        """Whether the totals and the seal stand on it."""
        return self.number == self.of

    @property
    def closing(self) -> int:
        """The balance after its last line."""
        return self.lines[-1].balance if self.lines else self.opening

    @property
    def blanks(self) -> range:
        """The ruled lines left empty on paper."""
        return range(RULED_LINES - 1 - len(self.lines) - (0 if self.last else 1))


def sheets(lines: Sequence[Line], *, opening: int) -> list[Sheet]:
    """Cut the entries, oldest first, into sheets. At least one, so that an empty month prints too."""
    room, cuts, start = RULED_LINES - 2, [], 0
    while len(lines) - start > RULED_LINES - 1:
        cuts.append(lines[start : start + room])
        start += room
    cuts.append(lines[start:])
    made: list[Sheet] = []
    for number, cut in enumerate(cuts, start=1):
        made.append(Sheet(number, len(cuts), made[-1].closing if made else opening, cut))
    return made
