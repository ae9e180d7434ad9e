"""What must hold of hours, checked over the whole database by check_ledger: RELIABILITY's invariants 4, 7 and 10."""

from __future__ import annotations

from core.invariants import Check, Finding, rows
from ledger.choices import AccountKind, EntryKind

EVER_VERIFIED = "('verified', 'reversed')"

# Issued lines (the wallet's and, over its cap, the fund's) or the posted hold of the neighbour who asked.
COINS_AND_ENTRIES = f"""
WITH records AS (
    SELECT c.book_id, 'hour-record:' || r.id || ':verify' AS reference, r.coins_earned AS coins
    FROM tasks_hourrecord r JOIN communities_community c ON c.id = r.community_id
    WHERE r.state IN {EVER_VERIFIED} AND r.coins_earned > 0
), groups AS (
    SELECT e.book_id, e.reference,
        sum(e.amount) FILTER (WHERE a.kind = {AccountKind.ISSUANCE:d} OR e.hold_id IS NOT NULL) AS coins
    FROM ledger_journalentry e JOIN ledger_account a ON a.id = e.debit_id
    WHERE e.reference LIKE 'hour-record:%:verify' GROUP BY e.book_id, e.reference
)
SELECT coalesce(records.reference, groups.reference), records.coins, groups.coins
FROM records FULL JOIN groups USING (book_id, reference) WHERE records.coins IS DISTINCT FROM groups.coins
ORDER BY 1
"""  # noqa: S608  (constants)
REVERSALS_AND_MIRRORS = f"""
WITH records AS (
    SELECT c.book_id, 'hour-record:' || r.id || ':reverse' AS reference, r.coins_earned AS coins
    FROM tasks_hourrecord r JOIN communities_community c ON c.id = r.community_id
    WHERE r.state = 'reversed' AND r.coins_earned > 0
), groups AS (
    SELECT e.book_id, e.reference,
        sum(e.amount) FILTER (WHERE a.kind = {AccountKind.ISSUANCE:d} OR first.hold_id IS NOT NULL) AS coins
    FROM ledger_journalentry e JOIN ledger_account a ON a.id = e.credit_id
    LEFT JOIN ledger_journalentry first ON first.id = e.reverses_id
    WHERE e.reference LIKE 'hour-record:%:reverse' GROUP BY e.book_id, e.reference
)
SELECT coalesce(records.reference, groups.reference), records.coins, groups.coins
FROM records FULL JOIN groups USING (book_id, reference) WHERE records.coins IS DISTINCT FROM groups.coins
ORDER BY 1
"""  # noqa: S608  (constants)
# Memberships are days, decisions instants: who moved in together after a decision was not of one household then.
DECIDERS = """
WITH deciders AS (
    SELECT r.id, r.resident_id, r.service_date, d.who, d.at, (d.at AT TIME ZONE c.time_zone)::date AS day
    FROM tasks_hourrecord r JOIN communities_community c ON c.id = r.community_id
    CROSS JOIN LATERAL (VALUES (r.decided_by_id, r.decided_at), (r.first_approved_by_id, r.first_approved_at),
        (r.reversal_asked_by_id, r.reversal_asked_at), (r.reversed_by_id, r.reversed_at)) AS d (who, at)
    WHERE d.who IS NOT NULL
)
SELECT d.id, 'was decided by the resident' FROM deciders d
JOIN communities_resident r ON r.id = d.resident_id AND r.user_id = d.who
UNION
SELECT d.id, 'was decided by somebody of the household' FROM deciders d
JOIN communities_resident me ON me.user_id = d.who
JOIN communities_householdmember mine ON mine.resident_id = me.id
JOIN communities_householdmember theirs
  ON theirs.household_id = mine.household_id AND theirs.resident_id = d.resident_id
CROSS JOIN LATERAL (VALUES (d.service_date), (d.day)) AS asked (day)
WHERE mine.starts_date <= asked.day AND (mine.ends_date IS NULL OR asked.day <= mine.ends_date)
  AND theirs.starts_date <= asked.day AND (theirs.ends_date IS NULL OR asked.day <= theirs.ends_date)
  AND coalesce(greatest(mine.entered_at, theirs.entered_at) < d.at, true)
  AND theirs.resident_id <> mine.resident_id
UNION
SELECT id, 'was decided by who entered it' FROM tasks_hourrecord
WHERE entered_by_id IN (decided_by_id, first_approved_by_id)
UNION
SELECT id, 'was reversed by one person alone' FROM tasks_hourrecord WHERE reversal_asked_by_id = reversed_by_id
ORDER BY 1
"""
TOTALS = f"""
SELECT c.slug, hours.earned, hours.reversed, issuance.debits, issuance.credits
FROM communities_community c
CROSS JOIN LATERAL (
    SELECT coalesce(sum(r.coins_earned), 0) AS earned,
           coalesce(sum(r.coins_earned) FILTER (WHERE r.state = 'reversed'), 0) AS reversed
    FROM tasks_hourrecord r JOIN tasks_task t ON t.id = r.task_id
    WHERE r.community_id = c.id AND r.state IN {EVER_VERIFIED} AND t.funding = 'community'
) hours
CROSS JOIN LATERAL (
    SELECT coalesce(sum(e.amount) FILTER (WHERE e.debit_id = a.id
               AND e.kind IN ({EntryKind.HOURS:d}, {EntryKind.OVERFLOW:d})), 0) AS debits,
           coalesce(sum(e.amount) FILTER (WHERE e.credit_id = a.id AND e.kind = {EntryKind.REVERSAL:d}), 0) AS credits
    FROM ledger_account a JOIN ledger_journalentry e ON a.id IN (e.debit_id, e.credit_id)
    WHERE a.book_id = c.book_id AND a.kind = {AccountKind.ISSUANCE:d} AND e.book_id = c.book_id
) issuance
WHERE hours.earned <> issuance.debits OR hours.reversed <> issuance.credits
ORDER BY c.slug
"""  # noqa: S608  (constants)


def coins_are_entries() -> list[Finding]:
    """A record that earned coins has one group that issues them, or pays the requester's hold; another has none."""
    return [
        Finding(str(reference), f"record earned {_said(earned)}, the ledger issued {_said(issued)}")
        for reference, earned, issued in rows(COINS_AND_ENTRIES)
    ]


def reversals_are_mirrors() -> list[Finding]:
    """A reversed record has one group that takes its coins back; another has none."""
    return [
        Finding(str(reference), f"record gave back {_said(earned)}, the ledger took back {_said(taken)}")
        for reference, earned, taken in rows(REVERSALS_AND_MIRRORS)
    ]


def nobody_decides_on_their_own() -> list[Finding]:
    """Who decided is neither who served nor of the same household, nor who entered it; a reversal has two people."""
    return [Finding(f"hour-record {pk}", str(what)) for pk, what in rows(DECIDERS)]


def totals_agree() -> list[Finding]:
    """Coins of community-funded records ever verified = issuance's debits; of those reversed = its credits."""
    return [
        Finding(
            f"community {slug}", f"hours earned {earned}, issued {debits}; reversed {reversed_}, taken back {credits}"
        )
        for slug, earned, reversed_, debits, credits in rows(TOTALS)
    ]


def _said(coins: int | None) -> str:
    return "nothing" if coins is None else str(coins)


CHECKS_HOURS = [
    Check(4, "a verified hour record's coins are its entries", coins_are_entries),
    Check(4, "a reversed hour record's coins are mirrored", reversals_are_mirrors),
    Check(7, "nobody decides on their own hours or their household's", nobody_decides_on_their_own),
    Check(10, "hours verified and reversed equal issuance", totals_agree),
]
