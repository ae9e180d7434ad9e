"""What is proven over all entries at once: each sum, the whole chain of balances, count and gaps, books kept apart.

One statement reads every entry once, in parallel and without a sort, and compares with the accounts of that instant.
Only where a book does not come out is it looked for, entry by entry and account by account.
"""

import time
from typing import Any

from django.db import connection, transaction

from core.invariants import Finding, rows

# More findings than anybody reads are not listed; the first ones say where to look.
LIMIT = 100
# The checks that one pass answers; the first of them always makes a new one, the others take what it left.
NUMBERS = (1, 2, 8)
FRESH_S = 60


def _end(account: str, seq: str, after: str) -> str:
    """A hash of "the account stood at ``after`` when its line number was ``seq``".

    The seed keeps apart ids below 2^32, funds (from 2^52) and numbers below 2^31; >> 4 keeps four hashes in a bigint.
    """
    return f"(hashint8extended({after}, ({account} << 32) # (({account} >> 52) << 31) # ({seq})) >> 4)"


def _step(side: str, before: str) -> str:
    """An entry says of each side that keeps a balance: "it went from (seq - 1, before) to (seq, after)"."""
    start = _end(f"{side}_id", f"{side}_seq - 1", before)
    return (
        f"CASE WHEN {side}_seq IS NULL THEN 0 ELSE {_end(f'{side}_id', f'{side}_seq', f'{side}_after')} - {start} END"
    )


# Summed as hashes of both ends, all that chains cancels out, and what is left is each account's end less its start. A
# gap, an overlap, a wrong amount or balance leaves a remainder. The insert-only sides are grouped by account: debits as
# −id, credits as id.
PASS = f"""
WITH part AS MATERIALIZED (
  SELECT book_id, CASE WHEN debit_seq IS NULL THEN -debit_id WHEN credit_seq IS NULL THEN credit_id END AS side,
    sum(amount) AS total, count(*) FILTER (WHERE amount <= 0 OR debit_id = credit_id) AS uneven,
    sum({_step("debit", "debit_after + amount")} + {_step("credit", "credit_after - amount")}) AS chain
  FROM ledger_journalentry GROUP BY 1, 2
), entered AS (
  SELECT p.book_id, sum(sign(p.side) * p.total) AS total, sum(p.uneven) AS uneven, sum(p.chain) AS chain,
    count(*) FILTER (WHERE p.side IS NOT NULL AND (a.keeps_balance OR a.book_id <> p.book_id) IS NOT FALSE) AS strangers
  FROM part AS p LEFT JOIN ledger_account AS a ON a.id = abs(p.side) GROUP BY p.book_id
), stored AS (
  SELECT book_id, sum(balance) AS total,
    sum({_end("id", "seq", "balance")} - {_end("id", "0::bigint", "0::bigint")}) FILTER (WHERE keeps_balance) AS chain
  FROM ledger_account GROUP BY book_id
)
SELECT * FROM (
  SELECT book_id, coalesce(stored.total, 0) + coalesce(entered.total, 0) AS differs,
    coalesce(entered.uneven, 0) AS uneven, coalesce(entered.chain, 0) - coalesce(stored.chain, 0) AS chain,
    coalesce(entered.strangers, 0) AS strangers
  FROM entered FULL JOIN stored USING (book_id)
) AS book WHERE differs <> 0 OR uneven <> 0 OR chain <> 0 OR strangers <> 0 ORDER BY book_id
"""  # noqa: S608  (made of constants alone)

UNEVEN_ENTRIES = """
SELECT 'book ' || book_id || ' entry ' || id, 'amount ' || amount || ', debit ' || debit_id || ', credit ' || credit_id
FROM ledger_journalentry WHERE amount <= 0 OR debit_id = credit_id ORDER BY id LIMIT %(limit)s
"""

BROKEN_CHAINS = """
SELECT 'book ' || a.book_id || ' account ' || a.number,
  'stored balance ' || a.balance || ' after line ' || a.seq || '; its ' || l.lines || ' lines sum to ' || l.total
  || coalesce(', the chain breaks at line ' || l.broken, '')
FROM ledger_account AS a
CROSS JOIN LATERAL (
  SELECT count(*) AS lines, coalesce(sum(delta), 0) AS total, max(seq) AS last,
    min(seq) FILTER (WHERE seq <> nth OR after <> running) AS broken
  FROM (
    SELECT seq, delta, after, row_number() OVER (ORDER BY seq) AS nth, sum(delta) OVER (ORDER BY seq) AS running
    FROM (
      SELECT credit_seq AS seq, amount AS delta, credit_after AS after FROM ledger_journalentry
      WHERE credit_id = a.id AND credit_seq IS NOT NULL
      UNION ALL
      SELECT debit_seq, -amount, debit_after FROM ledger_journalentry WHERE debit_id = a.id AND debit_seq IS NOT NULL
    ) AS leg
  ) AS run
) AS l
WHERE a.keeps_balance AND a.book_id = ANY (%(books)s)
  AND (a.balance <> l.total OR a.seq <> l.lines OR a.seq <> coalesce(l.last, 0) OR l.broken IS NOT NULL)
ORDER BY a.id LIMIT %(limit)s
"""

# A side without a running number belongs to an insert-only account, and the other way round.
WRONG_SIDES = """
SELECT 'book ' || e.book_id || ' entry ' || e.id, 'a running number is missing or too many on account ' || a.number
FROM ledger_journalentry AS e JOIN ledger_account AS a ON a.id IN (e.debit_id, e.credit_id)
WHERE e.book_id = ANY (%(books)s)
  AND a.keeps_balance <> CASE WHEN a.id = e.debit_id THEN e.debit_seq IS NOT NULL ELSE e.credit_seq IS NOT NULL END
ORDER BY e.id LIMIT %(limit)s
"""

CROSSING = """
SELECT 'book ' || e.book_id || ' entry ' || e.id,
  'debits book ' || coalesce(d.book_id::text, '?') || ' and credits book ' || coalesce(c.book_id::text, '?')
FROM ledger_journalentry AS e
LEFT JOIN ledger_account AS d ON d.id = e.debit_id
LEFT JOIN ledger_account AS c ON c.id = e.credit_id
WHERE d.book_id IS DISTINCT FROM e.book_id OR c.book_id IS DISTINCT FROM e.book_id ORDER BY e.id LIMIT %(limit)s
"""


class Passes:
    """The findings of the last pass by number, each given away once, so that check_ledger reads all entries once."""

    def __init__(self) -> None:
        self.left: dict[int, list[Finding]] = {}
        self.made_at = 0.0

    def take(self, number: int) -> list[Finding]:
        """What a pass of this run found; a new one where there is none."""
        if number == NUMBERS[0] or number not in self.left or time.monotonic() - self.made_at > FRESH_S:
            self.left, self.made_at = look(), time.monotonic()
        return self.left.pop(number)


def look() -> dict[int, list[Finding]]:
    """One pass over all entries; the numbers of ``NUMBERS`` with their findings, none where every book comes out."""
    off = _unsorted(PASS)
    if not off:
        return {number: [] for number in NUMBERS}
    params: dict[str, Any] = {"limit": LIMIT, "books": [book for book, *_ in off]}
    found = {
        1: [Finding(f"book {book}", f"debits and credits differ by {differs}") for book, differs, *_ in off if differs]
        + _findings(UNEVEN_ENTRIES, params),
        2: _findings(WRONG_SIDES, params) + _findings(BROKEN_CHAINS, params),
        8: _findings(CROSSING, params),
    }
    if not any(found.values()):  # nothing to point at, and yet it does not come out
        found[2] = [Finding(f"book {book}", "its entries belong to accounts that it has not") for book, *_ in off]
    return found


def _unsorted(query: str) -> list[tuple[Any, ...]]:
    """All rows, hashed instead of sorted: the planner takes the insert-only accounts for millions of groups."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute(query)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        cursor.execute("SET LOCAL enable_sort TO DEFAULT")
        return found


def _findings(query: str, params: dict[str, Any]) -> list[Finding]:
    return [Finding(str(subject), str(detail)) for subject, detail in rows(query, params)]
