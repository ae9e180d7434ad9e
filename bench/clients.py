"""Who posts: processes, so that Python's lock is not what is measured, each with its connection."""

import multiprocessing
import random
import time
from dataclasses import dataclass
from itertools import count
from typing import Any

from bench import entries

CLIENTS = 8

_tags = count(time.time_ns())


@dataclass(frozen=True)
class Payroll:
    """A book that issues to its wallets."""

    book: int
    issuance: int
    wallets: range

    def request(self, reference: str) -> Any:
        """An hour of a random wallet."""
        from ledger.choices import EntryKind
        from ledger.services.posting import LineRequest

        return LineRequest(self.book, reference, EntryKind.HOURS, self.issuance, random.choice(self.wallets), 60, 1)


def books() -> tuple[Payroll, list[Payroll]]:
    """The large book, in which all clients meet at one issuance, and as many small ones as there are clients."""
    from ledger.choices import AccountKind
    from ledger.models import Account, Book
    from ledger.selectors import system_account_id

    made = []
    for book in Book.objects.order_by("pk"):
        own = Account.objects.filter(book=book, kind=AccountKind.WALLET, number__startswith="R").order_by("pk")
        first, number = own[0].pk, own.count()
        issuance = system_account_id(book.pk, AccountKind.ISSUANCE)
        made.append(Payroll(book.pk, issuance, range(first, first + number)))
    return made[0], made[1:]


def rate(clients: int, seconds: float, payrolls: list[Payroll]) -> float:
    """Single posts a second by so many processes; each client takes its turn of the books."""
    with multiprocessing.get_context("fork").Pool(clients, initializer=forget_connections) as pool:
        jobs = [(at, payrolls[at % len(payrolls)]) for at in range(clients)]
        pool.starmap(post_for_a_while, [(*job, 0.1) for job in jobs], chunksize=1)  # connections, plans
        return sum(pool.starmap(post_for_a_while, [(*job, seconds) for job in jobs], chunksize=1)) / seconds


def forget_connections() -> None:
    """A forked process must not talk on its parent's socket."""
    from django.db import connections

    for alias in connections:
        connections[alias].connection = None


def post_for_a_while(at: int, payroll: Payroll, seconds: float) -> int:
    """How many were posted in the time."""
    from ledger.services.posting import post

    tag, done, end = f"{time.time_ns()}:{at}", 0, time.monotonic() + seconds
    while time.monotonic() < end:
        post(payroll.request(f"{tag}:{done}"), now=entries.NOW)
        done += 1
    return done


def bulk_rate(payroll: Payroll, number: int) -> float:
    """Entries a second of one call."""
    from ledger.services.posting import post_many

    tag = next(_tags)
    asked = [payroll.request(f"{tag}:{at}") for at in range(number)]
    started = time.monotonic()
    post_many(asked, now=entries.NOW)
    return number / (time.monotonic() - started)
