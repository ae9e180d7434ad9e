"""``manage.py found_community``: a new community with an empty book, in a street that is made when new."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from communities.choices import Wallets
from communities.models import Community
from communities.services import founding
from core import clock


class Command(BaseCommand):
    """Asks what a community cannot be without; the rest its managers set on its settings page."""

    help = "Open a community: its street, its book, its settings."

    def add_arguments(self, parser: CommandParser) -> None:
        """Names in Chinese are required, in English optional."""
        parser.add_argument("slug")
        for name in ("--name-zh", "--street", "--street-zh"):
            parser.add_argument(name, required=True)
        for name in ("--name-en", "--street-en", "--phone"):
            parser.add_argument(name, default="")
        parser.add_argument("--time-zone", default="Asia/Shanghai")
        parser.add_argument("--wallets", choices=Wallets.values, default=Wallets.RESIDENT)

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it, or say that it is there."""
        if Community.objects.filter(slug=options["slug"]).exists():
            raise CommandError(f"There is a community {options['slug']} already.")
        street = founding.found_street(
            slug=options["street"], name_zh=options["street_zh"], name_en=options["street_en"]
        )
        community = founding.found_community(
            slug=options["slug"],
            street=street,
            name_zh=options["name_zh"],
            name_en=options["name_en"],
            phone=options["phone"],
            time_zone=options["time_zone"],
            settings={"wallets": options["wallets"]},
            now=clock.now(),
        )
        self.stdout.write(f"/c/{community.slug}/")
