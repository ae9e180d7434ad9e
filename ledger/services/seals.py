"""Checkpoints and the hash chain. Both wait for postings under way; call them outside a transaction."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from ledger import calls
from ledger.models import Seal

CHECKPOINT = "SELECT ledger_checkpoint_now(%s)"
SEAL = "SELECT ledger_seal_book(%s, %s)"
VERIFY = """
SELECT number, problem, day, first_id, last_id, entry_id, booked_date, debit_number, credit_number
FROM ledger_verify_seals(%s)
"""
SAID = {
    "line": "entry {entry_id}, booked {booked_date}, debit {debit_number}, credit {credit_number}: "
    "changed or added after it was sealed",
    "missing": "a sealed entry is missing: it was sealed on {day}, one of entries {first_id} to {last_id}",
    "link": "the seal of {day} itself was changed, or one before it is missing",
}


@dataclass(frozen=True, slots=True)
class BrokenSeal:
    """``problem``: "line" (``entry_id`` was changed or added), "missing" (a line is gone) or "link" (a seal itself).

    ``day``, ``first_id`` and ``last_id`` are the seal's; the date and the account numbers the line's, as it reads now.
    """

    number: int
    problem: str
    day: date
    first_id: int
    last_id: int
    entry_id: int | None = None
    booked_date: date | None = None
    debit_number: str | None = None
    credit_number: str | None = None

    @property
    def said(self) -> str:
        """Which line or seal, in words for the log and the command."""
        return SAID[self.problem].format(**asdict(self))


def checkpoint(*, now: datetime) -> int:
    """Fix the balances of all insert-only accounts; answers the rows written, 0 if nothing was posted since."""
    return int(calls.one(CHECKPOINT, (now,)))


def seal_book(*, book_id: int, now: datetime) -> list[int]:
    """Seal all that was posted since the last seal; answers the new seals' numbers, [] if there is nothing new."""
    numbers: list[int] = []
    while (number := calls.one(SEAL, (book_id, now))) is not None:
        numbers.append(number)
    return numbers


def verify(*, book_id: int) -> list[BrokenSeal]:
    """Every line and seal of a book that no longer fits the chain; [] when all verify."""
    return [BrokenSeal(*row) for row in calls.rows(VERIFY, (book_id,))]


def newest(*, book_id: int) -> Seal | None:
    """The last seal of a book, whose ``code`` is printed on statements."""
    return Seal.objects.filter(book_id=book_id).defer("digests").order_by("-number").first()
