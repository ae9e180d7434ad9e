"""A book's year in figures: people and hours, coins by kind and month, opening + in − out = closing, and its proofs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from audit.models import CheckRun
from audit.selectors import checks_between
from communities.models import Community, Resident
from core.months import between
from ledger.choices import AccountKind, EntryKind, ReversalStatus
from ledger.models import Book, JournalEntry, ReversalRequest, Seal
from ledger.selectors import Outstanding, outstanding_in, trial_balance
from reports.selectors.books import concerns
from reports.selectors.reversals import BESIDE
from rewards.choices import RedemptionState
from rewards.models import Redemption
from tasks.models import HourRecord

TERMS = (
    (AccountKind.ISSUANCE, 1),
    (AccountKind.OPENING, 1),
    (AccountKind.RECOVERY, 1),
    (AccountKind.REDEEMED, -1),
    (AccountKind.EXPIRED, -1),
    (AccountKind.SETTLED, -1),
    (AccountKind.CLEARING, -1),
)
HOLDERS = (AccountKind.WALLET, AccountKind.FUND, AccountKind.MERCHANT)


@dataclass(frozen=True, slots=True)
class Service:
    """Certified hours of a month, or of the year (``month`` None)."""

    month: date | None
    services: int
    minutes: int
    helpers: int
    coins: int


@dataclass(frozen=True, slots=True)
class Movement:
    """A term of the formula: at the beginning, within the year, at the end; ``sign`` as the formula adds it."""

    kind: AccountKind
    sign: int
    opening: int
    closing: int

    @property
    def change(self) -> int:
        """Within the year."""
        return self.closing - self.opening


@dataclass(frozen=True, slots=True)
class KindYear:
    """Coins and entries of one kind, by month."""

    kind: EntryKind
    entries: int
    months: list[int]

    @property
    def coins(self) -> int:
        """Of the year."""
        return sum(self.months)


@dataclass(frozen=True, slots=True)
class Checks:
    """How often the books were checked in the year, how often something did not hold in this one, and the last time."""

    runs: int
    broken: int
    last_at: datetime | None
    last_checks: int
    last_broken: int


@dataclass(frozen=True, slots=True)
class Year:
    """Everything that the yearly report says. ``through`` is its last day: the present one while the year goes on."""

    year: int
    through: date
    residents: int
    service: Service
    service_months: list[Service]
    handed_over: int
    kinds: list[KindYear]
    movements: list[Movement]
    opening: Outstanding
    closing: Outstanding
    entries: int
    reversals: int
    reversed_coins: int
    declined: int
    lent: int
    repaid: int
    written_off: int
    checks: Checks
    seal: Seal | None

    @property
    def holders(self) -> list[Movement]:
        """Who has the coins, at the beginning and at the end."""
        return [Movement(kind, 1, self.opening.of(kind), self.closing.of(kind)) for kind in HOLDERS]


def year_of(book: Book, community: Community, year: int, today: date) -> Year:
    """The figures of a year up to today at most. Fourteen queries, however much was done."""
    first = date(year, 1, 1)
    end = min(date(year + 1, 1, 1), today + timedelta(days=1))
    begins, ends = (datetime.combine(day, time(), ZoneInfo(book.time_zone)) for day in (first, end))
    opening = outstanding_in(trial_balance(book.pk, on=first - timedelta(days=1)))
    closing = outstanding_in(trial_balance(book.pk, on=end - timedelta(days=1)))
    records = HourRecord.objects.for_community(community).credited()
    records = records.filter(service_date__gte=first, service_date__lt=end)
    kinds = _kinds(book.pk, first, end)
    asked = ReversalRequest.objects.filter(book=book, decided_at__gte=begins, decided_at__lt=ends)
    coins = {one.kind: one.coins for one in kinds}
    return Year(
        year=year,
        through=end - timedelta(days=1),
        residents=Resident.objects.for_community(community)
        .filter(Q(left_at=None) | Q(left_at__gte=ends), registered_at__lt=ends)
        .count(),
        service=_service(records),
        service_months=_service_months(records, first),
        handed_over=Redemption.objects.for_community(community)
        .filter(state=RedemptionState.COLLECTED, collected_at__gte=begins, collected_at__lt=ends, reversed_at=None)
        .count(),
        kinds=kinds,
        movements=[Movement(kind, sign, opening.of(kind), closing.of(kind)) for kind, sign in TERMS],
        opening=opening,
        closing=closing,
        entries=sum(one.entries for one in kinds),
        reversals=asked.filter(status=ReversalStatus.CONFIRMED).count(),
        reversed_coins=_reversed_coins(book.pk, first, end),
        declined=asked.filter(status=ReversalStatus.DECLINED).count(),
        lent=coins.get(EntryKind.RECOVERY_ADVANCE, 0),
        repaid=coins.get(EntryKind.RECOVERY_REPAID, 0),
        written_off=coins.get(EntryKind.WRITE_OFF, 0),
        checks=_checks(book.pk, begins, ends),
        seal=Seal.objects.filter(book=book, day__lt=end).defer("digests").order_by("-number").first(),
    )


def _service(records: QuerySet[HourRecord]) -> Service:
    sums = records.aggregate(
        services=Count("pk"),
        minutes=Sum("minutes"),
        helpers=Count("resident", distinct=True),
        coins=Sum("coins_earned"),
    )
    return Service(None, sums["services"], sums["minutes"] or 0, sums["helpers"], sums["coins"] or 0)


def _service_months(records: QuerySet[HourRecord], first: date) -> list[Service]:
    rows = (
        records.annotate(month=TruncMonth("service_date"))
        .order_by()
        .values_list("month")
        .annotate(Count("pk"), Sum("minutes"), Count("resident", distinct=True), Sum("coins_earned"))
    )
    found = {month: Service(month, *figures) for month, *figures in rows}
    return [found.get(month, Service(month, 0, 0, 0, 0)) for month in between(first, first.replace(month=12))]


def _kinds(book_id: int, first: date, end: date) -> list[KindYear]:
    rows = (
        JournalEntry.objects.filter(book_id=book_id, booked_date__gte=first, booked_date__lt=end)
        .annotate(month=TruncMonth("booked_date"))
        .order_by()
        .values_list("kind", "month")
        .annotate(Count("pk"), Sum("amount"))
    )
    counts: dict[int, int] = {}
    coins: dict[int, list[int]] = {}
    for kind, month, entries, amount in rows:
        counts[kind] = counts.get(kind, 0) + entries
        coins.setdefault(kind, [0] * 12)[month.month - 1] += amount
    return [KindYear(EntryKind(kind), counts[kind], coins[kind]) for kind in sorted(coins)]


def _reversed_coins(book_id: int, first: date, end: date) -> int:
    """Coins given back by mirrors, without the lines that only move what a wallet owes."""
    mirrors = JournalEntry.objects.filter(
        book_id=book_id, kind=EntryKind.REVERSAL, booked_date__gte=first, booked_date__lt=end
    )
    return int(mirrors.exclude(reverses__kind__in=BESIDE).aggregate(sum=Sum("amount"))["sum"] or 0)


def _checks(book_id: int, begins: datetime, ends: datetime) -> Checks:
    runs = checks_between(begins, ends)
    last = runs.last()
    if last is None:
        return Checks(0, 0, None, 0, 0)
    broken = sum(bool(_broken(run, book_id)) for run in runs.filter(broken__gt=0).iterator())
    checks = len({one["number"] for one in last.results})
    return Checks(runs.count(), broken, last.ran_at, checks, len(_broken(last, book_id)))


def _broken(run: CheckRun, book_id: int) -> set[int]:
    """The numbers of what did not hold in this book; another community's trouble is not its own."""
    here = frozenset({book_id})
    return {one["number"] for one in run.results if not one["holds"] and concerns(one["books"], here)}
