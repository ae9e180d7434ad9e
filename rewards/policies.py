"""Who may do what with goods and redemptions. Households are asked in the services, which know the days."""

from communities.actors import Actor
from communities.models import Resident
from rewards.models import Redemption


def can_request_for(actor: Actor, resident: Resident) -> bool:
    """A resident for themselves; staff for anybody of the community."""
    if resident.community_id != actor.community.pk or resident.left_at:
        return False
    return actor.is_staff or is_own(actor, resident)


def is_own(actor: Actor, resident: Resident) -> bool:
    """Whether the actor is this resident."""
    return actor.resident is not None and actor.resident.pk == resident.pk


def can_see(actor: Actor, redemption: Redemption) -> bool:
    """Its resident, staff and the auditor."""
    return is_own(actor, redemption.resident) or actor.is_staff or actor.is_auditor


def can_end(actor: Actor, redemption: Redemption) -> bool:
    """Undo, cancel, name a collector: its resident, or staff on their behalf."""
    return is_own(actor, redemption.resident) or actor.is_staff


def can_decide(actor: Actor) -> bool:
    """Approve and refuse: staff."""
    return actor.is_staff


def can_keep_stock(actor: Actor) -> bool:
    """Receive, count, write off, hand over: staff."""
    return actor.is_staff


def can_confirm_reversal(actor: Actor) -> bool:
    """The second person of a reversal: a manager."""
    return actor.is_manager
