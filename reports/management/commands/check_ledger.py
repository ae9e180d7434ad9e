"""``check_ledger``: prove that every coin is accounted for; exit 1 when anything is not."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from core.clock import now
from reports.services.checking import Result, check_and_pause, keep, run_checks

SHOWN = 20


class Command(BaseCommand):
    """Run every app's invariants over the whole database."""

    help = "Check every invariant of the ledger and of what hangs on it. Exit code 1 on any finding."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON document")
        parser.add_argument("--pause", action="store_true", help="pause spending when the ledger itself is in doubt")

    def handle(self, *args: Any, **options: Any) -> None:
        results = check_and_pause(now=now()) if options["pause"] else _checked()
        if options["json"]:
            self.stdout.write(json.dumps([one.as_dict() for one in results], ensure_ascii=False))
        else:
            self.stdout.write("\n".join(lines_of(results)))
        if not all(one.holds for one in results):
            raise SystemExit(1)


def _checked() -> list[Result]:
    results = run_checks()
    keep(results, now=now())
    return results


def lines_of(results: list[Result]) -> list[str]:
    """The results for a terminal, the first findings of each named."""
    lines = []
    for one in results:
        word = "ok    " if one.holds else "BROKEN"
        pauses = ", pauses spending" if one.pauses and not one.holds else ""
        lines.append(f"{word} {one.number:>2} {one.name} ({one.seconds:.2f} s{pauses})")
        lines += [f"         {it.subject}: {it.detail}" for it in one.findings[:SHOWN]]
    broken = sum(not one.holds for one in results)
    lines.append(f"{len(results)} checks, {broken} broken." if broken else f"{len(results)} checks, all hold.")
    return lines
