"""The ledger's tables. Only the SQL functions of ``ledger/sql`` write them: the app's role may read, no more.

Stored balance = credits − debits for every account, so a book sums to 0. The foreign keys here are read by the ORM and
kept by the functions; most have no database constraint, since its share locks would queue every posting behind the one
issuance account. ``actor_id`` and the like are users' ids; the ledger knows no people.
"""

from ledger.models.accounts import Account, Book
from ledger.models.closed import Checkpoint, MonthlyStatement, Seal
from ledger.models.columns import FROZEN
from ledger.models.entries import LINE_PARTS, Hold, JournalEntry, ReversalRequest

__all__ = [
    "FROZEN",
    "LINE_PARTS",
    "Account",
    "Book",
    "Checkpoint",
    "Hold",
    "JournalEntry",
    "MonthlyStatement",
    "ReversalRequest",
    "Seal",
]
