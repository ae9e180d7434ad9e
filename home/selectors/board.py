"""The public board: what a passer-by may know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from communities.actors import Actor
from communities.models import Community, Team
from core.clock import local_date
from core.coins import CoinWord
from home.selectors.cards import TaskCard, card_of
from tasks.choices import RuleKind
from tasks.models import EarningRule, HourRecord
from tasks.selectors.board import Filters, board
from tasks.selectors.coins import rule_on

URGENT_SHOWN = 6
COMING_SHOWN = 12


@dataclass(frozen=True, slots=True)
class MonthTotals:
    """This month so far: certified minutes, helpers, records."""

    minutes: int
    helpers: int
    records: int


@dataclass(frozen=True, slots=True)
class PublicBoard:
    """Everything the board shows."""

    rule: str
    urgent: list[TaskCard]
    coming: list[TaskCard]
    total: int
    teams: list[Team]
    totals: MonthTotals


def public_board(*, community: Community, actor: Actor | None, coin: CoinWord, now: datetime) -> PublicBoard:
    """The board of one community: urgent ones first, then the next by date. Six queries at any size."""
    today = local_date(now, community.time_zone)
    found = board(community=community, actor=actor, filters=Filters(), now=now)
    soon = now + timedelta(days=2)
    open_rows = [row for row in found.rows if row.places_left > 0 and not row.hidden]  # a hidden row tells no day
    urgent = [row for row in open_rows if row.task.urgent and row.shift.starts_at < soon]
    shown = {row.shift.pk for row in urgent[:URGENT_SHOWN]}
    coming = [row for row in found.rows if row.shift.pk not in shown]
    return PublicBoard(
        rule=rule_sentence(rule_on(community, today), coin),
        urgent=[card_of(row, community.slug) for row in urgent[:URGENT_SHOWN]],
        coming=[card_of(row, community.slug) for row in coming[:COMING_SHOWN]],
        total=found.total,
        teams=list(Team.objects.filter(community=community).order_by("pk")[:12]),
        totals=month_totals(community, today),
    )


def rule_sentence(rule: EarningRule | None, coin: CoinWord) -> str:
    """The rule as a promise: "Give 1 hour, save 60 coins"."""
    if rule is None:
        return _("Help a neighbour, and be helped another day.")
    if rule.kind == RuleKind.PER_MINUTE:
        return _("Give 1 hour, save %(coins)s.") % {"coins": coin.amount(rule.coins * 60 // rule.minutes)}
    return _("Come and help once, save %(coins)s.") % {"coins": coin.amount(rule.coins)}


def month_totals(community: Community, today: date) -> MonthTotals:
    """What neighbours gave this month, by the day of service."""
    records = HourRecord.objects.for_community(community).credited().filter(service_date__gte=today.replace(day=1))
    sums = records.aggregate(minutes=Sum("minutes"), helpers=Count("resident", distinct=True), records=Count("pk"))
    return MonthTotals(sums["minutes"] or 0, sums["helpers"], sums["records"])
