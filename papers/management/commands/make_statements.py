"""The statements of a month, by hand: for one community or all."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from communities.models import Community
from core import clock, months
from ledger.errors import MonthOpen
from papers.services.statements import make_statements


class Command(BaseCommand):
    """``make_statements YYYY-MM [--community SLUG]``: refuses a month that is not over; a second run writes nothing."""

    help = "Make the monthly statements."

    def add_arguments(self, parser: CommandParser) -> None:
        """The month, and a community's short name."""
        parser.add_argument("month", metavar="YYYY-MM")
        parser.add_argument("--community", metavar="SLUG")

    def handle(self, *, month: str, community: str | None, **options: Any) -> None:
        """Make them, community by community, and print the counts."""
        first = months.parse(month)
        if first is None:
            raise CommandError(f"{month} is not a month: write 2026-11")
        chosen = Community.objects.select_related("book", "settings").order_by("slug")
        if community is not None and not (chosen := chosen.filter(slug=community)):
            raise CommandError(f"there is no community {community}")
        now = clock.now()
        for one in chosen:
            try:
                written = make_statements(
                    community=one, month=first, now=now, tell=first == months.last_ended(now, one.time_zone)
                )
            except MonthOpen as error:
                raise CommandError(f"{one.slug}: {month} is not over yet") from error
            self.stdout.write(f"{one.slug}: {written}")
