"""``manage.py open_after_restore``: lists what is to be compared; with ``--manager`` the site is opened again."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from communities.choices import Role
from communities.commands import holder_of
from communities.models import RoleGrant
from core import clock
from ledger.choices import EntryKind
from notifications.models import Restore
from notifications.selectors import newest_restore
from reports.comparing import NEWEST, live_codes, newest_entries
from reports.services.reopening import open_site


class Command(BaseCommand):
    """Numbers and codes, no names: an operator may run it for the manager who signs."""

    help = "After a restore: list live codes and the newest entries; with --manager LOGIN open the site."

    def add_arguments(self, parser: CommandParser) -> None:
        """Without a manager it only lists."""
        parser.add_argument("--manager", metavar="LOGIN", help="the phone or email of the manager who has compared")

    def handle(self, *args: Any, **options: Any) -> None:
        """List, then open."""
        restore = newest_restore()
        if restore is None:
            raise CommandError("Nothing is closed: no restore waits to be compared.")
        self._list(restore)
        if options["manager"]:
            managers = RoleGrant.objects.live().filter(role=Role.MANAGER)
            user = holder_of(options["manager"], managers)
            open_site(user=user, now=clock.now())
            self.stdout.write(f"The site is open again, by {user.shown_name}.")

    def _list(self, restore: Restore) -> None:
        taken, restored = (timezone.localtime(one) for one in (restore.taken_at, restore.restored_at))
        self.stdout.write(f"Backup of {taken:%Y-%m-%d %H:%M %Z}, restored {restored:%Y-%m-%d %H:%M %Z}")
        for finding in restore.findings:
            self.stdout.write(f"BROKEN {finding['number']} {finding['name']}: {finding['count']} findings")
        self.stdout.write("\nCodes that would be honoured (community, member, code, quantity, item):")
        for one in live_codes().iterator():
            number, item = one.resident.member_number, one.reward.title_zh
            self.stdout.write(f"  {one.community.slug}  {number}  {one.code}  {one.quantity}  {item}")
        self.stdout.write(f"\nThe {NEWEST} newest entries (posted, kind, from, to, coins, reference):")
        columns = ("posted_at", "book__time_zone", "kind", "debit__number", "credit__number", "amount", "reference")
        for posted, zone, kind, debit, credit, amount, reference in newest_entries().values_list(*columns)[:NEWEST]:
            said = EntryKind(kind).name.lower()
            here = posted.astimezone(ZoneInfo(zone))  # as the signed register beside it says
            self.stdout.write(f"  {here:%Y-%m-%d %H:%M %Z}  {said}  {debit} → {credit}  {amount}  {reference}")
