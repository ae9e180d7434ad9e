"""``manage.py lift_pause``: spending goes on after a failed check, once the books are sound and two managers agree."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from communities.commands import community_named, manager_named
from ledger.services.books import resume_spending
from reports.services.checking import PAUSING, all_checks, run_checks


class Command(BaseCommand):
    """The operator runs it for two managers, who are named by what they sign in with."""

    help = "Lift a pause of spending: lift_pause SLUG MANAGER MANAGER (a phone number or an email address each)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Two people, as for whatever touches all coins."""
        parser.add_argument("slug")
        parser.add_argument("managers", nargs=2)

    def handle(self, *args: Any, **options: Any) -> None:
        """Lift it, or say what is still wrong."""
        community = community_named(options["slug"])
        first, second = (manager_named(login, community) for login in options["managers"])
        if first == second:
            raise CommandError("Two different managers must agree.")
        broken = [one for one in run_checks(one for one in all_checks() if one.number in PAUSING) if not one.holds]
        if broken:
            raise CommandError("Not lifted: " + "; ".join(f"{one.number} {one.name}" for one in broken))
        resume_spending(book_id=community.book_id)
        self.stdout.write(f"{community.slug}: spending goes on, agreed by {first.shown_name} and {second.shown_name}")
