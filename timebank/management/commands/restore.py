"""``manage.py restore FILE``: a backup takes the site's place, read and not written until a manager opens it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import clock
from reports.management.commands.check_ledger import lines_of
from timebank.backups.errors import BackupRefused
from timebank.backups.restore import Restored, put_back


class Command(BaseCommand):
    """With web, worker, beat and sweep stopped; whatever fails on the way leaves the database as it was."""

    help = "Put the backup in FILE in the place of the database. It ends closed: open_after_restore opens it."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """What has data is replaced only where its name is typed."""
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--replace", default="", metavar="DATABASE", help="the database that has data and makes way"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Restore, or say what is in the way; exit code 1 where a check found something."""
        try:
            done = put_back(options["file"], replace=options["replace"], now=clock.now(), say=self.stdout.write)
        except BackupRefused as error:
            raise CommandError(str(error)) from error
        self._tell(done)
        if not all(one.holds for one in done.results):
            raise SystemExit(1)

    def _tell(self, done: Restored) -> None:
        self.stdout.write("\n".join(lines_of(done.results)))
        self.stdout.write(f"{done.restore.held_back} messages that were due before now are not sent again.")
        if done.kept_as:
            self.stdout.write(f"What was there before is kept as {done.kept_as}: drop it once it is not needed.")
        self.stdout.write("The site is closed: everything is read, nothing is written or sent. Compare the live codes")
        self.stdout.write("and the newest entries with the signed register (manage.py open_after_restore lists them,")
        self.stdout.write("as does the managers' page Reports, After a restore), then let a manager open it.")
