"""A person becomes a resident: by themselves after signing in, or at the desk; staff then verify where they live."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from accounts.models import User
from communities import policies
from communities.actors import Actor
from communities.choices import ADULT_AGE, ALONE_ONLINE_AGE, Wallets
from communities.errors import (
    AlreadyRegistered,
    ConsentMissing,
    GuardianMissing,
    NotAdult,
    NotVerified,
    TooYoungOnline,
    WrongBirthDate,
)
from communities.models import Community, Household, Resident, RoleGrant
from communities.services import households
from communities.services.numbers import next_number
from communities.services.rows import locked_resident
from communities.services.wallets import open_wallets
from core import names
from core.clock import local_date
from core.errors import NotAllowed
from core.transactions import atomic_with_retry
from ledger.models import Account

OLDEST = 120


@dataclass(frozen=True, slots=True)
class Guardian:
    """Who consents for someone under 18. ``phone`` is E.164."""

    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Person:
    """What registration asks. ``phone`` is E.164, for staff to call."""

    full_name: str
    birth_date: date
    building: str = ""
    door: str = ""
    phone: str | None = None
    address_form: str = ""
    surname: str = ""  # only where it is not what the name's beginning says


@atomic_with_retry
def join(
    *,
    user: User,
    community: Community,
    person: Person,
    consented: bool,
    now: datetime,
    guardian: Guardian | None = None,
) -> Resident:
    """A signed-in person registers themselves; residence then waits to be verified at the desk.

    Raises TooYoungOnline under 14, GuardianMissing under 18, ConsentMissing, WrongBirthDate, AlreadyRegistered.
    """
    if age_of(person, community, now) < ALONE_ONLINE_AGE:
        raise TooYoungOnline
    if Resident.objects.for_community(community).living_here().filter(user=user).exists():
        raise AlreadyRegistered
    if not user.display_name:
        user.display_name = person.full_name.strip()
        user.save(update_fields=["display_name"])
    known = _known_at_the_desk(user, community, person)
    if known is not None:
        known.user = user
        known.save(update_fields=["user"])
        return known
    return admit(community=community, person=person, user=user, consented=consented, guardian=guardian, now=now)


def _known_at_the_desk(user: User, community: Community, person: Person) -> Resident | None:
    """Who was registered by staff with this proved number, name and birth date, and has no account yet.

    A number that staff wrote later, or of somebody who holds a role, opens no passbook: a manager connects it.
    """
    if not user.phone or user.phone_verified_at is None or RoleGrant.objects.live().filter(user=user).exists():
        return None
    known = (
        Resident.objects.for_community(community)
        .living_here()
        .select_for_update(of=("self",))
        .filter(user__isnull=True, phone=user.phone, full_name=person.full_name.strip(), birth_date=person.birth_date)
        .first()
    )
    return known if known is not None and _had_at_first(known, user.phone) else None


def _had_at_first(resident: Resident, phone: str) -> bool:
    events: Any = Resident.pgh_event_model  # type: ignore[attr-defined]
    return bool(events.objects.filter(pgh_obj_id=resident.pk, pgh_label="insert", phone=phone).exists())


@atomic_with_retry
def register_resident(
    *,
    actor: Actor,
    person: Person,
    consented: bool,
    now: datetime,
    user: User | None = None,
    guardian: Guardian | None = None,
    household_id: UUID | None = None,
) -> Resident:
    """Staff register somebody who stands at the desk, with or without a phone; their residence is verified at once.

    ``consented``: they signed the form. Raises as ``join``, without the lower age.
    """
    if not policies.can_register(actor):
        raise NotAllowed
    return admit(
        community=actor.community,
        person=person,
        user=user,
        registered_by=actor.user,
        consented=consented,
        guardian=guardian,
        household_id=household_id,
        now=now,
    )


@atomic_with_retry
def admit(
    *,
    community: Community,
    person: Person,
    consented: bool,
    now: datetime,
    user: User | None = None,
    registered_by: User | None = None,
    guardian: Guardian | None = None,
    household_id: UUID | None = None,
) -> Resident:
    """Make the resident with number, wallet and household, without asking who may.

    ``registered_by`` has seen where they live.
    Raises ConsentMissing, GuardianMissing, WrongBirthDate, AlreadyRegistered.
    """
    check_registration(community, person, guardian, consented, now)
    number = next_number(community, "next_member_number")
    resident = resident_row(
        community=community,
        person=person,
        number=number,
        user=user,
        guardian=guardian,
        registered_by=registered_by,
        now=now,
    )
    resident.wallet = _own_wallet(community, number, now)
    resident.save(force_insert=True)
    _settle_in(resident, household_id, now)
    return resident


def check_registration(
    community: Community, person: Person, guardian: Guardian | None, consented: bool, now: datetime
) -> None:
    """Refuse what cannot be registered: ConsentMissing, GuardianMissing, WrongBirthDate."""
    if not consented:
        raise ConsentMissing
    if age_of(person, community, now) < ADULT_AGE and (guardian is None or not guardian.name):
        raise GuardianMissing


def resident_row(
    *,
    community: Community,
    person: Person,
    number: str,
    user: User | None,
    guardian: Guardian | None,
    registered_by: User | None,
    now: datetime,
) -> Resident:
    """The row, not saved and without a wallet."""
    surname = person.surname or names.surname_of(person.full_name)
    return Resident(
        community=community,
        user=user,
        member_number=number,
        full_name=person.full_name.strip(),
        surname=surname,
        pinyin=names.pinyin_key(person.full_name.strip(), surname),
        address_form=person.address_form,
        birth_date=person.birth_date,
        building=person.building,
        door=person.door,
        phone=person.phone,
        registered_at=now,
        registered_by=registered_by,
        residence_verified_at=now if registered_by else None,
        residence_verified_by=registered_by,
        consented_at=now,
        guardian_name=guardian.name if guardian else "",
        guardian_phone=guardian.phone if guardian else "",
        guardian_consent_at=now if guardian else None,
    )


def _own_wallet(community: Community, number: str, now: datetime) -> Account | None:
    if community.settings.wallets != Wallets.RESIDENT:
        return None
    (wallet_id,) = open_wallets(community=community, numbers=[f"R{number}"], now=now)
    return Account.objects.get(pk=wallet_id)


def _settle_in(resident: Resident, household_id: UUID | None, now: datetime) -> None:
    if household_id is not None:
        household = Household.objects.get(community=resident.community, pk=household_id)
        households.add_member(household, resident, now)
    elif resident.community.settings.wallets == Wallets.HOUSEHOLD:
        households.add_member(households.new_household(resident.community, now), resident, now)


def age_of(person: Person, community: Community, now: datetime) -> int:
    """Completed years on the community's present day. Raises WrongBirthDate."""
    today = local_date(now, community.time_zone)
    age = Resident(birth_date=person.birth_date).age_on(today)
    if person.birth_date > today or age > OLDEST:
        raise WrongBirthDate
    return age


@atomic_with_retry
def verify_residence(*, actor: Actor, resident_id: UUID, now: datetime) -> Resident:
    """Staff have seen that the resident lives here. A second time changes nothing."""
    resident = locked_resident(actor, resident_id)
    if not policies.can_verify_residence(actor, resident):
        raise NotAllowed
    if not resident.is_verified:
        resident.residence_verified_at, resident.residence_verified_by = now, actor.user
        resident.save(update_fields=["residence_verified_at", "residence_verified_by"])
    return resident


@atomic_with_retry
def clear_for_home_visits(*, actor: Actor, resident_id: UUID, cleared: bool = True, now: datetime) -> Resident:
    """Staff let an adult resident visit homes, or take it back. Raises NotVerified, NotAdult."""
    resident = locked_resident(actor, resident_id)
    check_clearance(actor, resident, cleared=cleared, now=now)
    resident.home_visits_cleared_at = now if cleared else None
    resident.home_visits_cleared_by = actor.user if cleared else None
    resident.save(update_fields=["home_visits_cleared_at", "home_visits_cleared_by"])
    return resident


def check_clearance(actor: Actor, resident: Resident, *, cleared: bool, now: datetime) -> None:
    """Refuse to clear: NotAllowed, NotVerified, NotAdult."""
    if not policies.can_clear_for_home_visits(actor, resident):
        raise NotAllowed
    if cleared and not resident.is_verified:
        raise NotVerified
    if cleared and resident.is_minor_on(local_date(now, actor.community.time_zone)):
        raise NotAdult
