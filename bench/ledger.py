"""The ledger against pgbench's tpcb-like on one cluster.

The cluster is durable (fsync on), the database a throw-away. Clients are processes, so that Python's lock is not what
is measured.
"""

import multiprocessing
import os
import random
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count

from bench.figures import QUICK, Figure, compare

SECONDS = 1.0 if QUICK else 2.5
BULK = 20_000 if QUICK else 100_000
WALLETS = 2_000
LONG, SHORT = 10_000 if QUICK else 100_000, 100
CLIENTS = 8
NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)

_tags = count(time.time_ns())


def run() -> Iterator[Figure]:
    """Every figure as it comes."""
    with throw_away_database():
        init_pgbench()
        books = [build_book() for _ in range(CLIENTS)]
        issue = {clients: lambda clients=clients: rate(clients, books[:1]) for clients in (1, CLIENTS)}
        tpcb = {clients: lambda clients=clients: pgbench_rate(clients) for clients in (1, CLIENTS)}
        yield compare("single post / tpcb-like, 1 client", issue[1], tpcb[1], at_least=1.3)
        yield compare("single post / tpcb-like, 8 clients", issue[CLIENTS], tpcb[CLIENTS], at_least=0.5)
        yield compare("hot issuance / spread, 8 clients", issue[CLIENTS], lambda: rate(CLIENTS, books), at_least=0.9)
        yield compare(
            f"bulk issue of {BULK:,} / tpcb-like, 8 clients", lambda: bulk_rate(books[0]), tpcb[CLIENTS], at_least=8
        )
        long, short = account_of(books[1], LONG), account_of(books[1], SHORT)
        yield compare(
            "passbook page, long / short account", lambda: page_time(long), lambda: page_time(short), at_most=1.5
        )
        yield compare(
            "balance read, long / short account", lambda: read_time(long), lambda: read_time(short), at_most=1.5
        )


@contextmanager
def throw_away_database() -> Iterator[None]:
    """A test database that the owner migrates; ``default`` is the app's role in it."""
    from django.db import connections
    from django.test.utils import setup_databases, teardown_databases

    made = setup_databases(verbosity=0, interactive=False, aliases=["owner"], serialized_aliases=[])
    try:
        yield
    finally:
        connections.close_all()
        teardown_databases(made, verbosity=0)


def build_book() -> tuple[int, int, list[int]]:
    """A book: its id, issuance, wallets."""
    from ledger import selectors
    from ledger.choices import AccountKind
    from ledger.services import books

    book = books.open_book(name_zh="书", name_en="Book", time_zone="Asia/Shanghai", unit="coin", now=NOW).pk
    wallets = [
        books.open_account(book_id=book, kind=AccountKind.WALLET, number=f"W{n}", now=NOW).pk
        for n in range(WALLETS // CLIENTS)
    ]
    return book, selectors.system_account_id(book, AccountKind.ISSUANCE), wallets


def requests(book: tuple[int, int, list[int]], number: int, wallets: list[int] | None = None) -> list[object]:
    """Hours of random wallets, under references that nobody used."""
    from ledger.choices import EntryKind
    from ledger.services.posting import LineRequest

    book_id, issuance, all_wallets = book
    tag, chosen = next(_tags), wallets or all_wallets
    return [
        LineRequest(book_id, f"{tag}:{n}", EntryKind.HOURS, issuance, random.choice(chosen), 60, 1)
        for n in range(number)
    ]


def rate(clients: int, books: list[tuple[int, int, list[int]]]) -> float:
    """Single posts a second by so many processes; each client takes its turn of the books."""
    with multiprocessing.get_context("fork").Pool(clients, initializer=forget_connections) as pool:
        jobs = [(at, books[at % len(books)]) for at in range(clients)]
        pool.starmap(connect, jobs)
        return sum(pool.starmap(post_for_a_while, jobs)) / SECONDS


def forget_connections() -> None:
    """A forked process must not talk on its parent's socket."""
    from django.db import connections

    for alias in connections:
        connections[alias].connection = None


def connect(at: int, book: tuple[int, int, list[int]]) -> None:
    from django.db import connection

    connection.ensure_connection()


def post_for_a_while(at: int, book: tuple[int, int, list[int]]) -> int:
    """How many were posted in the time."""
    from ledger.choices import EntryKind
    from ledger.services.posting import LineRequest, post

    book_id, issuance, wallets = book
    tag, done, end = f"{time.time_ns()}:{at}", 0, time.monotonic() + SECONDS
    while time.monotonic() < end:
        wallet = random.choice(wallets)
        post(LineRequest(book_id, f"{tag}:{done}", EntryKind.HOURS, issuance, wallet, 60, 1), now=NOW)
        done += 1
    return done


def bulk_rate(book: tuple[int, int, list[int]]) -> float:
    """Entries a second of one call."""
    from ledger.services.posting import post_many

    asked = requests(book, BULK)
    started = time.monotonic()
    post_many(asked, now=NOW)  # type: ignore[arg-type]
    return BULK / (time.monotonic() - started)


def account_of(book: tuple[int, int, list[int]], lines: int) -> tuple[int, int]:
    """An account with so many lines."""
    from ledger.choices import AccountKind
    from ledger.services import books
    from ledger.services.posting import post_many

    wallet = books.open_account(book_id=book[0], kind=AccountKind.WALLET, number=f"L{next(_tags)}", now=NOW).pk
    post_many(requests(book, lines, [wallet]), now=NOW)  # type: ignore[arg-type]
    return wallet, lines


def page_time(account: tuple[int, int]) -> float:
    """Seconds of 300 random pages."""
    from ledger import selectors

    wallet, lines = account
    started = time.monotonic()
    for _ in range(300):
        selectors.page(wallet, before_seq=random.randint(25, lines))
    return time.monotonic() - started


def read_time(account: tuple[int, int]) -> float:
    """Seconds of 300 balances."""
    from ledger import selectors

    started = time.monotonic()
    for _ in range(300):
        selectors.balance(account[0])
    return time.monotonic() - started


def init_pgbench() -> None:
    """tpcb-like's tables, scale 20, next to the ledger's."""
    pgbench("-i", "-q", "-s", "5" if QUICK else "20")


def pgbench_rate(clients: int) -> float:
    """tpcb-like transactions a second, prepared."""
    told = pgbench("-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(max(1, round(SECONDS))))
    return float(next(line for line in told.splitlines() if line.startswith("tps")).split()[2])


def pgbench(*arguments: str) -> str:
    """Run pgbench as the owner; answers what it said."""
    from django.db import connections

    from timebank.embedded import binaries

    target = connections["owner"].settings_dict
    environment = {**os.environ, "PGPASSWORD": target["PASSWORD"]}
    where = ["-h", target["HOST"], "-p", str(target["PORT"]), "-U", target["USER"], target["NAME"]]
    command = [str(binaries.find().folder / "pgbench"), *arguments, *where]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
