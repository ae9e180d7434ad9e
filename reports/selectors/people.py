"""Who stands behind a number: staff by their account, residents by their record or their wallet."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from communities.models import HouseholdMember, Resident
from core import names
from reports.selectors.entries import within


def users_named(ids: Iterable[int | None]) -> dict[int, str]:
    """Account → the name that colleagues see. One query."""
    found = User.objects.filter(pk__in={one for one in ids if one})
    return {user.pk: user.shown_name for user in found}


def actors_named(ids: Iterable[int | None], community_ids: Collection[int]) -> dict[int, str]:
    """The same for a reader of these communities: who belongs to none of them is masked, 汤**. One query.

    Who acts for the installation alone has no home to be a stranger from.
    """
    own = within(community_ids) | Q(grants__isnull=False, grants__community=None, grants__street=None)
    known = Exists(User.objects.filter(own, pk=OuterRef("pk")))
    found = User.objects.filter(pk__in={one for one in ids if one}).annotate(known=known)
    return {user.pk: user.shown_name if user.known else _masked(user) for user in found}


def _masked(user: User) -> str:
    return names.masked(names.surname_of(user.display_name)) if user.display_name else user.shown_name


def residents_named(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Resident → member number and name. One query."""
    rows = Resident.objects.filter(pk__in=set(ids)).values_list("pk", "member_number", "full_name")
    return {pk: f"{number} {name}" for pk, number, name in rows}


def wallets_named(ids: Iterable[int | None]) -> dict[int, str]:
    """Wallet → whose it is: a resident, or those who live in a household, by number and name. Two queries."""
    wanted = {one for one in ids if one}
    own = Resident.objects.filter(wallet__in=wanted).values_list("wallet_id", "member_number", "full_name")
    found = {wallet: f"{number} {name}" for wallet, number, name in own}
    members = HouseholdMember.objects.filter(household__wallet__in=wanted, ends_date=None).order_by("pk")
    who = members.values_list("household__wallet_id", "resident__member_number", "resident__full_name")
    for wallet, number, name in who:
        found[wallet] = f"{found[wallet]}, {number} {name}" if wallet in found else f"{number} {name}"
    return found
