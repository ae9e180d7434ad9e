"""What must hold of transfers and their place in the ledger, checked over the whole database by check_ledger."""

from __future__ import annotations

from core.invariants import Check, Finding, rows

# Hold: active 0, posted 1, released 2, expired 3. The book stands first, so that a doubt pauses it alone.
HOLDS_DISAGREE = """
SELECT h.book_id, t.id, t.state, h.status FROM transfers_transfer t JOIN ledger_hold h ON h.id = t.hold_id
WHERE h.status <> CASE t.state WHEN 'requested' THEN 0 WHEN 'sent' THEN 1 WHEN 'expired' THEN 3 ELSE 2 END
   OR h.amount <> t.amount_coins OR h.debit_id <> t.wallet_id
"""
# One half in the payer's book, of the transfer's amount and wallet, and one in the payee's; none where it was not sent.
HALVES_DISAGREE = """
SELECT coalesce('transfer ' || t.id, 'book ' || e.book_id || ' entry ' || e.id), t.amount_coins, e.amount
FROM (
  SELECT 'transfer:' || x.id || ':send' AS reference, c.book_id, x.* FROM transfers_transfer x
  JOIN LATERAL (VALUES (x.community_id, true), (x.partner_id, false)) AS side (community_id, out) ON true
  JOIN communities_community c ON c.id = side.community_id WHERE x.state = 'sent'
) t
FULL JOIN (SELECT * FROM ledger_journalentry WHERE kind = 41) e ON (e.reference, e.book_id) = (t.reference, t.book_id)
WHERE t.id IS NULL OR e.id IS NULL OR e.amount <> t.amount_coins
   OR (e.debit_id <> t.wallet_id AND e.credit_id <> t.payee_wallet_id)
"""
DECIDED_BY_OWN = """
SELECT t.id, decider FROM transfers_transfer t
JOIN communities_community c ON c.id = t.community_id
CROSS JOIN LATERAL (VALUES (CASE WHEN t.via = 'staff' THEN t.asked_by_id END, t.asked_at),
                           (t.approved_by_id, t.approved_at)) AS d (decider, moment)
CROSS JOIN LATERAL (VALUES (t.resident_id), (t.payee_id)) AS p (party)
WHERE decider IS NOT NULL
  AND (communities_same_household(decider, party, (t.asked_at AT TIME ZONE c.time_zone)::date, moment)
    OR communities_same_household(decider, party, (moment AT TIME ZONE c.time_zone)::date, moment))
"""


def holds_agree() -> list[Finding]:
    """The hold of each transfer that waited stands as its state says, over the same amount and wallet."""
    return [
        Finding(f"book {book} transfer {pk}", f"{state}, but its hold has status {status}")
        for book, pk, state, status in rows(HOLDS_DISAGREE)
    ]


def sent_are_entries() -> list[Finding]:
    """Each transfer that was sent is its two halves in the ledger; no other half is."""
    return [Finding(subject, f"sent {coins}, entry {amount}") for subject, coins, amount in rows(HALVES_DISAGREE)]


def nobody_decides_for_own() -> list[Finding]:
    """Staff who entered or approved a transfer are of neither household."""
    return [
        Finding(f"transfer {pk}", f"decided by user {user} of a household it is about")
        for pk, user in rows(DECIDED_BY_OWN)
    ]


CHECKS = [
    Check(3, "a transfer's hold stands as its state says", holds_agree),
    Check(10, "transfers sent equal the ledger's halves", sent_are_entries),
    Check(7, "nobody enters or approves a transfer of their own household", nobody_decides_for_own),
]
