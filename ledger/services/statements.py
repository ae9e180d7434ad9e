"""The month's turn: nothing more is booked in the month, and every account has its statement."""

from datetime import date, datetime

from ledger import calls

CLOSE = "SELECT ledger_close_month(%s, %s, %s)"
STATE = "SELECT ledger_state_month(%s, %s, %s)"


def close_and_state(*, book_id: int, month: date, now: datetime) -> int:
    """Close a month (``month``: its first day) and write a statement for each account; answers the rows written.

    A second call writes nothing and answers 0. Raises ``MonthOpen`` before the month is over in the book's zone. Best
    called outside a transaction: closing waits for postings under way and holds new ones back until it commits.
    """
    calls.rows(CLOSE, (book_id, month, now))
    return int(calls.one(STATE, (book_id, month, now)))
