"""What hours are worth: the rule of the day, the minutes already paid, whose wallet they go to. Set-based."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from uuid import UUID

from django.db.models import Sum

from communities.models import Community, CommunitySettings, HouseholdMember, Resident
from tasks.choices import Earning, RuleKind
from tasks.models import EarningRule, HourRecord, Task
from tasks.rules.earning import Caps, Earned, Earns, Rate, Used, earn, in_force

KINDS = {RuleKind.PER_MINUTE: Earns.PER_MINUTE, RuleKind.PER_ATTENDANCE: Earns.PER_ATTENDANCE}


@dataclass(frozen=True, slots=True)
class Worth:
    """How a task pays on a day, and the community's rule that says so (None: the task or the requester says so)."""

    rate: Rate
    rule_id: int | None = None


@dataclass(frozen=True, slots=True)
class Payee:
    """The account that hours of a day go to, and the household it belongs to."""

    wallet_id: int
    household_id: UUID | None = None


@dataclass(slots=True)
class UsedMinutes:
    """Paid minutes by resident, day and month of service; grows while a batch is worked through."""

    by_day: dict[tuple[UUID, date], int] = field(default_factory=lambda: defaultdict(int))
    by_month: dict[tuple[UUID, date], int] = field(default_factory=lambda: defaultdict(int))

    def of(self, resident_id: UUID, day: date) -> Used:
        """What is used on a day and in its month."""
        return Used(self.by_day[resident_id, day], self.by_month[resident_id, day.replace(day=1)])

    def add(self, resident_id: UUID, day: date, minutes: int) -> None:
        """Count minutes of a day."""
        self.by_day[resident_id, day] += minutes
        self.by_month[resident_id, day.replace(day=1)] += minutes


def rules_of(community: Community) -> list[EarningRule]:
    """Every version of a community's rule, the oldest first."""
    return list(EarningRule.objects.filter(community=community).order_by("valid_from"))


def worth_of(task: Task, rules: Iterable[EarningRule], day: date) -> Worth | None:
    """How a task pays on a day of service; None where the community had no rule yet."""
    if task.is_requester_funded:
        return Worth(Rate(Earns.AGREED, Fraction(task.price_coins or 0)))
    if task.earning == Earning.PER_TASK:
        return Worth(Rate(Earns.PER_TASK, Fraction(task.coins_per_task or 0)))
    rule = in_force(rules, day)
    if rule is None:
        return None
    return Worth(Rate(KINDS[RuleKind(rule.kind)], Fraction(rule.coins, rule.minutes)), rule.pk)


def caps_of(settings: CommunitySettings) -> Caps:
    """A community's earning caps."""
    return Caps(settings.earning_cap_day_minutes, settings.earning_cap_month_minutes)


def used_minutes(resident_ids: Iterable[UUID], days: Sequence[date]) -> UsedMinutes:
    """Paid minutes of these residents in all months from the first to the last of the days."""
    used = UsedMinutes()
    if not days:
        return used
    first, beyond = min(days).replace(day=1), (max(days).replace(day=1) + timedelta(days=32)).replace(day=1)
    rows = (
        HourRecord.objects.credited()
        .filter(resident_id__in=list(resident_ids), service_date__gte=first, service_date__lt=beyond)
        .values_list("resident_id", "service_date")
        .annotate(paid=Sum("paid_minutes"))
    )
    for resident_id, day, paid in rows:
        used.add(resident_id, day, paid or 0)
    return used


def payees(records: Sequence[HourRecord]) -> dict[UUID, Payee]:
    """Record → who is paid: the household of the day of service where it has a wallet, else the resident."""
    spans: dict[UUID, list[tuple[date, date, Payee]]] = defaultdict(list)
    for resident_id, starts, ends, household_id, wallet_id in HouseholdMember.objects.filter(
        resident_id__in={record.resident_id for record in records}, household__wallet__isnull=False
    ).values_list("resident_id", "starts_date", "ends_date", "household_id", "household__wallet_id"):
        spans[resident_id].append((starts, ends or date.max, Payee(wallet_id, household_id)))
    found = {record.pk: _payee_on(record, spans[record.resident_id]) for record in records}
    return {record_id: payee for record_id, payee in found.items() if payee is not None}


def _payee_on(record: HourRecord, spans: list[tuple[date, date, Payee]]) -> Payee | None:
    shared = next((payee for starts, ends, payee in spans if starts <= record.service_date < ends), None)
    if shared is not None:
        return shared
    own = record.resident.wallet_id
    return Payee(own) if own is not None else None


def estimate(*, resident: Resident, task: Task, day: date, minutes: int) -> Earned | None:
    """What the hours would earn if they were verified now; None where the community had no rule on that day."""
    community = resident.community
    worth = worth_of(task, rules_of(community), day)
    if worth is None:
        return None
    used = used_minutes([resident.pk], [day]).of(resident.pk, day)
    return earn(rate=worth.rate, minutes=minutes, caps=caps_of(community.settings), used=used)
