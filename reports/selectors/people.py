"""Who stands behind a number: staff by their account, residents by their record or their wallet."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from accounts.models import User
from communities.models import Household, Resident


def users_named(ids: Iterable[int | None]) -> dict[int, str]:
    """Account → the name that colleagues see. One query."""
    found = User.objects.filter(pk__in={one for one in ids if one})
    return {user.pk: user.shown_name for user in found}


def residents_named(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Resident → member number and name. One query."""
    rows = Resident.objects.filter(pk__in=set(ids)).values_list("pk", "member_number", "full_name")
    return {pk: f"{number} {name}" for pk, number, name in rows}


def wallets_named(ids: Iterable[int | None]) -> dict[int, str]:
    """Wallet → whose it is: a resident's name, a household's number and members. Two queries."""
    wanted = {one for one in ids if one}
    found: dict[int, str] = dict(Resident.objects.filter(wallet__in=wanted).values_list("wallet_id", "full_name"))
    shared = Household.objects.filter(wallet__in=wanted, members__ends_date=None)
    for wallet, name in shared.values_list("wallet_id", "members__resident__full_name").order_by("pk", "members__pk"):
        if name:
            found[wallet] = f"{found[wallet]}, {name}" if wallet in found else name
    return found
