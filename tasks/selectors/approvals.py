"""Who verified whose hours: for the auditor, who looks for people that approve for each other."""

from __future__ import annotations

from datetime import datetime

from communities.models import Community
from core.approvals import Approved
from core.invariants import rows
from tasks.choices.hours import HourState

VERIFIED = f"""
SELECT who, resident_id, count(*), coalesce(sum(coins_earned), 0)::bigint
FROM tasks_hourrecord
CROSS JOIN LATERAL (VALUES (decided_by_id), (first_approved_by_id)) AS approver (who)
WHERE community_id = %(community)s AND state IN ('{HourState.VERIFIED}', '{HourState.REVERSED}') AND who IS NOT NULL
  AND decided_at >= %(start)s AND decided_at < %(end)s
GROUP BY who, resident_id
"""  # noqa: S608  (constants)


def verified_pairs(community: Community, start: datetime, end: datetime) -> list[Approved]:
    """Verifier and resident, for hours credited in a half-open span, reversed since or not. One query."""
    return [Approved(*row) for row in rows(VERIFIED, {"community": community.pk, "start": start, "end": end})]
