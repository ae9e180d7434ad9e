"""What must hold of expiry, credit lines and write-offs, over the whole database."""

from __future__ import annotations

from django.db import connection

from core.invariants import Check, Finding

UNANNOUNCED = """
SELECT coalesce('book ' || e.book_id || ' ' || e.reference, 'notice of ' || n.reference),
  CASE WHEN n.taken IS NULL THEN 'expired without having been announced'
       WHEN e.id IS NULL THEN 'did not expire, but ' || n.taken || ' are written down'
       ELSE e.amount || ' expired, ' || n.taken || ' are written down' END
FROM (
  SELECT n.taken, format('expiry:%s-%s', n.account_id, to_char(r.day, 'YYYY-MM-DD')) AS reference
  FROM communities_expirynotice AS n JOIN communities_expiryrun AS r ON r.id = n.run_id WHERE n.taken > 0
) AS n
FULL JOIN (SELECT id, book_id, reference, amount FROM ledger_journalentry WHERE kind = 60) AS e USING (reference)
WHERE e.amount IS DISTINCT FROM n.taken LIMIT 100
"""
OTHER_LINES = """
SELECT 'book ' || a.book_id || ' account ' || a.number,
  'its floor is ' || coalesce(a.floor_target, a.floor) || ', its credit line ' || coalesce(l.coins, s.credit_line_coins)
FROM ledger_account AS a
JOIN communities_community AS c ON c.book_id = a.book_id
JOIN communities_communitysettings AS s ON s.community_id = c.id
LEFT JOIN communities_creditline AS l ON l.wallet_id = a.id
WHERE a.kind = 1 AND coalesce(a.floor_target, a.floor) <> -coalesce(l.coins, s.credit_line_coins) LIMIT 100
"""
WRITE_OFFS = """
SELECT coalesce('book ' || e.book_id || ' ' || e.reference, 'write-off ' || w.id),
  CASE WHEN w.id IS NULL THEN 'nobody asked for it' WHEN e.id IS NULL THEN 'is confirmed without an entry'
       ELSE 'entry ' || e.id || ' is of ' || e.amount || ', not of ' || w.coins || ' for this wallet' END
FROM (
  SELECT id, coins, wallet_id, 'write-off:' || id AS reference FROM communities_writeoff WHERE state = 'confirmed'
) AS w
FULL JOIN (
  SELECT t.id, t.book_id, t.reference, t.amount, r.owner_id FROM ledger_journalentry AS t
  JOIN ledger_account AS r ON r.id = t.credit_id WHERE t.kind = 61
) AS e USING (reference)
WHERE (e.amount, e.owner_id) IS DISTINCT FROM (w.coins, w.wallet_id) LIMIT 100
"""
OWN_WRITE_OFFS = """
SELECT 'write-off ' || w.id, 'user ' || who || ' lives off its wallet'
FROM communities_writeoff AS w JOIN communities_community AS c ON c.id = w.community_id
CROSS JOIN LATERAL (VALUES (w.asked_by_id, w.asked_at), (w.decided_by_id, w.decided_at)) AS d (who, moment)
WHERE w.state = 'confirmed' AND communities_lives_off(who, w.wallet_id, (moment AT TIME ZONE c.time_zone)::date)
LIMIT 100
"""


def expiry_was_announced() -> list[Finding]:
    """What expired was announced, and as much is written down as expired; the table forbids more than was told."""
    return _found(UNANNOUNCED)


def floors_are_credit_lines() -> list[Finding]:
    """Every wallet may go as far below nothing as settled, or is on its way there."""
    return _found(OTHER_LINES)


def write_offs_are_entries() -> list[Finding]:
    """Each confirmed write-off is one entry to its wallet's recovery; no such entry is without one."""
    return _found(WRITE_OFFS)


def nobody_writes_off_for_own() -> list[Finding]:
    """Neither who asked nor who confirmed lives off the wallet."""
    return _found(OWN_WRITE_OFFS)


def _found(query: str) -> list[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [Finding(str(subject), str(detail)) for subject, detail in cursor.fetchall()]


CHECKS = [
    Check(4, "a confirmed write-off is one entry", write_offs_are_entries),
    Check(7, "nobody writes off what their own household owes", nobody_writes_off_for_own),
    Check(23, "Nothing expires that was not announced", expiry_was_announced),
    Check(24, "Floors follow the credit lines", floors_are_credit_lines),
]
