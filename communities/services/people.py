"""What staff correct on a resident, and how a resident gets an account to sign in with."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.signing_in import Address, account_for
from audit.services import acting, log_view
from communities import policies
from communities.actors import Actor
from communities.errors import AccountTaken, AccountWithRole, OwnAccount, RoleHeld, SameAccount
from communities.models import Resident, RoleGrant
from communities.services.registration import Guardian, Person, age_of, register_resident
from communities.services.rows import locked_resident
from core import names
from core.clock import local_date
from core.errors import NotAllowed
from core.transactions import atomic_with_retry
from notifications.choices import Channel
from notifications.services.outbox import announce

ACCOUNT_CONNECTED = "account_connected"
ACCOUNT_DISCONNECTED = "account_disconnected"

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
def register_signing_in(
    *,
    actor: Actor,
    person: Person,
    consented: bool,
    address: Address,
    now: datetime,
    guardian: Guardian | None = None,
) -> Resident:
    """As ``register_resident``, for somebody who signs in by themselves from the first day on.

    Their passbook is empty, so any staff may. Raises as registering does, AccountTaken, AccountWithRole, OwnAccount.
    """
    resident = register_resident(actor=actor, person=person, consented=consented, guardian=guardian, now=now)
    return _connect(actor, resident, address, now)


@atomic_with_retry
def connect_account(*, actor: Actor, resident_id: UUID, address: Address, now: datetime) -> Resident:
    """A manager lets a resident sign in with this number or address; the code that goes there proves it.

    Who holds it can spend from the passbook. Raises AccountTaken, AccountWithRole, OwnAccount.
    """
    resident = locked_resident(actor, resident_id)
    if not policies.can_connect_account(actor):
        raise NotAllowed
    return _connect(actor, resident, address, now)


@atomic_with_retry
def replace_account(*, actor: Actor, resident_id: UUID, address: Address, now: datetime) -> Resident:
    """A manager connects another account of a resident who came in person, having lost the number of the old one.

    The old account keeps what it has elsewhere, and is told in every way there is. Raises as connecting does, RoleHeld,
    SameAccount.
    """
    resident = locked_resident(actor, resident_id)
    if not policies.can_connect_account(actor):
        raise NotAllowed
    old_id, resident.user = resident.user_id, None
    if old_id is not None and RoleGrant.objects.live().filter(user=old_id).exists():
        raise RoleHeld
    _connect(actor, resident, address, now)
    if resident.user_id == old_id:
        raise SameAccount
    announce(
        kind=ACCOUNT_DISCONNECTED,
        subject=f"resident:{resident.pk}:account",
        recipient_user_id=old_id,
        due_at=now,
        payload={"place_zh": actor.community.name_zh, "place_en": actor.community.name_en},
        channels=(Channel.INBOX, Channel.EMAIL, Channel.SMS),
    )
    return resident


def _connect(actor: Actor, resident: Resident, address: Address, now: datetime) -> Resident:
    user = account_for(address)
    _must_be_free(actor, resident, user)
    log_view(viewer_id=actor.user_id, kind="resident", record_id=resident.pk, community_id=actor.community.pk, now=now)
    if not user.display_name:
        user.display_name = resident.full_name
        user.save(update_fields=["display_name"])
    with acting(on_behalf_of=resident.pk, reason=_("Account connected")):
        resident.user = user
        resident.save(update_fields=["user"])
    announce(
        kind=ACCOUNT_CONNECTED,
        subject=f"resident:{resident.pk}:account",
        recipient_user_id=user.pk,
        due_at=now,
        payload={"place_zh": actor.community.name_zh, "place_en": actor.community.name_en},
    )
    return resident


def _must_be_free(actor: Actor, resident: Resident, user: User) -> None:
    """Raises OwnAccount, AccountWithRole, AccountTaken: nobody who works here gets at another person's passbook."""
    if user.pk == actor.user_id:
        raise OwnAccount
    if RoleGrant.objects.live().filter(user=user).exists():
        raise AccountWithRole
    taken = Resident.objects.for_community(actor.community).living_here().filter(user=user).exclude(pk=resident.pk)
    if taken.exists() or resident.user_id not in (None, user.pk):
        raise AccountTaken
