"""Who may do what with seats and lessons."""

from bookings.models import Booking
from communities.actors import Actor
from communities.models import Resident


def can_book_for(actor: Actor, resident: Resident) -> bool:
    """A resident for themselves; staff for anybody of the community."""
    if resident.community_id != actor.community.pk or resident.left_at:
        return False
    return actor.is_staff or (actor.resident is not None and actor.resident.pk == resident.pk)


def can_cancel(actor: Actor, booking: Booking) -> bool:
    """Who sits in it, or staff on their behalf."""
    return can_book_for(actor, booking.resident)


def can_run_lessons(actor: Actor) -> bool:
    """Staff plan and cancel lessons and tick who came."""
    return actor.is_staff
