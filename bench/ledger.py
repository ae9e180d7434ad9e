"""The ledger against pgbench's tpcb-like on one cluster, as ratios of one run: ``python -m bench.ledger [--quick]``.

Both sides alternate and the median of the ratios counts, since a machine's speed wanders. The cluster is durable (fsync
on) and a throw-away: ``DATA_DIR``/bench. Clients are processes, so that Python's lock is not what is measured.
"""

import json
import multiprocessing
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

QUICK = "--quick" in sys.argv or bool(os.environ.get("QUICK"))
SAMPLES, SECONDS = (3, 1.0) if QUICK else (5, 3.0)
BULK = 20_000 if QUICK else 100_000
WALLETS = 2_000
LONG, SHORT = 100_000, 100
CLIENTS = 8
NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)

_tags = count(time.time_ns())


@dataclass(frozen=True)
class Figure:
    """One line of the result: ``at_least`` or ``at_most`` is what it should reach."""

    name: str
    ratio: float
    samples: list[float]
    at_least: float | None = None
    at_most: float | None = None

    def __str__(self) -> str:
        bound = f"at least {self.at_least}" if self.at_least is not None else f"at most {self.at_most}"
        spread = f"{min(self.samples):.2f}–{max(self.samples):.2f}"
        return f"{self.name:<48} {self.ratio:6.2f}   {bound:<14} ({spread})"


def main() -> None:
    """Run, print, and write ``.local/bench-ledger.json``."""
    prepare()
    with throw_away_database():
        figures = run()
    folder = Path(".local")
    folder.mkdir(exist_ok=True)
    kept = [{key: value for key, value in asdict(figure).items() if value is not None} for figure in figures]
    (folder / "bench-ledger.json").write_text(json.dumps(kept, indent=1))


def prepare() -> None:
    """Django with test settings on a durable cluster of its own."""
    os.environ["DATA_DIR"] = str(Path(os.environ.get("DATA_DIR", ".data")).resolve() / "bench")
    os.environ["EMBEDDED_DURABLE"] = "1"
    os.environ["DJANGO_SETTINGS_MODULE"] = "timebank.settings.test"
    import django

    django.setup()


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


def run() -> list[Figure]:
    """Every figure, printed as it comes."""
    figures: list[Figure] = []

    def add(figure: Figure) -> None:
        figures.append(figure)
        print(figure, flush=True)

    init_pgbench()
    books = [build_book() for _ in range(CLIENTS)]
    issue = {clients: lambda clients=clients: rate(clients, books[:1]) for clients in (1, CLIENTS)}
    tpcb = {clients: lambda clients=clients: pgbench_rate(clients) for clients in (1, CLIENTS)}
    add(compare("single post / tpcb-like, 1 client", issue[1], tpcb[1], at_least=1.3))
    add(compare("single post / tpcb-like, 8 clients", issue[CLIENTS], tpcb[CLIENTS], at_least=0.5))
    add(compare("hot issuance / spread, 8 clients", issue[CLIENTS], lambda: rate(CLIENTS, books), at_least=0.9))
    add(
        compare(
            f"bulk issue of {BULK:,} / tpcb-like, 8 clients", lambda: bulk_rate(books[0]), tpcb[CLIENTS], at_least=8
        )
    )
    long, short = account_of(books[1], LONG // (10 if QUICK else 1)), account_of(books[1], SHORT)
    add(compare("passbook page, long / short account", lambda: page_time(long), lambda: page_time(short), at_most=1.5))
    add(compare("balance read, long / short account", lambda: read_time(long), lambda: read_time(short), at_most=1.5))
    return figures


def compare(name: str, one: Callable[[], float], other: Callable[[], float], **bound: float) -> Figure:
    """Alternate two measurements; the median of the ratios counts."""
    one(), other()  # the first of each warms caches and plans
    samples = [one() / other() for _ in range(SAMPLES)]
    return Figure(name, statistics.median(samples), samples, **bound)


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


if __name__ == "__main__":
    main()
