"""``manage.py begin_rule``: how a community's hours become coins, from a day of service on."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from communities.models import Community
from core import clock
from tasks.choices import RuleKind
from tasks.models import EarningRule
from tasks.services.earning_rules import begin_rule


class Command(BaseCommand):
    """A rule is followed by another, never edited. A community earns nothing before its first."""

    help = "Begin an earning rule: begin_rule SLUG --coins 1 [--minutes 1 | --kind per_attendance] [--from DAY]."

    def add_arguments(self, parser: CommandParser) -> None:
        """One coin a minute unless said otherwise, from today on."""
        parser.add_argument("slug")
        parser.add_argument("--kind", choices=RuleKind.values, default=RuleKind.PER_MINUTE)
        parser.add_argument("--coins", type=int, default=1)
        parser.add_argument("--minutes", type=int, default=1)
        parser.add_argument("--from", dest="valid_from", type=date.fromisoformat, help="2026-12-01; today if not given")

    def handle(self, *args: Any, **options: Any) -> None:
        """Begin it, or say why not."""
        community = Community.objects.filter(slug=options["slug"]).first()
        if community is None:
            raise CommandError(f"There is no community {options['slug']}.")
        if min(options["coins"], options["minutes"]) < 1:
            raise CommandError("Coins and minutes are at least 1.")
        today = clock.local_date(clock.now(), community.time_zone)
        begins = options["valid_from"] or today
        rules = EarningRule.objects.filter(community=community)
        if begins < today and rules.exists():
            raise CommandError("A later rule begins today or later: hours already verified are not counted anew.")
        if rules.filter(valid_from=begins).exists():
            raise CommandError(f"A rule begins on {begins} already.")
        kind, coins, minutes = RuleKind(options["kind"]), options["coins"], options["minutes"]
        begin_rule(community=community, kind=kind, coins=coins, minutes=minutes, valid_from=begins)
        self.stdout.write(f"{community.slug}: {kind.label}, {coins} coins, {minutes} minutes, from {begins}")
