"""check_ledger: every app's invariants, run and timed; what breaks the ledger itself pauses spending."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.core.cache import cache

from core.invariants import Check, Finding
from ledger.models import Book
from ledger.services.books import pause_spending

log = logging.getLogger(__name__)

NAMED = re.compile(r"book (\d+)\b")  # how a finding about one book begins
KEPT_S = 2 * 24 * 3600
PAUSING = frozenset({1, 2, 3, 4, 8})  # coins themselves would be wrong; the others alarm


@dataclass(frozen=True, slots=True)
class Result:
    """One invariant and what was found against it."""

    number: int
    name: str
    seconds: float
    findings: list[Finding] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    def as_dict(self) -> dict[str, object]:
        """For ``--json``."""
        return {
            "number": self.number,
            "name": self.name,
            "holds": self.holds,
            "count": len(self.findings),
            "seconds": round(self.seconds, 3),
            "findings": [{"subject": one.subject, "detail": one.detail} for one in self.findings],
        }


def all_checks() -> list[Check]:
    """The invariants of every installed app, by number."""
    found: list[Check] = []
    for config in apps.get_app_configs():
        module = f"{config.name}.invariants"
        if config.name != "core" and find_spec(module) is not None:
            found += import_module(module).CHECKS
    return sorted(found, key=lambda check: check.number)


def run_checks(checks: Iterable[Check] | None = None) -> list[Result]:
    """Run them all; answers a result each, also for those that hold."""
    return [_run(check) for check in (all_checks() if checks is None else checks)]


def check_and_pause(*, now: datetime) -> list[Result]:
    """Run all checks; pause spending in the books whose ledger is in doubt, in all where a finding names none."""
    results = run_checks()
    doubts = [it.subject for one in results if one.number in PAUSING for it in one.findings]
    if doubts:
        named = [NAMED.match(subject) for subject in doubts]
        books = Book.objects.filter(spending_paused_at=None).order_by("pk")
        if all(named):
            books = books.filter(pk__in=[int(one[1]) for one in named if one])
        for book in books:
            pause_spending(book_id=book.pk, now=now)
    return results


def check_daily(now: datetime) -> int:
    """Once a day, with the first sweep: check the books, pause what is in doubt, and say so in the log. Due work."""
    if not cache.add(f"books-checked:{now:%Y-%m-%d}", 1, timeout=KEPT_S):
        return 0
    results = check_and_pause(now=now)
    for one in results:
        if not one.holds:
            log.error("check_ledger: %s %s is broken: %s", one.number, one.name, one.findings[:3])
    return len(results)


def _run(check: Check) -> Result:
    started = time.perf_counter()
    findings = check.run()
    return Result(check.number, str(check.name), time.perf_counter() - started, findings)
