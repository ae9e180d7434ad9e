"""What is read about people: who is found, who lives with whom, whose wallet counts on which day."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import F, Q, QuerySet, Value

from communities.choices import Wallets
from communities.models import Community, ExpiryNotice, HouseholdMember, Partnership, Resident
from core import names, phones
from ledger.selectors import DueToExpire

MIN_PHONE_TAIL = 4
MIN_TOKEN = 20
MOST_COMMUNITIES = 1000


def find_residents(*, community: Community, query: str) -> QuerySet[Resident]:
    """Residents of a community by name, pinyin, end of the phone number, member number or passbook code.

    An empty query finds all. The passbook's code is accepted alone or as the address that its QR code holds.
    """
    residents = Resident.objects.for_community(community).living_here().order_by("member_number")
    typed = phones.half_width(query).strip()
    if not typed:
        return residents
    token = typed.rstrip("/").rsplit("/", 1)[-1]
    if len(token) >= MIN_TOKEN and re.fullmatch(r"[A-Za-z0-9_-]+", token):
        return residents.filter(passbook_token=token)
    digits = re.sub(r"[\s-]", "", typed)
    if digits.isdigit():
        return residents.filter(_by_digits(digits))
    if names.is_han(typed):
        return residents.filter(full_name__contains=re.sub(r"\s", "", typed))
    key = names.plain(typed.replace("ü", "v").replace("Ü", "v"))
    return residents.filter(pinyin__contains=f"|{key}") if key else residents.none()


def residents_meant(*, community: Community, query: str) -> list[Resident]:
    """As ``find_residents``, but a whole member number means its owner, whosever phone ends in the same digits."""
    found = find_residents(community=community, query=query)
    numbered = found.filter(member_number=phones.half_width(query).strip().zfill(4))
    return list(numbered) or list(found[:2])


def _by_digits(digits: str) -> Q:
    found = Q(member_number=digits.zfill(4))
    if len(digits) >= MIN_PHONE_TAIL:
        found |= Q(phone__endswith=digits)
    return found


def partners_of(community: Community) -> list[Community]:
    """The communities with which coins may be sent now, by name."""
    rows = Partnership.objects.touching(community).accepted().select_related("community", "partner")
    return sorted((one.other(community) for one in rows), key=lambda one: one.name_zh)


def may_ask(community: Community) -> list[Community]:
    """The other communities without a live partnership with this one, those of the same street first."""
    live = Partnership.objects.touching(community).live().values_list("community_id", "partner_id")
    taken = {community.pk, *(pk for pair in live for pk in pair)}
    others = Community.objects.exclude(pk__in=taken).select_related("book", "street", "settings")
    return sorted(others[:MOST_COMMUNITIES], key=lambda one: (one.street_id != community.street_id, one.name_zh))


def same_household(user_id: int, resident_id: UUID, days: Iterable[date]) -> bool:
    """Whether the account belongs to this resident, or to somebody who lived with them on any of the days.

    The day of leaving still counts as living together.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT bool_or(communities_same_household(%s, %s, day)) FROM unnest(%s::date[]) AS day",
            [user_id, resident_id, list(days)],
        )
        return bool(cursor.fetchone()[0])


def household_ids_of(user_id: int, community: Community, day: date) -> frozenset[UUID]:
    """The residents of a community that are this account's, and those who live with them on a day."""
    own = Resident.objects.for_community(community).filter(user_id=user_id).values("pk")
    homes = HouseholdMember.objects.on(day).filter(resident__in=own).values("household")
    together = HouseholdMember.objects.on(day).filter(household__in=homes).values("resident")
    return frozenset(Resident.objects.filter(Q(pk__in=own) | Q(pk__in=together)).values_list("pk", flat=True))


def household_of(resident: Resident, day: date) -> HouseholdMember | None:
    """The membership that holds on a day, with its household, or None."""
    return HouseholdMember.objects.on(day).filter(resident=resident).select_related("household__wallet").first()


def wallet_ids_on(residents: Iterable[Resident], day: date) -> dict[UUID, int]:
    """Resident → account that hours of a day are paid to: their own, or their household's of that day."""
    people = list(residents)
    wallets = {one.pk: one.wallet_id for one in people if one.wallet_id}
    shared = HouseholdMember.objects.on(day).filter(
        resident__in=[one.pk for one in people], household__wallet__isnull=False
    )
    wallets.update(shared.values_list("resident_id", "household__wallet_id"))
    return wallets


def wallet_id_of(resident: Resident, day: date) -> int | None:
    """The account that the resident's hours of a day are paid to, None when there is none."""
    return wallet_ids_on([resident], day).get(resident.pk)


def people_of_wallets(account_ids: list[int], day: date) -> list[tuple[int, int, str | None]]:
    """(wallet, user, email) of whose wallet it is and who signs in: the resident, or the household's of that day."""
    own = Resident.objects.living_here().filter(wallet_id__in=account_ids, user__isnull=False)
    shared = HouseholdMember.objects.on(day).filter(
        household__wallet_id__in=account_ids, resident__user__isnull=False, resident__left_at__isnull=True
    )
    return [
        *own.values_list("wallet_id", "user_id", "user__email"),
        *shared.values_list("household__wallet_id", "resident__user_id", "resident__user__email"),
    ]


@dataclass(frozen=True, slots=True)
class Expiring:
    """Coins of a wallet that nobody can spend after a day."""

    coins: int
    last_day: date


def expiring_from(*, community: Community, account_id: int) -> Expiring | None:
    """What of the announced coins is still there to expire on the coming day; None when nothing will. One query."""
    if community.settings.expiry_months is None:
        return None
    announced = ExpiryNotice.objects.filter(account_id=account_id, taken=None, run__done_at=None)
    due = DueToExpire(Value(community.book_id), F("account"), F("run__through"))
    notice = announced.order_by("run__day").values_list("coins", due, "run__day").first()
    if notice is None:
        return None
    told, left, day = notice
    coins = min(told, left or 0)
    return Expiring(coins, day - timedelta(days=1)) if coins else None


def spender_wallet(resident: Resident, day: date) -> tuple[int | None, bool]:
    """The account a resident spends from on a day, and whether they may.

    In a household wallet every adult may, unless the household names who; one's own wallet is one's own.
    """
    if resident.community.settings.wallets == Wallets.RESIDENT:
        return resident.wallet_id, resident.wallet_id is not None
    member = household_of(resident, day)
    if member is None:
        return None, False
    return member.household.wallet_id, member.may_spend and not resident.is_minor_on(day)
