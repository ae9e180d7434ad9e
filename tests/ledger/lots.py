"""Expiry the slow way: every coin paid in is a lot with its day, and whoever spends spends the oldest lot first."""

from collections import deque
from dataclasses import dataclass, field
from datetime import date

from ledger.choices import EntryKind
from ledger.models import JournalEntry


@dataclass
class Event:
    """What an entry did to one wallet: ``amount`` + in, − out; void once it was reversed."""

    entry_id: int
    day: date
    amount: int
    void: bool = False


@dataclass
class Lot:
    """Coins of one day, and how many of them are left."""

    day: date
    left: int


@dataclass
class Lots:
    """The events of many wallets, read from the journal one entry after the other."""

    wallets: list[int]
    seen: int = 0
    events: dict[int, list[Event]] = field(default_factory=dict)

    def read_on(self) -> None:
        """Take in what was posted since the last call. A line and its mirror are both void, but for an expiry's."""
        kinds = dict(JournalEntry.objects.values_list("pk", "kind"))
        for entry in JournalEntry.objects.filter(pk__gt=self.seen).order_by("pk"):
            self.seen = entry.pk
            undoes = entry.reverses_id is not None and kinds[entry.reverses_id] != EntryKind.EXPIRY
            for wallet, amount in ((entry.debit_id, -entry.amount), (entry.credit_id, entry.amount)):
                if wallet not in self.wallets:
                    continue
                mine = self.events.setdefault(wallet, [])
                if undoes:
                    next(one for one in mine if one.entry_id == entry.reverses_id).void = True
                else:
                    mine.append(Event(entry.pk, entry.booked_date, amount))

    def due(self, wallet: int, through: date, held: int) -> int:
        """What is left of the lots up to and on a day, when held coins are taken off the oldest."""
        lots: deque[Lot] = deque()
        owed = 0  # spent on credit: the next coins in make up for it
        for event in [*(one for one in self.events.get(wallet, []) if not one.void), Event(0, through, -held)]:
            if event.amount > 0:
                paid = min(owed, event.amount)
                owed -= paid
                lots.append(Lot(event.day, event.amount - paid))
            else:
                owed += self._take(lots, -event.amount)
        return sum(lot.left for lot in lots if lot.day <= through)

    @staticmethod
    def _take(lots: deque[Lot], amount: int) -> int:
        """Take coins off the oldest lots; answers what was not there."""
        for lot in lots:
            taken = min(lot.left, amount)
            lot.left -= taken
            amount -= taken
        return amount
