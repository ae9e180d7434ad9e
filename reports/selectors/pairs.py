"""Who approved with whom: pairs by how much of one's approvals goes to one person, so that a ring is seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Count, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from communities.models import Community, Resident
from core.approvals import Approved
from ledger.models import JournalEntry, ReversalRequest
from reports.selectors.people import residents_named, users_named
from reports.selectors.reversals import BESIDE
from rewards.selectors import approved_pairs
from tasks.selectors.approvals import verified_pairs

W = TypeVar("W", UUID, int)
CONCENTRATED = 25  # percent of one's approvals for one person that are worth a look
FEW = 3  # fewer approvals say nothing


@dataclass(frozen=True, slots=True)
class Pair:
    """One who said yes, and for whom. Shares in percent of coins: of all that they approved, of all that came so."""

    who: int
    whom: UUID | int
    hours: int
    redemptions: int
    coins: int
    share: int
    share_of_whom: int
    mutual: bool

    @property
    def times(self) -> int:
        """Approvals together."""
        return self.hours + self.redemptions

    @property
    def flagged(self) -> bool:
        """Worth a look: concentrated, or each for the other."""
        return self.times >= FEW and (self.share >= CONCENTRATED or self.mutual)


@dataclass(frozen=True, slots=True)
class _Sums:
    hours: int = 0
    redemptions: int = 0
    coins: int = 0

    def plus(self, *, hours: int = 0, redemptions: int = 0, coins: int = 0) -> _Sums:
        return _Sums(self.hours + hours, self.redemptions + redemptions, self.coins + coins)


def approval_pairs(community: Community, start: datetime, end: datetime) -> list[Pair]:
    """Verifiers, approvers and the desk with those they approved for, what is worth a look first. Three queries."""
    sums: dict[tuple[int, UUID], _Sums] = defaultdict(_Sums)
    for one in verified_pairs(community, start, end):
        sums[_key(one)] = sums[_key(one)].plus(hours=one.times, coins=one.coins)
    for one in approved_pairs(community, start, end):
        sums[_key(one)] = sums[_key(one)].plus(redemptions=one.times, coins=one.coins)
    return _ranked(_pairs(sums, _mutual(community, sums)))


def reversal_pairs(book_id: int, start: datetime, end: datetime) -> list[Pair]:
    """Who asked and who confirmed, with the coins of what was reversed. One query."""
    lines = JournalEntry.objects.filter(book_id=OuterRef("book_id"), reference=OuterRef("reference"))
    coins = lines.exclude(kind__in=BESIDE).order_by().values("reference").annotate(sum=Sum("amount")).values("sum")
    decided = ReversalRequest.objects.filter(book_id=book_id, decided_at__gte=start, decided_at__lt=end)
    rows = (
        decided.annotate(coins=Coalesce(Subquery(coins), 0))
        .order_by()
        .values_list("asked_by_id", "decided_by_id")
        .annotate(times=Count("pk"), total=Sum("coins"))
    )
    sums = {(who, whom): _Sums(redemptions=times, coins=total or 0) for who, whom, times, total in rows}
    both = {(who, whom) for who, whom in sums if (whom, who) in sums}
    return _ranked(_pairs(sums, both))


def named(pairs: Sequence[Pair]) -> tuple[dict[int, str], dict[UUID, str]]:
    """Names of the accounts and of the residents in these pairs. Two queries."""
    accounts = {one.who for one in pairs} | {one.whom for one in pairs if isinstance(one.whom, int)}
    return users_named(accounts), residents_named(one.whom for one in pairs if isinstance(one.whom, UUID))


def _key(one: Approved) -> tuple[int, UUID]:
    return one.user_id, one.resident_id


def _mutual(community: Community, keys: Iterable[tuple[int, UUID]]) -> set[tuple[int, UUID]]:
    """Pairs that exist the other way round too: staff who live here approve for each other."""
    wanted = list(keys)
    staff = {user for user, _resident in wanted}
    people = Resident.objects.for_community(community).filter(Q(user__in=staff))
    home = dict(people.values_list("pk", "user_id"))
    by_user = {user: resident for resident, user in home.items()}
    known = set(wanted)
    return {(user, one) for user, one in wanted if (home.get(one), by_user.get(user)) in known}


def _pairs(sums: Mapping[tuple[int, W], _Sums], mutual: set[tuple[int, W]]) -> list[Pair]:
    by_who: dict[int, int] = defaultdict(int)
    by_whom: dict[UUID | int, int] = defaultdict(int)
    for (who, whom), one in sums.items():
        by_who[who] += one.coins
        by_whom[whom] += one.coins
    return [
        Pair(
            who=who,
            whom=whom,
            hours=one.hours,
            redemptions=one.redemptions,
            coins=one.coins,
            share=_percent(one.coins, by_who[who]),
            share_of_whom=_percent(one.coins, by_whom[whom]),
            mutual=(who, whom) in mutual,
        )
        for (who, whom), one in sums.items()
    ]


def _ranked(pairs: list[Pair]) -> list[Pair]:
    return sorted(pairs, key=_rank)


def _rank(one: Pair) -> tuple[Any, ...]:
    looked_at = (not one.flagged, not (one.flagged and one.mutual))
    return (*looked_at, -one.share, -one.coins, -one.times, one.who, str(one.whom))


def _percent(part: int, whole: int) -> int:
    return round(100 * part / whole) if whole else 0
