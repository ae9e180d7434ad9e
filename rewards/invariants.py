"""What must hold of stock and redemptions, checked over the whole database by check_ledger."""

from __future__ import annotations

from core.invariants import Check, Finding, rows

# Hold: active 0, posted 1, released 2, expired 3. Entry kind 30 is a redemption.
ENDS_ONCE = """
SELECT r.id, r.state, h.status FROM rewards_redemption r JOIN ledger_hold h ON h.id = r.hold_id
WHERE h.status <> CASE r.state WHEN 'requested' THEN 0 WHEN 'ready' THEN 0 WHEN 'collected' THEN 1
                               WHEN 'expired' THEN 3 ELSE 2 END
   OR h.amount <> r.amount_coins OR h.debit_id <> r.wallet_id
"""
COLLECTED_WITHOUT_ENTRY = """
SELECT r.id, r.amount_coins, e.amount FROM rewards_redemption r
LEFT JOIN ledger_journalentry e ON e.hold_id = r.hold_id AND e.kind = 30
WHERE (r.state = 'collected') <> (e.id IS NOT NULL) OR e.amount <> r.amount_coins OR e.debit_id <> r.wallet_id
"""
COLLECTED_AND_REDEEMED = """
SELECT c.slug, r.collected, e.posted FROM communities_community c
JOIN LATERAL (SELECT coalesce(sum(amount_coins), 0) AS collected FROM rewards_redemption
              WHERE community_id = c.id AND state = 'collected') r ON true
JOIN LATERAL (SELECT coalesce(sum(amount), 0) AS posted FROM ledger_journalentry
              WHERE book_id = c.book_id AND kind = 30) e ON true
WHERE r.collected <> e.posted
"""
# Reversed here ↔ a confirmed reversal in the ledger, also one that was confirmed past the services.
REVERSALS_DISAGREE = """
SELECT coalesce('redemption ' || r.id, q.reference), r.reversed_at IS NOT NULL, q.status
FROM (SELECT id, reversal_id, reversed_at FROM rewards_redemption
      WHERE reversal_id IS NOT NULL OR reversed_at IS NOT NULL) r
FULL JOIN (SELECT id, reference, status FROM ledger_reversalrequest WHERE reference LIKE 'redemption:%') q
  ON q.id = r.reversal_id
WHERE (r.reversed_at IS NOT NULL) IS DISTINCT FROM (q.status = 1)
"""
DECIDED_BY_OWN = """
SELECT r.id, decider FROM rewards_redemption r
JOIN communities_community c ON c.id = r.community_id
CROSS JOIN LATERAL (VALUES (r.approved_by_id, r.approved_at), (r.second_approved_by_id, r.second_approved_at),
                           (r.handed_over_by_id, r.collected_at)) AS d (decider, moment)
WHERE decider IS NOT NULL
  AND (communities_same_household(decider, r.resident_id, (r.requested_at AT TIME ZONE c.time_zone)::date, moment)
    OR communities_same_household(decider, r.resident_id, (moment AT TIME ZONE c.time_zone)::date, moment))
"""
UNTRUE_SHELF = """
SELECT w.id, w.on_hand, m.moved, w.reserved, r.promised FROM rewards_reward w
JOIN LATERAL (SELECT coalesce(sum(quantity), 0) AS moved FROM rewards_stockmovement WHERE reward_id = w.id) m ON true
JOIN LATERAL (SELECT coalesce(sum(quantity), 0) AS promised FROM rewards_redemption
              WHERE reward_id = w.id AND state IN ('requested', 'ready')) r ON true
WHERE w.on_hand <> m.moved OR w.reserved <> r.promised OR NOT (0 <= w.reserved AND w.reserved <= w.on_hand)
"""
HANDED_OVER_WITHOUT_MOVEMENT = """
SELECT r.id, r.quantity, coalesce(-m.quantity, 0) FROM rewards_redemption r
LEFT JOIN rewards_stockmovement m ON m.redemption_id = r.id AND m.kind = 'handed_over'
WHERE (r.state = 'collected') <> (m.id IS NOT NULL) OR -m.quantity <> r.quantity
"""


def redemptions_end_once() -> list[Finding]:
    """Each redemption's hold stands as its state says, over the same amount and wallet."""
    return [
        Finding(f"redemption {pk}", f"{state}, but its hold has status {status}")
        for pk, state, status in rows(ENDS_ONCE)
    ]


def collected_are_entries() -> list[Finding]:
    """Each collected redemption is one entry of its amount; no other redemption is."""
    return [
        Finding(f"redemption {pk}", f"{amount} coins, entry {posted}")
        for pk, amount, posted in rows(COLLECTED_WITHOUT_ENTRY)
    ]


def collected_equals_redeemed() -> list[Finding]:
    """Coins of all collected redemptions equal the book's redemption entries."""
    return [
        Finding(f"community {slug}", f"collected {collected}, entries {posted}")
        for slug, collected, posted in rows(COLLECTED_AND_REDEEMED)
    ]


def reversals_are_told() -> list[Finding]:
    """A redemption says reversed when its reversal is confirmed, and only then."""
    return [
        Finding(subject, f"reversed: {told}, its reversal has status {status}")
        for subject, told, status in rows(REVERSALS_DISAGREE)
    ]


def nobody_decides_for_own() -> list[Finding]:
    """Who approved or handed over neither benefits nor lives with who does."""
    return [
        Finding(f"redemption {pk}", f"decided by user {user} of the same household")
        for pk, user in rows(DECIDED_BY_OWN)
    ]


def shelf_is_true() -> list[Finding]:
    """On hand is the sum of movements, reserved that of live redemptions, and 0 <= reserved <= on hand."""
    return [
        Finding(f"goods {pk}", f"on hand {on_hand}, movements {moved}; reserved {reserved}, live {promised}")
        for pk, on_hand, moved, reserved, promised in rows(UNTRUE_SHELF)
    ]


def handed_over_is_moved() -> list[Finding]:
    """What was collected left the shelf, once, in its number."""
    return [
        Finding(f"redemption {pk}", f"quantity {quantity}, moved {moved}")
        for pk, quantity, moved in rows(HANDED_OVER_WITHOUT_MOVEMENT)
    ]


CHECKS = [
    Check(5, "a redemption ends once, and its hold with it", redemptions_end_once),
    Check(5, "a collected redemption is one entry", collected_are_entries),
    Check(10, "collected redemptions equal the ledger's redemption entries", collected_equals_redeemed),
    Check(4, "a reversed redemption has a confirmed reversal", reversals_are_told),
    Check(7, "nobody approves or hands over for their own household", nobody_decides_for_own),
    Check(13, "stock on hand equals movements, reserved equals live redemptions", shelf_is_true),
    Check(13, "what was collected left the shelf", handed_over_is_moved),
]
