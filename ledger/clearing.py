"""What is read of clearing accounts: a month between two books, as one of them sees it. Coins are integers.

The balance is credits − debits: above 0 this book owes the partner, since its residents sent more than they received.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from core.invariants import rows
from ledger.errors import NotPartners
from ledger.models import Account

# Kind 41 is all that a clearing account ever has: both indexes are partial, by account and day.
FIGURES = """
SELECT
  coalesce(sum(delta) FILTER (WHERE booked_date < %(first)s), 0)::bigint,
  coalesce(sum(delta) FILTER (WHERE delta > 0 AND booked_date >= %(first)s), 0)::bigint,
  coalesce(-sum(delta) FILTER (WHERE delta < 0 AND booked_date >= %(first)s), 0)::bigint,
  count(*) FILTER (WHERE booked_date >= %(first)s)
FROM (
  SELECT booked_date, amount AS delta FROM ledger_journalentry
  WHERE kind = 41 AND credit_id = %(account)s AND booked_date < %(first)s::date + interval '1 month'
  UNION ALL
  SELECT booked_date, -amount FROM ledger_journalentry
  WHERE kind = 41 AND debit_id = %(account)s AND booked_date < %(first)s::date + interval '1 month'
) AS line
"""
LINES = """
SELECT e.id, e.booked_date, e.posted_at, e.delta, e.reference, w.number, x.number, o.booked_date
FROM (
  SELECT id, book_id, booked_date, posted_at, reference, amount AS delta, debit_id AS wallet_id FROM ledger_journalentry
  WHERE kind = 41 AND credit_id = %(account)s AND booked_date >= %(first)s
    AND booked_date < %(first)s::date + interval '1 month'
  UNION ALL
  SELECT id, book_id, booked_date, posted_at, reference, -amount, credit_id FROM ledger_journalentry
  WHERE kind = 41 AND debit_id = %(account)s AND booked_date >= %(first)s
    AND booked_date < %(first)s::date + interval '1 month'
) AS e
JOIN ledger_account AS w ON w.id = e.wallet_id
LEFT JOIN ledger_journalentry AS o ON o.book_id = %(partner)s AND o.reference = e.reference AND o.line = 0
LEFT JOIN ledger_account AS x ON x.id = CASE WHEN e.delta > 0 THEN o.credit_id ELSE o.debit_id END
ORDER BY e.booked_date, e.id OFFSET %(skip)s LIMIT %(rows)s
"""
FIRST_DAY = """
SELECT least((SELECT min(booked_date) FROM ledger_journalentry WHERE kind = 41 AND credit_id = %(account)s),
  (SELECT min(booked_date) FROM ledger_journalentry WHERE kind = 41 AND debit_id = %(account)s))
"""


@dataclass(frozen=True, slots=True)
class ClearingMonth:
    """``closing`` = opening + sent − received; the partner's figures are the same with the other sign."""

    opening: int
    sent: int
    received: int
    lines: int

    @property
    def closing(self) -> int:
        """What is owed to the partner at the month's end; below 0, what the partner owes."""
        return self.opening + self.sent - self.received


@dataclass(frozen=True, slots=True)
class ClearingLine:
    """One transfer: ``delta`` + sent, − received; the account numbers here and there; the partner's booked day."""

    entry_id: int
    booked_date: date
    posted_at: datetime
    delta: int
    reference: str
    number: str
    other_number: str | None
    other_date: date | None

    @property
    def amount(self) -> int:
        """Coins, without the direction."""
        return abs(self.delta)

    @property
    def elsewhere(self) -> date | None:
        """The partner's day, where it lies in another month."""
        other = self.other_date
        return other if other and (other.year, other.month) != (self.booked_date.year, self.booked_date.month) else None


@lru_cache(maxsize=4096)
def clearing_account_id(book_id: int, partner_id: int) -> int:
    """The book's clearing account for a partner's. It never changes. Raises NotPartners."""
    found = Account.objects.filter(book_id=book_id, partner_id=partner_id).values_list("pk", flat=True).first()
    if found is None:
        raise NotPartners
    return found


def clearing_month(*, account_id: int, month: date) -> ClearingMonth:
    """A month's figures by the booked day in this book; ``month`` is its first day."""
    return ClearingMonth(*rows(FIGURES, {"account": account_id, "first": str(month)})[0])


def clearing_lines(
    *, account_id: int, partner_id: int, month: date, skip: int = 0, most: int = 24
) -> list[ClearingLine]:
    """The month's transfers in order, from ``skip`` on."""
    span: dict[str, int | str] = {"first": str(month), "skip": skip, "rows": most}
    params = span | {"account": account_id, "partner": partner_id}
    return [ClearingLine(*row) for row in rows(LINES, params)]


def first_day(account_id: int) -> date | None:
    """The day of the account's first transfer, None before it."""
    found: date | None = rows(FIRST_DAY, {"account": account_id})[0][0]
    return found
