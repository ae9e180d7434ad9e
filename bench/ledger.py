"""The ledger against pgbench's tpcb-like and django-hordak on one durable cluster, with ten million entries there."""

from collections.abc import Iterator

from bench import clients, databases, entries, reads, tpcb
from bench.clients import CLIENTS
from bench.figures import QUICK, Figure, compare, measure
from bench.hordak import environment as hordak

SECONDS = 0.5 if QUICK else 3.0
BULK = 20_000 if QUICK else 100_000
CHECK_S = 0.5 if QUICK else 2.0


def run() -> Iterator[Figure]:
    """Every figure as it comes; what reads comes before what writes."""
    databases.kept(entries.PREFIX, entries.fill, entries.is_worn)
    yield from proven()
    yield from read()
    yield from stated()
    yield from posted()
    yield from against_hordak()


def proven() -> Iterator[Figure]:
    """All that check_ledger proves by reading every entry."""
    name = f"check_ledger, {entries.ROUNDS * entries.PLACES / 1e6:.0f} M entries: sums, chain, count, gap"
    yield measure(f"{name}, seconds", reads.proof, at_most=CHECK_S)
    yield compare(f"{name} / plain sum", reads.proof, reads.plain_sum, at_most=8)


def read() -> Iterator[Figure]:
    """A long account against those of a hundred lines: random pages of random ones, so no cache flatters either."""
    long, short = reads.accounts()
    lengths = f"account of {entries.LONG_LINES:,} entries / of 100"
    yield compare(f"balance read, {lengths}", lambda: reads.balances(long), lambda: reads.balances(short), at_most=1.5)
    yield compare(f"passbook page, {lengths}", lambda: reads.pages(long), lambda: reads.pages(short), at_most=1.5)


def stated() -> Iterator[Figure]:
    """A month's statements against COPY of the same rows into an equal table."""
    months = reads.Months()
    name = f"statements of {entries.WALLETS:,} wallets / COPY of the same rows"
    yield compare(name, months.state, months.copy, at_most=5)


def posted() -> Iterator[Figure]:
    """Entries a second against tpcb-like's transactions a second."""
    tpcb.prepare()
    large, spread = clients.books()
    for number, least in ((1, 1.3), (CLIENTS, 0.5)):
        yield compare(
            f"single post / tpcb-like, {named(number)}",
            lambda number=number: clients.rate(number, SECONDS, [large]),
            lambda number=number: tpcb.rate(number, SECONDS),
            at_least=least,
        )
    yield compare(
        f"hot issuance / spread accounts, {named(CLIENTS)}",
        lambda: clients.rate(CLIENTS, SECONDS, [large]),
        lambda: clients.rate(CLIENTS, SECONDS, spread),
        at_least=0.9,
    )
    yield compare(
        f"bulk issue of {BULK:,}, one call / tpcb-like, {named(CLIENTS)}",
        lambda: clients.bulk_rate(large, BULK),
        lambda: tpcb.rate(CLIENTS, SECONDS),
        at_least=8,
    )


def against_hordak() -> Iterator[Figure]:
    """Entries a second against ``transfer_to``, by as many processes."""
    hordak.prepare()
    large, _ = clients.books()
    for number in (1, CLIENTS):
        yield compare(
            f"single post / django-hordak transfer_to, {named(number)}",
            lambda number=number: clients.rate(number, SECONDS, [large]),
            lambda number=number: hordak.rate(number, SECONDS),
            at_least=3,
        )


def named(number: int) -> str:
    return "1 client" if number == 1 else f"{number} clients"
