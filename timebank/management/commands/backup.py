"""``manage.py backup FILE``: everything in one file, with its manifest beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import clock
from timebank.backups import dump, manifest
from timebank.backups.errors import BackupRefused


class Command(BaseCommand):
    """As the owner, while everything goes on; a broken one leaves no file."""

    help = "Write a backup of the whole database to FILE and its manifest to FILE.manifest.json."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """The folder must be there."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Take it, or say what is in the way."""
        file: Path = options["file"]
        try:
            taken = dump.take(file, now=clock.now())
        except BackupRefused as error:
            raise CommandError(str(error)) from error
        entries = taken.facts.counts["ledger_journalentry"]
        self.stdout.write(f"{file}: {taken.size:,} bytes, {entries:,} ledger entries, sha256 {taken.sha256}")
        self.stdout.write(f"Keep {manifest.beside(file).name} with it: without that file it is not restored.")
