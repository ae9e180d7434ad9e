"""What a community's coin is called, whether hours stand with it, and what a shift earns by its rule."""

from __future__ import annotations

from datetime import date

from communities.models import Community
from core.clock import local_date
from core.coins import CoinWord
from tasks.choices import RuleKind
from tasks.models.earning import EarningRule
from tasks.models.task import Shift
from tasks.rules.earning import Earns, half_up, in_force
from tasks.selectors.earnings import rules_of, worth_of


def rule_on(community: Community, day: date) -> EarningRule | None:
    """The community's rule in force on a day, or None before its first."""
    return in_force(_rules_once(community), day)


def coin_word(community: Community, day: date) -> CoinWord:
    """The coin's name as pages of that day write it."""
    rule = rule_on(community, day)
    if rule is None or rule.kind != RuleKind.PER_MINUTE:
        return community.settings.coin_word()
    return community.settings.coin_word(per_minute=True, coins_per_hour=rule.coins * 60 // rule.minutes)


def coins_of(shift: Shift, community: Community) -> int | None:
    """What a helper earns for the whole shift under the caps, None where the community had no rule on that day."""
    worth = worth_of(shift.task, _rules_once(community), local_date(shift.starts_at, community.time_zone))
    if worth is None:
        return None
    fixed = worth.rate.earns is not Earns.PER_MINUTE
    return int(worth.rate.coins) if fixed else half_up(worth.rate.coins * shift.minutes)


def _rules_once(community: Community) -> list[EarningRule]:
    """A page shows many amounts: its rules are read once for its community object. What is credited reads them anew."""
    kept: list[EarningRule] | None = community.__dict__.get("_earning_rules")
    if kept is None:
        kept = community.__dict__["_earning_rules"] = rules_of(community)
    return kept
