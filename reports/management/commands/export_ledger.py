"""``manage.py export_ledger``: a community's journal for hledger, beancount or a spreadsheet."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentTypeError
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from communities.commands import community_named
from core.files import whole_file
from reports.journals import Format
from reports.services.exporting import Period, export


class Command(BaseCommand):
    """Numbers and no names, debit as +, each month's balances asserted."""

    help = "Write a community's journal for hledger, beancount or as CSV."

    def add_arguments(self, parser: CommandParser) -> None:
        """Without --output it goes to standard output."""
        parser.add_argument("--community", required=True, metavar="SLUG")
        parser.add_argument("--format", required=True, choices=[form.value for form in Format])
        parser.add_argument("--from", dest="first", type=_day, metavar="YYYY-MM-DD", help="first day, included")
        parser.add_argument("--to", dest="last", type=_day, metavar="YYYY-MM-DD", help="last day, included")
        parser.add_argument("--output", type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write all of it, or no file at all."""
        community = community_named(options["community"])
        period = Period(options["first"], options["last"])
        if period.first and period.last and period.first > period.last:
            raise CommandError("--from is later than --to.")
        pieces = export(book=community.book, form=Format(options["format"]), title=community.slug, period=period)
        if options["output"]:
            _keep(options["output"], pieces)
        else:
            self._print(pieces)

    def _print(self, pieces: Iterator[str]) -> None:
        try:
            for piece in pieces:
                self.stdout.write(piece, ending="")
            self.stdout.flush()
        except BrokenPipeError:  # whoever reads has seen enough; Python would complain once more at its end
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise SystemExit(1) from None


def _keep(file: Path, pieces: Iterator[str]) -> None:
    if not file.parent.is_dir():
        raise CommandError(f"There is no folder {file.parent}.")
    try:
        with whole_file(file) as open_file:
            for piece in pieces:
                open_file.write(piece.encode())
    except OSError as error:
        raise CommandError(f"{file} cannot be written: {error.strerror}.") from error


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text} is no day such as 2026-10-31") from None
