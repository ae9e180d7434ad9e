"""Setting a community's earning rule. A rule is followed by another, never edited."""

from __future__ import annotations

from datetime import date

from communities.models import Community
from tasks.choices import RuleKind
from tasks.models import EarningRule


def begin_rule(*, community: Community, kind: RuleKind, coins: int, valid_from: date, minutes: int = 1) -> EarningRule:
    """The community earns by this rule for service from a day on: ``coins`` a ``minutes``, or each time one comes."""
    return EarningRule.objects.create(
        community=community, kind=kind, coins=coins, minutes=minutes, valid_from=valid_from
    )
