"""Opening books and accounts, and setting their limits."""

from collections.abc import Sequence
from datetime import datetime

from core import clock
from ledger import calls
from ledger.choices import AccountKind
from ledger.models import Account, Book

OPEN_BOOK = "SELECT ledger_open_book(%s, %s, %s, %s, %s)"
OPEN_ACCOUNT = "SELECT ledger_open_account(%s, %s::smallint, %s, %s::bigint, %s::bigint, %s)"
OPEN_ACCOUNTS = """
SELECT ledger_open_account(%s, %s::smallint, asked.number, %s::bigint, %s::bigint, %s)
  FROM unnest(%s::text[]) WITH ORDINALITY AS asked (number, at) ORDER BY at
"""
OPEN_CLEARING = "SELECT ledger_open_clearing(%s::bigint, %s::bigint, %s)"
SET_CREDIT_LINE = "SELECT ledger_set_credit_line(%s::bigint[], %s::bigint)"
SET_CAP = "SELECT ledger_set_cap(%s, %s::bigint)"
PAUSE = "SELECT ledger_pause_spending(%s, %s::timestamptz)"


def open_book(*, name_zh: str, name_en: str, time_zone: str, unit: str, now: datetime | None = None) -> Book:
    """Open a community's book with its system accounts. ``unit`` says what is counted: only equal units ever meet.

    ``now`` is when it opens, the present if not given. Raises ``Malformed`` for an unknown time zone.
    """
    return Book.objects.get(pk=calls.one(OPEN_BOOK, (name_zh, name_en, time_zone, unit, now or clock.now())))


def open_account(
    *,
    book_id: int,
    kind: AccountKind,
    number: str,
    floor: int = 0,
    cap: int | None = None,
    now: datetime | None = None,
) -> Account:
    """Open a wallet, fund or merchant account. ``number``: unique in the book, no names, at most 50 letters.

    ``floor`` in coins, below 0 for a credit line; ``cap`` in coins, wallets only. Raises ``NumberTaken``.
    """
    values = (book_id, int(kind), number, floor, cap, now or clock.now())
    return Account.objects.get(pk=calls.one(OPEN_ACCOUNT, values))


def open_accounts(
    *,
    book_id: int,
    kind: AccountKind,
    numbers: Sequence[str],
    floor: int = 0,
    cap: int | None = None,
    now: datetime | None = None,
) -> list[int]:
    """Open many alike in one call, all or none; answers their ids in the numbers' order. Else as ``open_account``."""
    values = (book_id, int(kind), floor, cap, now or clock.now(), list(numbers))
    return [account_id for (account_id,) in calls.rows(OPEN_ACCOUNTS, values)]


def open_clearing(*, book_id: int, partner_id: int, now: datetime) -> tuple[int, int]:
    """Let two books of one unit clear with each other: the account ids in ``book_id``'s book and in the partner's.

    Opened before, the same pair. Raises ``DifferentUnits``, naming both.
    """
    own, partners = calls.one(OPEN_CLEARING, (book_id, partner_id, now))
    return own, partners


def set_credit_line(*, account_ids: Sequence[int], line: int) -> int:
    """Let wallets go so many coins below 0; it never fails for what they have. Answers how many stand below it.

    Those keep the floor they stand on, and it rises with what comes in until it is the line's.
    """
    return int(calls.one(SET_CREDIT_LINE, (list(account_ids), line)))


def set_cap(*, account_id: int, cap: int | None) -> None:
    """Set what a wallet holds at most, in coins, None for no cap. What it has above stays."""
    calls.one(SET_CAP, (account_id, cap))


def pause_spending(*, book_id: int, now: datetime) -> None:
    """Refuse spending and new holds in this book until it is lifted; earning, release and reversal go on."""
    calls.one(PAUSE, (book_id, now))


def resume_spending(*, book_id: int) -> None:
    """Lift the pause. That two managers agree is the caller's rule."""
    calls.one(PAUSE, (book_id, None))
