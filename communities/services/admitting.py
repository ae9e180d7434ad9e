"""Many residents at once, set-based: from lists that a community kept, or for a demonstration. The rules are those of
``registration``; one that is refused stops the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.models import User
from communities import policies
from communities.actors import Actor
from communities.choices import Wallets
from communities.models import Community, Household, HouseholdMember, Resident
from communities.services import households
from communities.services.numbers import next_numbers
from communities.services.registration import Guardian, Person, check_clearance, check_registration, resident_row
from communities.services.wallets import open_wallets
from core.clock import local_date
from core.errors import NotAllowed
from core.transactions import atomic_with_retry

ROWS_A_STATEMENT = 1_000


@dataclass(frozen=True, slots=True)
class Arrival:
    """One row of a list: who, with which account to sign in, in whose care, in which household."""

    person: Person
    user: User | None = None
    guardian: Guardian | None = None
    household_id: UUID | None = None


@atomic_with_retry
def register_many(*, actor: Actor, arrivals: Sequence[Arrival], consented: bool, now: datetime) -> list[Resident]:
    """Staff register residents whose homes they have seen, all or none; answers them in order.

    ``consented``: each of them signed the form. Raises as ``registration.register_resident``.
    """
    if not policies.can_register(actor):
        raise NotAllowed
    community = actor.community
    for one in arrivals:
        check_registration(community, one.person, one.guardian, consented, now)
    residents = _rows(actor, arrivals, now)
    Resident.objects.bulk_create(residents, batch_size=ROWS_A_STATEMENT)
    _settle_in(community, residents, [one.household_id for one in arrivals], now)
    return residents


def _rows(actor: Actor, arrivals: Sequence[Arrival], now: datetime) -> list[Resident]:
    community = actor.community
    numbers = next_numbers(community, "next_member_number", len(arrivals))
    residents = [
        resident_row(
            community=community,
            person=one.person,
            number=number,
            user=one.user,
            guardian=one.guardian,
            registered_by=actor.user,
            now=now,
        )
        for one, number in zip(arrivals, numbers, strict=True)
    ]
    if community.settings.wallets == Wallets.RESIDENT:
        wallets = open_wallets(community=community, numbers=[f"R{number}" for number in numbers], now=now)
        for resident, wallet_id in zip(residents, wallets, strict=True):
            resident.wallet_id = wallet_id
    return residents


def _settle_in(
    community: Community, residents: Sequence[Resident], household_ids: Sequence[UUID | None], now: datetime
) -> None:
    """Into the household named; where households hold the wallets, else into one of their own."""
    known = Household.objects.filter(community=community).in_bulk([one for one in household_ids if one is not None])
    today = local_date(now, community.time_zone)
    members = []
    for resident, household_id in zip(residents, household_ids, strict=True):
        if household_id is not None:
            if household_id not in known:
                raise Household.DoesNotExist
            home = known[household_id]
        elif community.settings.wallets == Wallets.HOUSEHOLD:
            home = households.new_household(community, now)
        else:
            continue
        members.append(HouseholdMember(household=home, resident=resident, starts_date=today, entered_at=now))
    HouseholdMember.objects.bulk_create(members, batch_size=ROWS_A_STATEMENT)


@atomic_with_retry
def clear_many_for_home_visits(*, actor: Actor, residents: Sequence[Resident], now: datetime) -> None:
    """Staff let these adults visit homes. Raises as ``registration.clear_for_home_visits``."""
    wanted = [one.pk for one in residents]
    rows = Resident.objects.for_community(actor.community).filter(pk__in=wanted)
    locked = list(rows.select_for_update(of=("self",)).order_by("pk"))
    if len(locked) != len(set(wanted)):
        raise Resident.DoesNotExist
    for resident in locked:
        check_clearance(actor, resident, cleared=True, now=now)
    rows.update(home_visits_cleared_at=now, home_visits_cleared_by=actor.user)
