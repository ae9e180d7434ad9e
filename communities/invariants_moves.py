"""What must hold of coins moved between wallets, over the whole database."""

from __future__ import annotations

from core.invariants import Check, Finding, rows

# Entry kind 51 is a move between wallets.
MOVES_WITHOUT_ENTRY = """
SELECT m.id, m.state, m.amount_coins, e.amount FROM communities_householdmove m
JOIN communities_community c ON c.id = m.community_id
LEFT JOIN ledger_journalentry e
  ON e.book_id = c.book_id AND e.reference = 'household-move:' || m.id AND e.kind = 51
WHERE (m.state = 'confirmed') <> (e.id IS NOT NULL)
   OR (e.amount, e.debit_id, e.credit_id) <> (m.amount_coins, m.from_wallet_id, m.to_wallet_id)
"""
ENTRIES_WITHOUT_MOVE = """
SELECT e.book_id, e.id, e.reference FROM ledger_journalentry e
WHERE e.kind = 51 AND NOT EXISTS (
  SELECT FROM communities_householdmove m JOIN communities_community c ON c.id = m.community_id
  WHERE c.book_id = e.book_id AND e.reference = 'household-move:' || m.id)
"""
# Reversed here ↔ a confirmed reversal in the ledger, also one that was confirmed past the services.
REVERSALS_DISAGREE = """
SELECT coalesce('move ' || m.id, q.reference), m.reversed_at IS NOT NULL, q.status
FROM (SELECT id, reversal_id, reversed_at FROM communities_householdmove
      WHERE reversal_id IS NOT NULL OR reversed_at IS NOT NULL) m
FULL JOIN (SELECT id, reference, status FROM ledger_reversalrequest
           WHERE reference LIKE 'household-move:%' AND status <> 2) q ON q.id = m.reversal_id
WHERE (m.reversed_at IS NOT NULL) IS DISTINCT FROM (q.status = 1) AND (m.reversed_at IS NOT NULL OR q.status = 1)
"""
MOVED_BY_OWN = """
SELECT DISTINCT m.id, who FROM communities_householdmove m
JOIN communities_community c ON c.id = m.community_id
LEFT JOIN ledger_reversalrequest q ON q.id = m.reversal_id AND q.status = 1
CROSS JOIN LATERAL (VALUES (m.asked_by_id, m.asked_at), (m.decided_by_id, m.decided_at),
                           (q.asked_by_id, q.asked_at), (q.decided_by_id, q.decided_at)) AS d (who, moment)
WHERE m.state = 'confirmed' AND who IS NOT NULL
  AND (communities_lives_off(who, m.from_wallet_id, (moment AT TIME ZONE c.time_zone)::date)
    OR communities_lives_off(who, m.to_wallet_id, (moment AT TIME ZONE c.time_zone)::date))
"""


def moves_are_entries() -> list[Finding]:
    """Each confirmed move is one entry of its amount and wallets; no other move is, no such entry is without one."""
    return [
        *(
            Finding(f"move {pk}", f"{state}, {amount} coins, entry {posted}")
            for pk, state, amount, posted in rows(MOVES_WITHOUT_ENTRY)
        ),
        *(
            Finding(f"book {book} entry {entry}", f"no move is called {reference}")
            for book, entry, reference in rows(ENTRIES_WITHOUT_MOVE)
        ),
    ]


def reversals_are_told() -> list[Finding]:
    """A move says reversed when its reversal is confirmed, and only then."""
    return [
        Finding(subject, f"reversed: {told}, its reversal has status {status}")
        for subject, told, status in rows(REVERSALS_DISAGREE)
    ]


def nobody_moves_for_own() -> list[Finding]:
    """Neither who asked nor who confirmed lives off one of the wallets."""
    return [Finding(f"move {pk}", f"user {user} lives off one of its wallets") for pk, user in rows(MOVED_BY_OWN)]


CHECKS = [
    Check(4, "a confirmed move between wallets is one entry", moves_are_entries),
    Check(4, "a reversed move has a confirmed reversal", reversals_are_told),
    Check(7, "nobody moves coins of their own household", nobody_moves_for_own),
]
