"""Holds: coins set aside until the thing is handed over. A hold is posted by ``posting.post`` with its ``hold_id``."""

from collections.abc import Sequence
from datetime import datetime

from ledger import calls
from ledger.choices import EntryKind, HoldStatus

HOLD = "SELECT ledger_hold_coins(%s::bigint, %s, %s::smallint, %s::bigint, %s::bigint, %s::bigint, %s::bigint, %s)"
END = "SELECT ledger_end_holds(%s::bigint[], %s::smallint, %s)"


def hold(
    *,
    book_id: int,
    reference: str,
    debit_id: int,
    amount: int,
    kind: EntryKind,
    actor_id: int | None,
    now: datetime,
    credit_id: int | None = None,
) -> int:
    """Set ``amount`` coins aside and answer the hold's id; the same again answers the same id.

    ``credit_id`` may wait until it is posted. Raises ``TooLittle`` with what is available, ``SpendingPaused``.
    """
    return int(calls.one(HOLD, (book_id, reference, int(kind), debit_id, credit_id, amount, actor_id, now)))


def release(*, hold_ids: Sequence[int], now: datetime) -> int:
    """Give held coins back; answers how many holds ended now. Raises ``HoldEnded`` if one was posted or lapsed."""
    return int(calls.one(END, (list(hold_ids), int(HoldStatus.RELEASED), now)))


def expire(*, hold_ids: Sequence[int], now: datetime) -> int:
    """Let holds lapse; answers how many ended now. What ended otherwise is passed over."""
    return int(calls.one(END, (list(hold_ids), int(HoldStatus.EXPIRED), now)))
