"""What the model of the ledger remembers: accounts, requests, lines, transfers, holds, requests for a reversal.

Accounts are named by (book, number); a recovery account is (book, "<owner>:recovery").
"""

from dataclasses import dataclass
from datetime import date

HOURS, PAYMENT, REDEMPTION, SEAT, VOUCHER, GIFT = 10, 20, 30, 31, 32, 40
TRANSFER = 41
OPENING, MOVE, EXPIRY, WRITE_OFF, SETTLEMENT = 50, 51, 60, 61, 62
OVERFLOW, REPAID, ADVANCE, MIRROR = 90, 91, 92, 93
FLOORED = {"wallet", "fund", "merchant"}
KEPT = FLOORED | {"recovery"}
PEOPLE = {"wallet", "fund"}

# kind → the accounts debited → the accounts credited
FITS: dict[int, tuple[set[str], set[str]]] = {
    HOURS: ({"issuance"}, PEOPLE),
    PAYMENT: ({"wallet"}, {"wallet"}),
    REDEMPTION: (PEOPLE, {"redeemed"}),
    SEAT: (PEOPLE, {"redeemed"}),
    VOUCHER: (PEOPLE, {"merchant"}),
    GIFT: (PEOPLE, PEOPLE),
    OPENING: ({"opening"}, FLOORED),
    MOVE: ({"wallet"}, PEOPLE),
    EXPIRY: (PEOPLE, {"expired"}),
    WRITE_OFF: ({"fund"}, {"recovery"}),
    SETTLEMENT: ({"merchant"}, {"settled"}),
}
SPENDING = range(20, 50)
EARNED = range(10, 30)
ISSUED = range(10, 20)

Name = tuple[int, str]


class Refused(Exception):
    """The refusal's class by name, and its figures if it has any."""

    def __init__(self, name: str, available: int | None = None, short: int | None = None) -> None:
        super().__init__(name)
        self.name, self.available, self.short = name, available, short


@dataclass
class Holder:
    """An account."""

    kind: str
    floor: int | None = None
    cap: int | None = None
    target: int | None = None  # to which the floor rises, with a credit line made narrower
    balance: int = 0
    held: int = 0
    seq: int = 0
    last: date | None = None
    opened: date = date.min
    debits: int = 0
    credits: int = 0

    @property
    def kept(self) -> bool:
        return self.kind in KEPT

    @property
    def available(self) -> int:
        assert self.floor is not None
        return self.balance - self.held - self.floor

    def settle(self) -> None:
        """What came in is not borrowed anew."""
        if self.target is not None and self.floor is not None:
            self.floor = max(self.floor, min(self.target, self.balance - self.held))
            self.target = None if self.floor >= self.target else self.target


@dataclass(frozen=True)
class Ask:
    """One request."""

    book: int
    reference: str
    kind: int
    debit: Name
    credit: Name
    amount: int
    hold: str | None = None

    @property
    def key(self) -> tuple[int, str]:
        return self.book, self.reference


@dataclass(frozen=True)
class Entry:
    """One line as it should stand in the journal."""

    book: int
    reference: str
    line: int
    kind: int
    debit: Name
    credit: Name
    amount: int
    booked: date
    debit_ran: tuple[int, int] | None
    credit_ran: tuple[int, int] | None


@dataclass(frozen=True)
class Transfer:
    """From a wallet of one book to a wallet of another."""

    reference: str
    payer: Name
    payee: Name
    amount: int
    hold: str | None = None


@dataclass
class Aside:
    """A hold."""

    book: int
    kind: int
    debit: Name
    credit: Name | None
    amount: int
    status: str = "active"


@dataclass
class Plea:
    """A request for a reversal."""

    book: int
    reference: str
    asker: int
    status: str = "asked"

    @property
    def key(self) -> tuple[int, str]:
        """Under which the mirror is booked."""
        return self.book, f"{self.reference}:reverse"
