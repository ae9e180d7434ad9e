"""Who said yes for whom: what the apps tell the auditor's report of pairs."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Approved:
    """An account's approvals for one resident in a span: how many, and the coins they moved."""

    user_id: int
    resident_id: UUID
    times: int
    coins: int
