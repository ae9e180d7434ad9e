"""Who stands behind a number: staff by their account, residents by their record or their wallet."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from accounts.models import User
from communities.models import HouseholdMember, Resident


def users_named(ids: Iterable[int | None]) -> dict[int, str]:
    """Account → the name that colleagues see. One query."""
    found = User.objects.filter(pk__in={one for one in ids if one})
    return {user.pk: user.shown_name for user in found}


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
