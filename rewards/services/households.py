"""Whether who decides benefits: asked for the day of the request and for today."""

from datetime import datetime

from communities.actors import Actor
from communities.models import Resident
from communities.selectors import same_household
from core.clock import local_date
from rewards import errors


def refuse_own(*, actor: Actor, resident: Resident, requested_at: datetime, now: datetime) -> None:
    """Raise OwnRedemption for the resident themselves and for their household. The database says the same."""
    zone = actor.community.time_zone
    if same_household(actor.user_id, resident.pk, {local_date(requested_at, zone), local_date(now, zone)}):
        raise errors.OwnRedemption
