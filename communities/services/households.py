"""Households open, people join and leave. Who leaves takes their hours; the coins of a shared wallet stay in it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from communities.actors import Actor
from communities.choices import Wallets
from communities.errors import AnotherHousehold, LastSpender, NotMember, OwnHousehold
from communities.models import Community, Household, HouseholdMember, Resident
from communities.services.numbers import next_number
from communities.services.wallets import open_wallets
from core.clock import local_date
from core.errors import NotAllowed
from core.transactions import atomic_with_retry


@atomic_with_retry
def open_household(*, actor: Actor, resident_ids: list[UUID], now: datetime) -> Household:
    """A new household of these residents, none of whom belongs to another today. Staff."""
    _staff(actor)
    _not_own(actor, resident_ids)
    household = new_household(actor.community, now)
    for resident in _residents(actor, resident_ids):
        add_member(household, resident, now)
    return household


@atomic_with_retry
def join(
    *, actor: Actor, household_id: UUID, resident_id: UUID, now: datetime, may_spend: bool = True
) -> HouseholdMember:
    """A resident joins a household from today on. Raises AnotherHousehold."""
    _staff(actor)
    _not_own(actor, [resident_id], household_id)
    household = _locked(actor, household_id)
    (resident,) = _residents(actor, [resident_id])
    return add_member(household, resident, now, may_spend=may_spend)


@atomic_with_retry
def move(*, actor: Actor, household_id: UUID, resident_id: UUID, now: datetime) -> HouseholdMember:
    """A resident leaves their household and joins this one, today. Raises AnotherHousehold if it is the same.

    The coins of the household they leave stay there; the one they join is theirs to earn for from now on.
    """
    _staff(actor)
    _not_own(actor, [resident_id], household_id)
    household = _locked(actor, household_id)
    (resident,) = _residents(actor, [resident_id])
    today = local_date(now, actor.community.time_zone)
    current = HouseholdMember.objects.filter(resident=resident, ends_date__isnull=True).first()
    if current is not None and current.household_id != household.pk:
        current.ends_date = max(today, current.starts_date)
        current.save(update_fields=["ends_date"])
    return add_member(household, resident, now)


@atomic_with_retry
def leave(*, actor: Actor, household_id: UUID, resident_id: UUID, now: datetime) -> HouseholdMember:
    """A resident leaves today; today's later hours are no longer the household's.

    Where households hold the wallets they get a household of their own at once, with an empty wallet. Raises NotMember.
    """
    _staff(actor)
    _not_own(actor, [resident_id], household_id)
    household = _locked(actor, household_id)
    member = household.members.filter(resident_id=resident_id, ends_date__isnull=True).first()
    if member is None:
        raise NotMember
    member.ends_date = max(local_date(now, actor.community.time_zone), member.starts_date)
    member.save(update_fields=["ends_date"])
    if actor.community.settings.wallets == Wallets.HOUSEHOLD:
        (resident,) = _residents(actor, [resident_id])
        add_member(new_household(actor.community, now), resident, now)
    return member


@atomic_with_retry
def let_spend(*, actor: Actor, household_id: UUID, resident_ids: list[UUID], now: datetime) -> Household:
    """Name who may spend from the household's wallet, at least one adult. Staff. Raises LastSpender."""
    _staff(actor)
    _not_own(actor, [], household_id)
    household = _locked(actor, household_id)
    today = local_date(now, actor.community.time_zone)
    members = list(household.members.filter(ends_date__isnull=True).select_related("resident"))
    chosen = [one for one in members if one.resident_id in set(resident_ids) and not one.resident.is_minor_on(today)]
    if not chosen:
        raise LastSpender
    for member in members:
        if member.may_spend != (member in chosen):
            member.may_spend = member in chosen
            member.save(update_fields=["may_spend"])
    return household


def new_household(community: Community, now: datetime) -> Household:
    """An empty household with the next number, and a wallet where the community's households hold them."""
    number = next_number(community, "next_household_number")
    wallet_id = None
    if community.settings.wallets == Wallets.HOUSEHOLD:
        (wallet_id,) = open_wallets(community=community, numbers=[f"H{number}"], now=now)
    return Household.objects.create(community=community, number=number, wallet_id=wallet_id, opened_at=now)


def add_member(household: Household, resident: Resident, now: datetime, *, may_spend: bool = True) -> HouseholdMember:
    """A membership from today on, without asking who may. Raises AnotherHousehold."""
    today = local_date(now, household.community.time_zone)
    if HouseholdMember.objects.on(today).filter(resident=resident).exists():
        raise AnotherHousehold
    return HouseholdMember.objects.create(
        household=household, resident=resident, starts_date=today, entered_at=now, may_spend=may_spend
    )


def _staff(actor: Actor) -> None:
    if not actor.is_staff:
        raise NotAllowed


def _not_own(actor: Actor, resident_ids: list[UUID], household_id: UUID | None = None) -> None:
    """Who lives with whom decides who may verify for whom, and who spends from a shared wallet. Raises OwnHousehold."""
    if actor.resident is None:
        return
    own = HouseholdMember.objects.filter(resident=actor.resident, ends_date__isnull=True)
    mine = HouseholdMember.objects.filter(household__in=own.values("household"), ends_date__isnull=True)
    touched = mine.filter(Q(resident__in=resident_ids) | Q(household=household_id))
    if actor.resident.pk in resident_ids or touched.exists():
        raise OwnHousehold


def _locked(actor: Actor, household_id: UUID) -> Household:
    household = Household.objects.select_for_update(of=("self",)).get(community=actor.community, pk=household_id)
    household.community = actor.community
    return household


def _residents(actor: Actor, resident_ids: list[UUID]) -> list[Resident]:
    """The residents' rows, locked in id order. Raises Resident.DoesNotExist when one is not of this community."""
    rows = Resident.objects.for_community(actor.community).select_for_update(of=("self",))
    found = list(rows.filter(pk__in=resident_ids).order_by("pk"))
    if len(found) != len(set(resident_ids)):
        raise Resident.DoesNotExist
    for resident in found:
        resident.community = actor.community
    return found
