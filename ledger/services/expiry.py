"""Coins that lapse: what is due is worked out and taken by the ledger in one go. When, and who was told, is above."""

from collections.abc import Mapping
from datetime import date, datetime

from ledger import calls

EXPIRE = "SELECT account_id, taken FROM ledger_expire_coins(%s, %s::date, %s::date, %s::bigint[], %s::bigint[], %s)"


def expire_coins(*, book_id: int, day: date, through: date, most: Mapping[int, int], now: datetime) -> dict[int, int]:
    """Take what is left of the credits booked up to ``through``, of each wallet at most what ``most`` says, in coins.

    Once a wallet and ``day``, which must have come; held coins and credit lines are left alone. Answers what was taken
    by this call, by account. Raises ``Malformed`` for more than 100,000 wallets or a day to come.
    """
    values = (book_id, day, through, list(most), list(most.values()), now)
    return dict(calls.rows(EXPIRE, values))
