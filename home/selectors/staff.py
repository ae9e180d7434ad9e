"""Staff today: what is urgent, what begins, what waits for a decision, and the month against the last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, F, Q, QuerySet, Sum

from communities.models import Community, Resident
from core.clock import local_date
from ledger.models import Book
from rewards.choices import RedemptionState
from rewards.models import Redemption
from tasks.choices import HOLDS_A_PLACE, HelpState
from tasks.models import HelpRequest, HourRecord, Shift
from tasks.selectors.hours import count_to_verify

SHOWN = 6
STARTING_WITHIN = timedelta(hours=2)
URGENT_WITHIN = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """One month by the day of service: minutes, helpers; and goods handed over."""

    minutes: int
    helpers: int
    collected: int


@dataclass(frozen=True, slots=True)
class StaffToday:
    """Counts, the first few of each kind, and two months."""

    urgent_count: int
    starting_count: int
    to_verify: int
    to_approve: int
    to_collect: int
    calls: int
    newcomers: int
    urgent: list[Shift]
    starting: list[Shift]
    waiting_calls: list[HelpRequest]
    this_month: MonthFigures
    last_month: MonthFigures
    spending_paused_at: datetime | None


def staff_today(*, community: Community, now: datetime) -> StaffToday:
    """The day of one community. Twelve queries at any size."""
    today = local_date(now, community.time_zone)
    first = today.replace(day=1)
    urgent, starting = _urgent(community, now), _starting(community, now)
    redemptions = _redemption_counts(community)
    calls = HelpRequest.objects.for_community(community).filter(state=HelpState.WAITING)
    return StaffToday(
        urgent_count=urgent.count(),
        starting_count=starting.count(),
        to_verify=count_to_verify(community),
        to_approve=redemptions.get(RedemptionState.REQUESTED, 0),
        to_collect=redemptions.get(RedemptionState.READY, 0),
        calls=calls.count(),
        newcomers=Resident.objects.for_community(community).living_here().filter(residence_verified_at=None).count(),
        urgent=list(urgent[:SHOWN]),
        starting=list(starting[:SHOWN]),
        waiting_calls=list(calls.select_related("resident").order_by("created_at")[:SHOWN]),
        this_month=_month(community, first),
        last_month=_month(community, (first - timedelta(days=1)).replace(day=1)),
        spending_paused_at=Book.objects.values_list("spending_paused_at", flat=True).get(pk=community.book_id),
    )


def _urgent(community: Community, now: datetime) -> QuerySet[Shift]:
    return (
        Shift.objects.for_community(community)
        .open(now)
        .filter(task__urgent=True, taken__lt=F("places"), starts_at__lt=now + URGENT_WITHIN)
        .select_related("task")
        .order_by("starts_at")
    )


def _starting(community: Community, now: datetime) -> QuerySet[Shift]:
    checked_in = Q(sign_ups__attendance__checked_in_at__isnull=False, sign_ups__state__in=HOLDS_A_PLACE)
    return (
        Shift.objects.for_community(community)
        .open(now)
        .filter(starts_at__lt=now + STARTING_WITHIN)
        .select_related("task")
        .annotate(here=Count("sign_ups", filter=checked_in))
        .order_by("starts_at")
    )


def _redemption_counts(community: Community) -> dict[str, int]:
    rows = Redemption.objects.for_community(community).order_by().values_list("state").annotate(count=Count("pk"))
    return dict(rows.filter(state__in=(RedemptionState.REQUESTED, RedemptionState.READY)))


def _month(community: Community, first: date) -> MonthFigures:
    following = (first + timedelta(days=32)).replace(day=1)
    records = HourRecord.objects.for_community(community).credited()
    records = records.filter(service_date__gte=first, service_date__lt=following)
    sums = records.aggregate(minutes=Sum("minutes"), helpers=Count("resident", distinct=True))
    collected = Redemption.objects.for_community(community).filter(
        state=RedemptionState.COLLECTED, collected_at__date__gte=first, collected_at__date__lt=following
    )
    return MonthFigures(sums["minutes"] or 0, sums["helpers"], collected.count())
