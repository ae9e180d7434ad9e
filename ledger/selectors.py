"""What is read from the ledger: balances, passbook pages, months, the trial balance. Coins are integers throughout."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, Expression, F, Func

from ledger.choices import AccountKind, EntryKind
from ledger.models import Account

PAGE_ROWS = 24


@dataclass(frozen=True, slots=True)
class Balance:
    """``available`` = balance − held − floor; 0 for an account without a floor."""

    balance: int
    held: int
    available: int


@dataclass(frozen=True, slots=True)
class Line:
    """One side of an entry, as the account's passbook shows it: ``delta`` + or −, ``after`` the balance with it."""

    seq: int
    delta: int
    after: int
    entry_id: int
    reference: str
    kind: EntryKind
    booked_date: date
    posted_at: datetime
    other_id: int
    actor_id: int | None
    memo: int = 0
    reverses_id: int | None = None


@dataclass(frozen=True, slots=True)
class TrialLine:
    """All accounts of a kind: what they were debited and credited, and the balance on the kind's normal side.

    ``entries``: the lines that debit one of them, so that over all kinds each entry is counted once.
    """

    kind: AccountKind
    accounts: int
    debits: int
    credits: int
    entries: int = 0

    @property
    def balance(self) -> int:
        """Positive when the kind is on its normal side."""
        return self.debits - self.credits if self.kind.debit_normal else self.credits - self.debits


@dataclass(frozen=True, slots=True)
class Outstanding:
    """Coins outstanding, told twice: by who has them, and by where they came from. ``difference`` must be 0."""

    wallets: int
    fund: int
    merchants: int
    issuance: int
    opening: int
    recovery: int
    redeemed: int
    expired: int
    settled: int
    clearing: int

    def of(self, kind: AccountKind) -> int:
        """The term of a kind of account."""
        name = {AccountKind.WALLET: "wallets", AccountKind.MERCHANT: "merchants"}.get(kind, kind.name.lower())
        return int(getattr(self, name))

    @property
    def held_by_people(self) -> int:
        """Wallets + fund + merchants."""
        return self.wallets + self.fund + self.merchants

    @property
    def paid_across(self) -> int:
        """What came from other communities less what went there: clearing on the formula's side."""
        return -self.clearing

    @property
    def explained(self) -> int:
        """Issuance + opening + recovery − redeemed − expired − settled − clearing."""
        made = self.issuance + self.opening + self.recovery
        return made - self.redeemed - self.expired - self.settled - self.clearing

    @property
    def difference(self) -> int:
        """0 = balanced."""
        return self.held_by_people - self.explained


@dataclass(frozen=True, slots=True)
class Drift:
    """How many accounts' stored balances are not the sum of their entries, and by how many coins together."""

    accounts: int
    coins: int


CREDITS = """
SELECT credit_seq AS seq, amount AS delta, credit_after AS after, id, reference, kind, booked_date, posted_at,
  debit_id AS other_id, actor_id, memo, reverses_id
FROM ledger_journalentry WHERE credit_id = %(account)s AND credit_seq"""
DEBITS = """
SELECT debit_seq AS seq, -amount AS delta, debit_after AS after, id, reference, kind, booked_date, posted_at,
  credit_id AS other_id, actor_id, memo, reverses_id
FROM ledger_journalentry WHERE debit_id = %(account)s AND debit_seq"""

# Two backward index scans, merged: as quick on page 4,000 as on page 1.
NEWEST = "< %(before)s ORDER BY seq DESC LIMIT %(rows)s"
PAGE = f"({CREDITS} {NEWEST}) UNION ALL ({DEBITS} {NEWEST}) ORDER BY seq DESC LIMIT %(rows)s"

IN_MONTH = "booked_date >= %(first)s AND booked_date < %(first)s::date + interval '1 month'"
MONTH = f"{CREDITS} IS NOT NULL AND {IN_MONTH} UNION ALL {DEBITS} IS NOT NULL AND {IN_MONTH} ORDER BY seq"

BEFORE = """
SELECT after FROM (
  (SELECT credit_seq AS seq, credit_after AS after FROM ledger_journalentry
   WHERE credit_id = %(account)s AND credit_seq IS NOT NULL AND booked_date < %(day)s ORDER BY credit_seq DESC LIMIT 1)
  UNION ALL
  (SELECT debit_seq, debit_after FROM ledger_journalentry
   WHERE debit_id = %(account)s AND debit_seq IS NOT NULL AND booked_date < %(day)s ORDER BY debit_seq DESC LIMIT 1)
) AS leg ORDER BY seq DESC LIMIT 1
"""

# The last checkpoint plus what was posted after it; the entries after it are few, so the primary key finds them.
INSERT_ONLY = """
SELECT a.id, (coalesce(c.balance, 0) + coalesce((
  SELECT sum(CASE WHEN e.credit_id = a.id THEN e.amount ELSE -e.amount END) FROM ledger_journalentry AS e
  WHERE e.id > coalesce(c.last_id, 0) AND (e.credit_id = a.id OR e.debit_id = a.id)
), 0))::bigint
FROM ledger_account AS a
LEFT JOIN LATERAL (
  SELECT balance, last_id FROM ledger_checkpoint WHERE account_id = a.id ORDER BY last_id DESC LIMIT 1
) AS c ON true
WHERE a.id = ANY (%(accounts)s)
"""

KEPT = """
SELECT book_id, kind, sum(balance)::bigint FROM ledger_account
WHERE keeps_balance AND book_id = ANY (%(books)s) GROUP BY book_id, kind
"""

# Stored balances against the sums of their entries, account by account, so that two errors do not hide each other.
DRIFT = """
SELECT count(*), coalesce(sum(abs(a.balance - coalesce(e.total, 0))), 0)::bigint
FROM ledger_account AS a
LEFT JOIN (
  SELECT id, sum(delta) AS total FROM (
    SELECT debit_id AS id, -amount AS delta FROM ledger_journalentry WHERE book_id = %(book)s
    UNION ALL
    SELECT credit_id, amount FROM ledger_journalentry WHERE book_id = %(book)s
  ) AS leg GROUP BY id
) AS e ON e.id = a.id
WHERE a.book_id = %(book)s AND a.keeps_balance AND a.balance <> coalesce(e.total, 0)
"""

TRIAL = """
SELECT a.kind, count(DISTINCT a.id), coalesce(sum(e.debits), 0)::bigint, coalesce(sum(e.credits), 0)::bigint,
  coalesce(sum(e.entries), 0)::bigint
FROM ledger_account AS a
LEFT JOIN (
  SELECT id, sum(debits) AS debits, sum(credits) AS credits, count(*) FILTER (WHERE debits > 0) AS entries FROM (
    SELECT debit_id AS id, amount AS debits, 0 AS credits FROM ledger_journalentry
    WHERE book_id = %(book)s AND (%(on)s::date IS NULL OR booked_date <= %(on)s::date)
    UNION ALL
    SELECT credit_id, 0, amount FROM ledger_journalentry
    WHERE book_id = %(book)s AND (%(on)s::date IS NULL OR booked_date <= %(on)s::date)
  ) AS leg GROUP BY id
) AS e ON e.id = a.id
WHERE a.book_id = %(book)s GROUP BY a.kind ORDER BY a.kind
"""


DUE_TO_EXPIRE = "SELECT account_id, due FROM ledger_due_to_expire(%(book)s, %(accounts)s::bigint[], %(through)s::date)"


def _fetch(query: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


@lru_cache(maxsize=4096)
def system_account_id(book_id: int, kind: AccountKind) -> int:
    """The book's own account of a kind (fund, issuance, opening, redeemed, expired, settled). It never changes."""
    return Account.objects.values_list("pk", flat=True).get(book_id=book_id, number=AccountKind(kind).name.lower())


def balance(account_id: int) -> Balance:
    """Balance, held and available of one account. Raises ``Account.DoesNotExist``."""
    found = balances([account_id])
    if account_id not in found:
        raise Account.DoesNotExist
    return found[account_id]


def balances(account_ids: Iterable[int]) -> dict[int, Balance]:
    """The same for many, by account id; those unknown are left out. One query, two with insert-only accounts."""
    found: dict[int, Balance] = {}
    insert_only: list[int] = []
    columns = ("id", "keeps_balance", "balance", "held", "floor")
    for pk, kept, total, held, floor in Account.objects.filter(pk__in=list(account_ids)).values_list(*columns):
        found[pk] = Balance(total, held, 0 if floor is None else total - held - floor)
        if not kept:
            insert_only.append(pk)
    if insert_only:
        for pk, total in _fetch(INSERT_ONLY, {"accounts": insert_only}):
            found[pk] = Balance(total, 0, 0)
    return found


def page(account_id: int, *, before_seq: int | None = None, rows: int = PAGE_ROWS) -> list[Line]:
    """A passbook page, newest first; the next starts below the last ``seq`` shown. Insert-only accounts have none."""
    before = before_seq if before_seq is not None else 2**62
    return _lines(_fetch(PAGE, {"account": account_id, "before": before, "rows": rows}))


def month_lines(account_id: int, month_first: date) -> list[Line]:
    """All lines booked in a month, oldest first."""
    return _lines(_fetch(MONTH, {"account": account_id, "first": month_first}))


def opening_balance(account_id: int, day: date) -> int:
    """The balance at the start of a day: after the last line booked before it."""
    found = _fetch(BEFORE, {"account": account_id, "day": day})
    return int(found[0][0]) if found else 0


def due_to_expire(*, book_id: int, through: date, account_ids: Iterable[int] | None = None) -> dict[int, int]:
    """Wallet → coins that are left of its credits booked up to and on a day; those with none are left out.

    The oldest coins are spent first, and held ones count as spent. All wallets of the book unless some are named.
    """
    accounts = None if account_ids is None else list(account_ids)
    return dict(_fetch(DUE_TO_EXPIRE, {"book": book_id, "accounts": accounts, "through": through}))


class DueToExpire(Func):
    """The same of one wallet as a column, null where nothing is left: ``DueToExpire(book, wallet, day)``."""

    template = "(SELECT due FROM ledger_due_to_expire(%(expressions)s))"
    output_field = BigIntegerField()

    def __init__(self, book: Expression, wallet: F, through: F) -> None:
        super().__init__(book, Func(wallet, template="ARRAY[%(expressions)s]"), through)


def trial_balance(book_id: int, *, on: date | None = None) -> list[TrialLine]:
    """Each kind's debits and credits, summed from the entries booked up to a day; both columns add up to the same."""
    rows = _fetch(TRIAL, {"book": book_id, "on": on})
    return [TrialLine(AccountKind(kind), *figures) for kind, *figures in rows]


def outstanding(book_id: int) -> Outstanding:
    """Coins outstanding now, from the stored balances, with each term of the formula on its normal side."""
    return outstanding_by_book([book_id])[book_id]


def outstanding_by_book(book_ids: Iterable[int]) -> dict[int, Outstanding]:
    """The same for many books, each named. Three queries."""
    totals = {book: dict.fromkeys(AccountKind, 0) for book in book_ids}
    for book, kind, stored in _fetch(KEPT, {"books": list(totals)}):
        totals[book][AccountKind(kind)] += _normal(AccountKind(kind), stored)
    insert_only = Account.objects.filter(book_id__in=totals, keeps_balance=False)
    accounts = {pk: (book, kind) for pk, book, kind in insert_only.values_list("pk", "book_id", "kind")}
    for pk, stored in _fetch(INSERT_ONLY, {"accounts": list(accounts)}) if accounts else []:
        book, kind = accounts[pk]
        totals[book][AccountKind(kind)] += _normal(AccountKind(kind), stored)
    return {book: _outstanding(found) for book, found in totals.items()}


def outstanding_in(lines: Iterable[TrialLine]) -> Outstanding:
    """The formula as a trial balance has it: at the end of its day, from the entries alone."""
    return _outstanding({line.kind: line.balance for line in lines})


def drift(book_id: int) -> Drift:
    """Accounts whose stored balance is not the sum of their entries. One pass over the book's entries."""
    return Drift(*_fetch(DRIFT, {"book": book_id})[0])


def _normal(kind: AccountKind, stored: int) -> int:
    return -stored if kind.debit_normal else stored


def _outstanding(totals: Mapping[AccountKind, int]) -> Outstanding:
    return Outstanding(
        wallets=totals.get(AccountKind.WALLET, 0),
        fund=totals.get(AccountKind.FUND, 0),
        merchants=totals.get(AccountKind.MERCHANT, 0),
        issuance=totals.get(AccountKind.ISSUANCE, 0),
        opening=totals.get(AccountKind.OPENING, 0),
        recovery=totals.get(AccountKind.RECOVERY, 0),
        redeemed=totals.get(AccountKind.REDEEMED, 0),
        expired=totals.get(AccountKind.EXPIRED, 0),
        settled=totals.get(AccountKind.SETTLED, 0),
        clearing=totals.get(AccountKind.CLEARING, 0),
    )


def _lines(rows: list[tuple[Any, ...]]) -> list[Line]:
    lines = [Line(*row) for row in rows]
    return [replace(line, kind=EntryKind(line.kind)) for line in lines]
