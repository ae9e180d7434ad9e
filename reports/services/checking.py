"""check_ledger: every app's invariants, run and timed; what breaks the ledger itself pauses spending."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.core.cache import cache
from django.db import connection

from audit.services import note_check
from core.invariants import Check, Finding
from ledger.models import Book
from ledger.services.books import pause_spending
from reports.services import alarms

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

    @property
    def pauses(self) -> bool:
        """Whether a finding pauses spending; the others alarm."""
        return self.number in PAUSING

    @property
    def books(self) -> frozenset[int] | None:
        """The books that the findings name; None when one of them names none, so that every book is in doubt."""
        named = [NAMED.match(one.subject) for one in self.findings]
        return frozenset(int(one[1]) for one in named if one) if all(named) else None

    def as_dict(self) -> dict[str, object]:
        """For ``--json``."""
        return {
            "number": self.number,
            "name": self.name,
            "holds": self.holds,
            "count": len(self.findings),
            "seconds": round(self.seconds, 3),
            "pauses_spending": self.pauses,
            "findings": [{"subject": one.subject, "detail": one.detail} for one in self.findings],
        }

    def as_note(self) -> dict[str, object]:
        """What is kept: no findings, only which books they are about (null: nobody knows)."""
        note = {key: value for key, value in self.as_dict().items() if key != "findings"}
        return note | {"books": None if self.books is None else sorted(self.books)}


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
    """Run all checks, keep the result, tell those who answer for the books, and pause spending where it is in doubt.

    Doubt is a finding against what pauses; one that names no book pauses all.
    """
    results = run_checks()
    doubts = [one.books for one in results if one.pauses and not one.holds]
    if doubts:
        books = Book.objects.filter(spending_paused_at=None).order_by("pk")
        named = [ids for ids in doubts if ids is not None]
        if len(named) == len(doubts):
            books = books.filter(pk__in=frozenset[int]().union(*named))
        for book in books:
            pause_spending(book_id=book.pk, now=now)
    keep(results, now=now)
    alarms.tell(results, now=now)
    return results


def keep(results: Sequence[Result], *, now: datetime) -> None:
    """Write down when the books were checked and what held; not where the database only reads, as a standby."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW transaction_read_only")
        if cursor.fetchone()[0] == "on":
            return
    note_check(ran_at=now, results=[one.as_note() for one in results])


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
