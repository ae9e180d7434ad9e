"""What must hold of seats, checked over the whole database by check_ledger."""

from __future__ import annotations

from core.invariants import Check, Finding, rows

UNTRUE_PLACES = """
SELECT l.id, l.taken, l.places, count(b.id) FILTER (WHERE b.state IN ('confirmed', 'attended', 'no_show')) AS seated
FROM bookings_lesson l LEFT JOIN bookings_booking b ON b.lesson_id = l.id
GROUP BY l.id
HAVING l.taken <> count(b.id) FILTER (WHERE b.state IN ('confirmed', 'attended', 'no_show')) OR l.taken > l.places
"""
OVERLAPPING = """
SELECT a.id, b.id FROM bookings_booking a JOIN bookings_booking b
  ON b.resident_id = a.resident_id AND b.id > a.id AND b.starts_at < a.ends_at AND b.ends_at > a.starts_at
WHERE a.state IN ('confirmed', 'attended', 'no_show') AND b.state IN ('confirmed', 'attended', 'no_show')
"""
# Active 0, posted 1, released 2: the hold says what the seat says.
HOLD_DISAGREES = """
SELECT b.id, b.state, h.status FROM bookings_booking b JOIN ledger_hold h ON h.id = b.hold_id
WHERE h.status <> CASE WHEN b.paid_at IS NOT NULL THEN 1
                       WHEN b.state IN ('confirmed', 'attended', 'no_show') THEN 0 ELSE 2 END
   OR h.amount <> b.price_coins OR h.debit_id <> b.wallet_id
"""
SEATS_AND_ENTRIES = """
SELECT c.slug, s.paid, e.posted FROM communities_community c
JOIN LATERAL (SELECT coalesce(sum(b.price_coins), 0) AS paid FROM bookings_booking b
              JOIN bookings_lesson l ON l.id = b.lesson_id JOIN bookings_course o ON o.id = l.course_id
              WHERE o.community_id = c.id AND b.paid_at IS NOT NULL) s ON true
JOIN LATERAL (SELECT coalesce(sum(amount), 0) AS posted FROM ledger_journalentry
              WHERE book_id = c.book_id AND kind = 31) e ON true
WHERE s.paid <> e.posted
"""

# Reversed here ↔ a confirmed reversal in the ledger, also one that was confirmed past the services.
REVERSALS_DISAGREE = """
SELECT coalesce('booking ' || b.id, q.reference), b.reversed_at IS NOT NULL, q.status
FROM (SELECT id, reversal_id, reversed_at FROM bookings_booking
      WHERE reversal_id IS NOT NULL OR reversed_at IS NOT NULL) b
FULL JOIN (SELECT id, reference, status FROM ledger_reversalrequest WHERE reference LIKE 'booking:%') q
  ON q.id = b.reversal_id
WHERE (b.reversed_at IS NOT NULL) IS DISTINCT FROM (q.status = 1)
"""


def places_taken() -> list[Finding]:
    """`taken` is the number of live seats and never above the places."""
    return [
        Finding(f"lesson {pk}", f"taken {taken} of {places}, live seats {seated}")
        for pk, taken, places, seated in rows(UNTRUE_PLACES)
    ]


def nobody_in_two_places() -> list[Finding]:
    """No resident has two live seats at the same time."""
    return [Finding(f"booking {a}", f"overlaps booking {b}") for a, b in rows(OVERLAPPING)]


def holds_follow_seats() -> list[Finding]:
    """A live unpaid seat has an active hold, a paid one a posted hold, one given up a released hold."""
    return [
        Finding(f"booking {pk}", f"{state}, but its hold has status {status}")
        for pk, state, status in rows(HOLD_DISAGREES)
    ]


def paid_seats_are_entries() -> list[Finding]:
    """Coins of seats ever paid equal the seat entries of the book."""
    return [
        Finding(f"community {slug}", f"seats paid {paid}, entries {posted}")
        for slug, paid, posted in rows(SEATS_AND_ENTRIES)
    ]


def reversals_are_told() -> list[Finding]:
    """A seat says reversed when its reversal is confirmed, and only then."""
    return [
        Finding(subject, f"reversed: {told}, its reversal has status {status}")
        for subject, told, status in rows(REVERSALS_DISAGREE)
    ]


CHECKS = [
    Check(6, "seats in a lesson do not exceed its places", places_taken),
    Check(6, "no resident sits in two lessons at once", nobody_in_two_places),
    Check(3, "holds of seats follow the seats", holds_follow_seats),
    Check(4, "a refunded seat has a confirmed reversal", reversals_are_told),
    Check(10, "paid seats equal the ledger's seat entries", paid_seats_are_entries),
]
