"""``migrate`` as the owner's role, because the app's role neither owns nor makes tables."""

from argparse import ArgumentParser

from django.core.management.commands import migrate
from django.db import connections


class Command(migrate.Command):
    """Django's own command with another default database."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Everything Django offers; ``--database`` is the owner where the owner's URL is known."""
        super().add_arguments(parser)  # type: ignore[arg-type]
        if "owner" in connections:
            parser.set_defaults(database="owner")
