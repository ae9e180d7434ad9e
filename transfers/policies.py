"""Who may do what with transfers. Households are asked in the services, which know the days."""

from communities.actors import Actor
from communities.models import Resident
from transfers.models import Transfer


def is_own(actor: Actor, resident: Resident) -> bool:
    """Whether the actor is this resident, in this community."""
    return actor.resident is not None and actor.resident.pk == resident.pk


def can_send_for(actor: Actor, resident: Resident) -> bool:
    """A resident for themselves; staff for anybody of the community, also for who has moved away."""
    return resident.community_id == actor.community.pk and (actor.is_staff or is_own(actor, resident))


def can_see(actor: Actor, transfer: Transfer) -> bool:
    """On either side its resident, staff and the auditor; where it goes to, only once it is sent."""
    here = actor.community.pk
    if here == transfer.community_id:
        return actor.is_staff or actor.is_auditor or is_own(actor, transfer.resident)
    arrived = here == transfer.partner_id and transfer.sent_at is not None
    return arrived and (actor.is_staff or actor.is_auditor or is_own(actor, transfer.payee))


def can_decide(actor: Actor, transfer: Transfer) -> bool:
    """Approve and refuse: staff where the coins come from."""
    return actor.is_staff and transfer.community_id == actor.community.pk


def can_cancel(actor: Actor, transfer: Transfer) -> bool:
    """Take a request back: its resident, or staff on their behalf."""
    return can_send_for(actor, transfer.resident) and transfer.community_id == actor.community.pk
