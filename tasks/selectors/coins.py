"""What a community's coin is called, and whether hours stand with it: that is the earning rule's to say."""

from __future__ import annotations

from datetime import date

from communities.models import Community
from core.coins import CoinWord
from tasks.choices import RuleKind
from tasks.models.earning import EarningRule


def rule_on(community: Community, day: date) -> EarningRule | None:
    """The community's rule in force on a day, or None before its first."""
    return EarningRule.objects.filter(community=community, valid_from__lte=day).order_by("-valid_from").first()


def coin_word(community: Community, day: date) -> CoinWord:
    """The coin's name as pages of that day write it."""
    rule = rule_on(community, day)
    if rule is None or rule.kind != RuleKind.PER_MINUTE:
        return community.settings.coin_word()
    return community.settings.coin_word(per_minute=True, coins_per_hour=rule.coins * 60 // rule.minutes)
