"""One sweep in the foreground, or a sweep for ever."""

from __future__ import annotations

import signal
import threading
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, connection

from core import clock
from notifications.services import heartbeat
from notifications.services.sweep import advisory_lock, hand_over, run_due


class Command(BaseCommand):
    """``run_due`` prints the counts of one sweep; ``--every 60`` hands each round to the workers, or does it itself."""

    help = "Do what is due: lapses, reminders, statements, messages."

    def add_arguments(self, parser: CommandParser) -> None:
        """--every SECONDS."""
        parser.add_argument("--every", type=int, metavar="SECONDS", help="repeat for ever, a round in so many seconds")

    def handle(self, *, every: int | None, **options: Any) -> None:
        """Run once, or until SIGTERM."""
        if every:
            self._for_ever(every)
            return
        for name, count in run_due(now=clock.now()).items():
            self.stdout.write(f"{name}: {count}")

    def _for_ever(self, every: int) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        while not stop.is_set():
            try:
                self._as_the_only_one(stop, every)
            except DatabaseError as error:
                self.stderr.write(f"the database does not answer: {type(error).__name__}; trying again")
                connection.close()
            stop.wait(min(every, 5))

    def _as_the_only_one(self, stop: threading.Event, every: int) -> None:
        """Rounds for as long as this process holds the lock; another process waits for it."""
        with advisory_lock("run-due-process") as mine:
            while mine and not stop.is_set():
                self._round(clock.now())
                stop.wait(every)

    def _round(self, now: datetime) -> None:
        if hand_over(now=now):
            heartbeat.beat(name=heartbeat.SWEEP, now=now)
        else:
            run_due(now=now)
