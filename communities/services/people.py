"""What staff correct on a resident, and how a resident gets an account to sign in with."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from accounts.services.signing_in import Address, account_for
from audit.services import acting
from communities import policies
from communities.actors import Actor
from communities.errors import AccountTaken
from communities.models import Resident
from communities.services.registration import Person, age_of
from communities.services.rows import locked_resident
from core import names
from core.clock import local_date
from core.errors import NotAllowed
from core.transactions import atomic_with_retry

DETAILS = ["full_name", "surname", "pinyin", "address_form", "birth_date", "building", "door", "phone"]


@atomic_with_retry
def correct_details(*, actor: Actor, resident_id: UUID, person: Person, reason: str, now: datetime) -> Resident:
    """Staff correct what is known about a resident of their community. Raises WrongBirthDate.

    Whoever is no longer an adult by the new birth date loses the clearance for home visits.
    """
    resident = locked_resident(actor, resident_id)
    if not policies.can_see_people(actor):
        raise NotAllowed
    age_of(person, actor.community, now)
    resident.full_name = person.full_name.strip()
    resident.surname = person.surname or names.surname_of(resident.full_name)
    resident.pinyin = names.pinyin_key(resident.full_name, resident.surname)
    resident.address_form, resident.birth_date = person.address_form, person.birth_date
    resident.building, resident.door, resident.phone = person.building, person.door, person.phone or None
    if resident.is_minor_on(local_date(now, actor.community.time_zone)):
        resident.home_visits_cleared_at = resident.home_visits_cleared_by = None
    with acting(on_behalf_of=resident.pk, reason=reason):
        resident.save(update_fields=[*DETAILS, "home_visits_cleared_at", "home_visits_cleared_by"])
    return resident


@atomic_with_retry
def connect_account(*, actor: Actor, resident_id: UUID, address: Address, now: datetime) -> Resident:
    """Let a resident sign in with this number or address; the code that goes there proves it. Raises AccountTaken."""
    resident = locked_resident(actor, resident_id)
    if not policies.can_register(actor):
        raise NotAllowed
    user = account_for(address)
    taken = Resident.objects.for_community(actor.community).living_here().filter(user=user).exclude(pk=resident.pk)
    if taken.exists() or resident.user_id not in (None, user.pk):
        raise AccountTaken
    if not user.display_name:
        user.display_name = resident.full_name
        user.save(update_fields=["display_name"])
    with acting(on_behalf_of=resident.pk):
        resident.user = user
        resident.save(update_fields=["user"])
    return resident
