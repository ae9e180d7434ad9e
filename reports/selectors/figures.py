"""What reports read: a month against the last, hours by team and by month, the books' totals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Sum
from django.db.models.functions import TruncMonth

from communities.models import Community
from core.months import following, preceding
from ledger.models import JournalEntry
from rewards.choices import RedemptionState
from rewards.models import Redemption
from tasks.models import HourRecord

MONTHS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Figures:
    """One month: certified minutes, helpers, goods handed over, coins credited for hours."""

    minutes: int
    helpers: int
    collected: int
    coins: int


@dataclass(frozen=True, slots=True)
class TeamMonth:
    """A team's minutes this month and last; ``name_zh`` "" for service without a team."""

    name_zh: str
    name_en: str
    minutes: int
    before: int


@dataclass(frozen=True, slots=True)
class MonthMinutes:
    """Certified minutes of one month."""

    month: date
    minutes: int


def figures(community: Community, first: date) -> Figures:
    """The four numbers of a month, by the day of service. Two queries."""
    records = HourRecord.objects.for_community(community).credited()
    records = records.filter(service_date__gte=first, service_date__lt=following(first))
    sums = records.aggregate(
        minutes=Sum("minutes"), helpers=Count("resident", distinct=True), coins=Sum("coins_earned")
    )
    collected = Redemption.objects.for_community(community).filter(
        state=RedemptionState.COLLECTED,
        collected_at__date__gte=first,
        collected_at__date__lt=following(first),
    )
    return Figures(sums["minutes"] or 0, sums["helpers"], collected.count(), sums["coins"] or 0)


def team_months(community: Community, first: date) -> list[TeamMonth]:
    """Minutes by team in a month and the month before, the busiest first. One query."""
    before = preceding(first)
    rows = (
        HourRecord.objects.for_community(community)
        .credited()
        .filter(service_date__gte=before, service_date__lt=following(first))
        .annotate(month=TruncMonth("service_date"))
        .order_by()
        .values("month", zh=F("task__team__name_zh"), en=F("task__team__name_en"))
        .annotate(minutes=Sum("minutes"))
    )
    found: dict[tuple[str, str], dict[date, int]] = {}
    for row in rows:
        found.setdefault((row["zh"] or "", row["en"] or ""), {})[row["month"]] = row["minutes"]
    teams = [TeamMonth(zh, en, months.get(first, 0), months.get(before, 0)) for (zh, en), months in found.items()]
    return sorted(teams, key=lambda team: (-team.minutes, team.name_zh))


def minutes_by_month(community: Community, first: date) -> list[MonthMinutes]:
    """Certified minutes of the last six months, oldest first, empty ones as 0. One query."""
    months: list[date] = [first]
    while len(months) < MONTHS_SHOWN:
        months.insert(0, preceding(months[0]))
    rows = (
        HourRecord.objects.for_community(community)
        .credited()
        .filter(service_date__gte=months[0], service_date__lt=following(first))
        .annotate(month=TruncMonth("service_date"))
        .order_by()
        .values_list("month")
        .annotate(minutes=Sum("minutes"))
    )
    found = dict(rows)
    return [MonthMinutes(month, found.get(month, 0)) for month in months]


def entry_count(book_id: int) -> int:
    """Entries of a book."""
    return JournalEntry.objects.filter(book_id=book_id).count()


def changes(now: Figures, then: Figures) -> Sequence[tuple[int, int]]:
    """Each figure with the one of the month before, in the order of ``Figures``."""
    return (
        (now.minutes, then.minutes),
        (now.helpers, then.helpers),
        (now.collected, then.collected),
        (now.coins, then.coins),
    )
