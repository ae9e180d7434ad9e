"""What must always hold of the ledger by itself: invariants 1–4, 8–10 and 12, as far as it can say.

Each check is a handful of set-based queries over all books. A finding's subject begins with the book (``book 3 …``), so
that a caller may pause spending there. An empty list is good news.
"""

from collections.abc import Callable
from typing import Any

from django.db import connection

from core.invariants import Check, Finding
from ledger import invariants_transfers as transfers
from ledger.invariants_entries import LIMIT, Passes
from ledger.models import Book
from ledger.services import seals

BELOW_FLOOR = """
SELECT 'book ' || book_id || ' account ' || number, 'available ' || (balance - held - floor)
FROM ledger_account WHERE balance - held - floor < 0 ORDER BY id LIMIT %(limit)s
"""

WRONG_HELD = """
SELECT 'book ' || a.book_id || ' account ' || a.number,
  'held ' || a.held || '; active holds sum to ' || coalesce(h.total, 0)
FROM ledger_account AS a
LEFT JOIN (
  SELECT debit_id, sum(amount) AS total FROM ledger_hold WHERE status = 0 GROUP BY debit_id
) AS h ON h.debit_id = a.id
WHERE a.held <> coalesce(h.total, 0) ORDER BY a.id LIMIT %(limit)s
"""

# A posted hold has its entry, of no more than was held; an entry of a hold finds it posted.
WRONG_HOLDS = """
SELECT 'book ' || coalesce(h.book_id, e.book_id) || ' hold ' || coalesce(h.reference, e.hold_id::text),
  CASE WHEN h.id IS NULL THEN 'is named by entry ' || e.id || ' but unknown'
       WHEN e.id IS NULL THEN 'is posted without an entry' ELSE 'does not fit entry ' || e.id END
FROM (SELECT * FROM ledger_hold WHERE status = 1) AS h
FULL JOIN (SELECT * FROM ledger_journalentry WHERE hold_id IS NOT NULL) AS e ON e.hold_id = h.id
WHERE h.id IS NULL OR e.id IS NULL OR e.debit_id <> h.debit_id OR e.amount > h.amount OR e.kind <> h.kind
LIMIT %(limit)s
"""

WRONG_MIRRORS = """
SELECT 'book ' || m.book_id || ' entry ' || m.id, CASE
    WHEN o.id IS NULL THEN 'is a reversal of nothing'
    WHEN o.kind IN (92, 93) THEN 'reverses a reversal, entry ' || o.id
    ELSE 'does not mirror entry ' || o.id END
FROM ledger_journalentry AS m LEFT JOIN ledger_journalentry AS o ON o.id = m.reverses_id
WHERE (m.kind = 93 OR m.reverses_id IS NOT NULL) AND (o.id IS NULL OR m.kind <> 93 OR o.kind IN (92, 93)
  OR (m.book_id, m.debit_id, m.credit_id, m.amount) <> (o.book_id, o.credit_id, o.debit_id, o.amount))
ORDER BY m.id LIMIT %(limit)s
"""

# A reversed reference is reversed in each of its lines, under one reference, by a confirmed request.
SPLIT_REVERSALS = """
SELECT 'book ' || r.book_id || ' reference ' || r.reference,
  r.mirrored || ' of ' || r.lines || ' lines are reversed, the request is ' || r.state
FROM (
  SELECT o.book_id, o.reference, count(*) AS lines, count(m.id) AS mirrored, count(DISTINCT m.reference) AS under,
    CASE WHEN q.id IS NULL THEN 'missing' WHEN q.status = 1 AND q.reversal_reference = min(m.reference) THEN 'confirmed'
         ELSE 'not theirs' END AS state
  FROM (
    SELECT DISTINCT t.book_id, t.reference
    FROM ledger_journalentry AS v JOIN ledger_journalentry AS t ON t.id = v.reverses_id
    UNION SELECT book_id, reference FROM ledger_reversalrequest WHERE status = 1
  ) AS g
  JOIN ledger_journalentry AS o ON o.book_id = g.book_id AND o.reference = g.reference
  LEFT JOIN ledger_journalentry AS m ON m.reverses_id = o.id
  LEFT JOIN ledger_reversalrequest AS q ON q.book_id = o.book_id AND q.reference = o.reference AND q.status = 1
  GROUP BY o.book_id, o.reference, q.id, q.status, q.reversal_reference
) AS r WHERE r.lines <> r.mirrored OR r.under <> 1 OR r.state <> 'confirmed'
LIMIT %(limit)s
"""

WRONG_STATEMENTS = """
SELECT 'book ' || s.book_id || ' account ' || a.number || ' month ' || to_char(s.month, 'YYYY-MM'), CASE
    WHEN s.opening + s.credited - s.debited <> s.closing THEN 'does not add up'
    WHEN n.opening <> s.closing THEN 'closes at ' || s.closing || ', the next opens at ' || n.opening
    ELSE 'closes at ' || s.closing || ', its last line left ' || coalesce(l.after, 0) END
FROM ledger_monthlystatement AS s
JOIN ledger_account AS a ON a.id = s.account_id
LEFT JOIN ledger_monthlystatement AS n ON n.account_id = s.account_id AND n.month = (s.month + interval '1 month')::date
LEFT JOIN LATERAL (
  SELECT credit_after AS after FROM ledger_journalentry WHERE credit_id = s.account_id AND credit_seq = s.last_seq
  UNION ALL
  SELECT debit_after FROM ledger_journalentry WHERE debit_id = s.account_id AND debit_seq = s.last_seq
) AS l ON true
WHERE s.opening + s.credited - s.debited <> s.closing OR n.opening <> s.closing OR s.closing <> coalesce(l.after, 0)
ORDER BY s.id LIMIT %(limit)s
"""

# Coins outstanding, who has them against where they came from; insert-only balances as readers see them, from the last
# checkpoint on.
OUTSTANDING = """
SELECT 'book ' || a.book_id,
  'coins outstanding differ by ' || sum(a.balance + coalesce(c.balance, 0) + coalesce(e.total, 0))
FROM ledger_account AS a
LEFT JOIN LATERAL (
  SELECT balance, last_id FROM ledger_checkpoint WHERE account_id = a.id AND NOT a.keeps_balance
  ORDER BY last_id DESC LIMIT 1
) AS c ON true
LEFT JOIN LATERAL (
  SELECT sum(CASE WHEN t.credit_id = a.id THEN t.amount ELSE -t.amount END) AS total FROM ledger_journalentry AS t
  WHERE NOT a.keeps_balance AND t.id > coalesce(c.last_id, 0) AND (t.credit_id = a.id OR t.debit_id = a.id)
) AS e ON true
GROUP BY a.book_id HAVING sum(a.balance + coalesce(c.balance, 0) + coalesce(e.total, 0)) <> 0
ORDER BY a.book_id LIMIT %(limit)s
"""


def _rows(query: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, {"limit": LIMIT})
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def _named(*queries: str) -> Callable[[], list[Finding]]:
    """A check made of queries that answer (subject, detail)."""
    return lambda: [Finding(str(subject), str(detail)) for query in queries for subject, detail in _rows(query)]


def sealed() -> list[Finding]:
    """Every line and seal of every book against the hash chain."""
    return [
        Finding(f"book {book} seal {broken.number}", broken.said)
        for book in Book.objects.values_list("pk", flat=True)
        for broken in seals.verify(book_id=book)
    ]


# 1, 2 and 8 read every entry: see invariants_entries.
passes = Passes()

CHECKS: list[Check] = [
    Check(1, "debits equal credits", lambda: passes.take(1)),
    Check(2, "balances equal their entries, without a gap", lambda: passes.take(2)),
    Check(3, "nobody has less than nothing available", _named(BELOW_FLOOR, WRONG_HELD, WRONG_HOLDS)),
    Check(4, "a reversal mirrors a whole reference, once", _named(WRONG_MIRRORS, SPLIT_REVERSALS)),
    Check(8, "no entry crosses books", lambda: passes.take(8)),
    *transfers.CHECKS,
    Check(9, "statements add up and follow each other", _named(WRONG_STATEMENTS)),
    Check(10, "coins outstanding are explained", _named(OUTSTANDING)),
    Check(12, "the seals verify", sealed),
]
