"""What is read of wallets between which coins move: whose they are, what is free in them, who lives off them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from communities.choices import MoveState, Wallets
from communities.models import Community, Household, HouseholdMember, HouseholdMove, Resident
from ledger.choices import AccountKind
from ledger.models import Account
from ledger.selectors import balance, system_account_id

LIVES_OFF = """
SELECT coalesce(bool_or(communities_lives_off(%s, wallet, day)), false)
FROM unnest(%s::bigint[]) AS wallet CROSS JOIN unnest(%s::date[]) AS day
"""


@dataclass(frozen=True, slots=True)
class Purse:
    """An account that coins move from or to: a household's, a resident's own, or the community's fund."""

    account_id: int
    kind: AccountKind
    household: Household | None = None
    resident: Resident | None = None

    @property
    def label(self) -> str:
        """Whose it is, by number and without a name, in the reader's language."""
        if self.household is not None:
            return _("Household %(number)s") % {"number": self.household.number}
        if self.resident is not None:
            return _("Passbook %(number)s") % {"number": self.resident.member_number}
        return _("Community fund")


def purses(account_ids: Iterable[int], *, book_id: int | None = None) -> dict[int, Purse]:
    """Account → whose it is; those of another book than ``book_id`` are left out. Three queries, however many."""
    asked = set(account_ids)
    accounts = Account.objects.filter(pk__in=asked, **({} if book_id is None else {"book_id": book_id}))
    kinds = dict(accounts.values_list("pk", "kind"))
    households = {one.wallet_id: one for one in Household.objects.filter(wallet__in=asked)}
    residents = {one.wallet_id: one for one in Resident.objects.filter(wallet__in=asked)}
    return {pk: Purse(pk, AccountKind(kind), households.get(pk), residents.get(pk)) for pk, kind in kinds.items()}


def wallet_numbered(community: Community, number: str) -> int | None:
    """The wallet of a household number, or of a member number where everybody has their own; None when there is none.

    Who has left is found as well: their coins are what is to be moved.
    """
    four = number.zfill(4)
    if community.settings.wallets == Wallets.HOUSEHOLD:
        rows = Household.objects.filter(community=community, number=four)
        return rows.values_list("wallet_id", flat=True).first()
    return Resident.objects.filter(community=community, member_number=four).values_list("wallet_id", flat=True).first()


def fund_of(community: Community) -> int:
    """The community's pot."""
    return system_account_id(community.book_id, AccountKind.FUND)


def free_coins(account_id: int) -> int:
    """What can be moved: the balance without what is held. A credit line is no coins."""
    found = balance(account_id)
    return max(0, found.balance - found.held)


def lives_off(user_id: int, account_ids: Iterable[int], days: Iterable[date]) -> bool:
    """Whether the account is of a resident who lives off one of the wallets on one of the days."""
    with connection.cursor() as cursor:
        cursor.execute(LIVES_OFF, [user_id, list(account_ids), list(days)])
        return bool(cursor.fetchone()[0])


def shared_a_household(resident: Resident, other: Resident) -> bool:
    """Whether two residents ever belonged to one household at the same time."""
    theirs = HouseholdMember.objects.filter(resident=other)
    return any(
        _overlap(mine, one)
        for mine in HouseholdMember.objects.filter(resident=resident)
        for one in theirs.filter(household_id=mine.household_id)
    )


def _overlap(a: HouseholdMember, b: HouseholdMember) -> bool:
    return (a.ends_date is None or b.starts_date < a.ends_date) and (b.ends_date is None or a.starts_date < b.ends_date)


def moves_of(community: Community) -> QuerySet[HouseholdMove]:
    """A community's moves, those that wait for a second person first, then the newest."""
    rows = HouseholdMove.objects.filter(community=community)
    return rows.select_related("asked_by", "decided_by", "reversal").order_by("-asked_at", "-pk")


def open_moves(community: Community) -> int:
    """How many wait for a second person."""
    return HouseholdMove.objects.filter(community=community, state=MoveState.ASKED).count()


def adults_of(purse: Purse, day: date) -> list[Resident]:
    """Who is told of a purse's moves: its resident, or the adults of its household on a day; of the fund nobody."""
    if purse.resident is not None:
        return [purse.resident]
    if purse.household is None:
        return []
    members = HouseholdMember.objects.on(day).filter(household=purse.household).select_related("resident")
    return [one.resident for one in members if not one.resident.is_minor_on(day)]
