"""``manage.py begin_rule``: a community earns from its first rule on; a rule is followed, never edited."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command

from communities.models import Community
from core.clock import local_date
from tasks.choices import RuleKind
from tasks.models import EarningRule

pytestmark = pytest.mark.django_db


def begin(community: Community, now: datetime, *args: str) -> None:
    with time_machine.travel(now, tick=False):
        call_command("begin_rule", community.slug, *args)


def test_the_first_rule_may_begin_earlier(jinshan: Community, now: datetime) -> None:
    begin(jinshan, now, "--from", "2026-01-01", "--coins", "10", "--minutes", "60")
    rule = EarningRule.objects.get(community=jinshan)
    assert (rule.kind, rule.coins, rule.minutes, str(rule.valid_from)) == (RuleKind.PER_MINUTE, 10, 60, "2026-01-01")


def test_the_next_begins_today_or_later_and_once(jinshan: Community, now: datetime) -> None:
    today = local_date(now, jinshan.time_zone)
    begin(jinshan, now)
    with pytest.raises(CommandError, match="already"):
        begin(jinshan, now)
    with pytest.raises(CommandError, match="today or later"):
        begin(jinshan, now, "--from", str(today - timedelta(days=1)))
    begin(jinshan, now, "--kind", "per_attendance", "--coins", "30", "--from", str(today + timedelta(days=1)))
    assert EarningRule.objects.filter(community=jinshan).count() == 2


def test_nonsense_is_refused(jinshan: Community, now: datetime) -> None:
    with pytest.raises(CommandError):
        begin(jinshan, now, "--coins", "0")
    with pytest.raises(CommandError):
        call_command("begin_rule", "nowhere")
