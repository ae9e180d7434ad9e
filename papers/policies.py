"""Who may open a passbook."""

from __future__ import annotations

from communities.actors import Actor
from communities.models import Resident


def can_open_passbook(actor: Actor, resident: Resident) -> bool:
    """The resident; staff of their community, who print it for those without a phone; its auditors."""
    if resident.community_id != actor.community.pk:
        return False
    if actor.resident is not None and actor.resident.pk == resident.pk:
        return True
    return actor.is_staff or actor.is_auditor
