"""Tells what is late: messages, processes, backups. Exit 1 when anything is."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core import clock
from notifications.health import problems


class Command(BaseCommand):
    """``check_health [--json]``: late, not wrong; what is wrong is check_ledger's."""

    help = "Tell what is late: messages, worker and beat, backups."

    def add_arguments(self, parser: CommandParser) -> None:
        """--json."""
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, **options: Any) -> None:
        """Print the problems; exit 1 when there are any."""
        found = problems(now=clock.now())
        if options["json"]:
            self.stdout.write(json.dumps({"healthy": not found, "problems": [asdict(problem) for problem in found]}))
        else:
            self.stdout.write("\n".join(f"{problem.code}: {problem.detail}" for problem in found) or "All is well.")
        if found:
            sys.exit(1)
