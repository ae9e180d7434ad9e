"""Rows that services lock. Of several, by id."""

from uuid import UUID

from communities.actors import Actor
from communities.models import Resident


def locked_resident(actor: Actor, resident_id: UUID) -> Resident:
    """The resident's row of the actor's own community, locked. Raises Resident.DoesNotExist."""
    resident = Resident.objects.for_community(actor.community).select_for_update(of=("self",)).get(pk=resident_id)
    resident.community = actor.community
    return resident
