"""What must always hold of transfers between books, invariants 8 and 10: two equal halves, and clearing nets to zero.

Read through the partial indexes of kind 41 and from the checkpoints on, so that the size of the journal does not count.
"""

from core.invariants import Check, Finding, rows

LIMIT = 100

# Each half names the partner by its clearing account; there stands the other half: same reference, line and amount.
LONE_HALVES = """
WITH half AS (
  SELECT e.id, e.book_id, e.reference, e.line, e.amount, e.posted_at,
    coalesce(c.partner_id, d.partner_id) AS partner_id, c.partner_id IS NOT NULL AS sent,
    (c.kind = 10 AND d.kind = 1) OR (d.kind = 10 AND c.kind = 1) AS fits
  FROM ledger_journalentry AS e
  LEFT JOIN ledger_account AS d ON d.id = e.debit_id
  LEFT JOIN ledger_account AS c ON c.id = e.credit_id
  WHERE e.kind = 41
)
SELECT 'book ' || h.book_id || ' entry ' || h.id, CASE
    WHEN h.fits IS NOT TRUE THEN 'is half of a transfer, but not between a wallet and a clearing account'
    ELSE 'transfer ' || h.reference || ' of ' || h.amount || ' has no other half of this amount in book '
      || h.partner_id END
FROM half AS h
LEFT JOIN half AS o ON (o.reference, o.line, o.amount) = (h.reference, h.line, h.amount)
  AND (o.book_id, o.partner_id, o.sent, o.fits) = (h.partner_id, h.book_id, NOT h.sent, true)
WHERE h.fits IS NOT TRUE OR o.id IS NULL ORDER BY h.id LIMIT %(limit)s
"""

# balance: as readers see it, the last checkpoint and what was posted since; moved: by transfers alone.
CLEARING = """
WITH clearing AS MATERIALIZED (
  SELECT DISTINCT ON (a.id) a.id, a.book_id, a.partner_id, a.number,
    coalesce(c.balance, 0) AS balance, coalesce(c.last_id, 0) AS last_id
  FROM ledger_account AS a LEFT JOIN ledger_checkpoint AS c ON c.account_id = a.id
  WHERE a.kind = 10 ORDER BY a.id, c.last_id DESC NULLS LAST
), leg AS (
  SELECT e.id AS entry_id, e.credit_id AS id, e.amount AS delta FROM ledger_journalentry AS e
  WHERE e.credit_seq IS NULL AND e.id > (SELECT min(last_id) FROM clearing)
  UNION ALL SELECT e.id, e.debit_id, -e.amount FROM ledger_journalentry AS e
  WHERE e.debit_seq IS NULL AND e.id > (SELECT min(last_id) FROM clearing)
), since AS (
  SELECT c.id, sum(leg.delta) AS total
  FROM clearing AS c JOIN leg ON leg.id = c.id AND leg.entry_id > c.last_id GROUP BY c.id
), transfers AS (
  SELECT id, sum(delta) AS total FROM (
    SELECT credit_id AS id, amount AS delta FROM ledger_journalentry WHERE kind = 41
    UNION ALL SELECT debit_id, -amount FROM ledger_journalentry WHERE kind = 41
  ) AS moved GROUP BY id
), told AS (
  SELECT c.*, c.balance + coalesce(s.total, 0) AS now, coalesce(t.total, 0) AS moved
  FROM clearing AS c LEFT JOIN since AS s USING (id) LEFT JOIN transfers AS t USING (id)
)
"""
UNEXPLAINED = f"""{CLEARING}
SELECT 'book ' || book_id || ' account ' || number, 'balance ' || now || '; its transfers sum to ' || moved
FROM told WHERE now <> moved ORDER BY id LIMIT %(limit)s
"""  # noqa: S608  (made of constants alone)
NOT_NETTED = f"""{CLEARING}
SELECT 'book ' || a.book_id || ' account ' || a.number, CASE
    WHEN b.id IS NULL THEN 'has no account in book ' || a.partner_id || ' over against it'
    ELSE 'balance ' || a.now || '; its partner''s, in book ' || a.partner_id || ', is ' || b.now
      || ' and not ' || -a.now END
FROM told AS a LEFT JOIN told AS b ON (b.book_id, b.partner_id) = (a.partner_id, a.book_id)
WHERE b.id IS NULL OR a.now + b.now <> 0 ORDER BY a.id LIMIT %(limit)s
"""  # noqa: S608  (made of constants alone)


def _named(*queries: str) -> list[Finding]:
    return [Finding(subject, detail) for query in queries for subject, detail in rows(query, {"limit": LIMIT})]


def two_halves() -> list[Finding]:
    """Every transfer stands in the books of two partners, with the same amount."""
    return _named(LONE_HALVES)


def clearing_nets() -> list[Finding]:
    """A clearing account is its transfers, and the partner's is the same with the other sign."""
    return _named(UNEXPLAINED, NOT_NETTED)


CHECKS = [
    Check(8, "a transfer has two equal halves, in partner books", two_halves),
    Check(10, "clearing accounts are their transfers and net to zero across books", clearing_nets),
]
