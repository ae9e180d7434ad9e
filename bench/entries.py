"""A book with ten million entries, written as the functions would have written them, in minutes instead of hours.

100,000 wallets live the same 100 rounds: hours twice, a gift to the next wallet, a redemption. So every running number
and balance can be computed, and no sort is needed. Among them, evenly spread, stand the entries of one long account.
``fill`` ends with the ledger's own checks: what was written so must be sound.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from bench import databases
from bench.figures import QUICK

WALLETS = 10_000 if QUICK else 100_000
ROUNDS = 100
EVERY = 100  # each hundredth entry is one of the long account
PLACES = WALLETS * EVERY // (EVERY - 1)
LONG_AMOUNT = 10
LONG_LINES = ROUNDS * (PLACES // EVERY)
MOST = 1.15  # times the entries, before they are written anew
SPREAD = 8  # small books, for clients that do not meet at one issuance
FIRST_DAY = date(2025, 9, 1)
DAYS_A_ROUND = 4.2  # ends on the last of October 2026
OPENED = datetime(2025, 8, 31, tzinfo=UTC)
MONTH_BEFORE, MONTH = date(2026, 9, 1), date(2026, 10, 1)
NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
PREFIX = "bench_entries_quick_" if QUICK else "bench_entries_"

HOURS, GIFT, REDEMPTION = 10, 40, 30
CYCLE = ((HOURS, 60), (HOURS, 60), (GIFT, 30), (REDEMPTION, 20))
WORDS = {HOURS: "hour-record:%s:verify", GIFT: "gift:%s:arrive", REDEMPTION: "redemption:%s:collect"}


@dataclass(frozen=True)
class Round:
    """What every wallet does at once, and where it stood before."""

    number: int
    kind: int
    amount: int
    seq: int
    balance: int

    @property
    def day(self) -> date:
        return FIRST_DAY + timedelta(days=int(self.number * DAYS_A_ROUND))

    @property
    def lines(self) -> int:
        """Of each wallet: who gives a gift gets one too."""
        return 2 if self.kind == GIFT else 1

    @property
    def delta(self) -> int:
        return {HOURS: self.amount, GIFT: 0, REDEMPTION: -self.amount}[self.kind]


def rounds() -> Iterator[Round]:
    """All of them in order; the last, which nobody lives, says where every wallet stands."""
    seq = balance = 0
    for number in range(ROUNDS + 1):
        made = Round(number, *CYCLE[number % len(CYCLE)], seq, balance)
        yield made
        seq, balance = seq + made.lines, balance + made.delta


# Place p of a round: each hundredth is the long account's, the others are the wallets' in order. A gift's taker, the
# next wallet, has its line before its own gift; only the ring's first wallet gets its gift last.
WRITE = """
INSERT INTO ledger_journalentry (id, book_id, debit_id, credit_id, amount, debit_seq, debit_after,
  credit_seq, credit_after, posted_at, recorded_at, actor_id, booked_date, line, kind, memo, reference)
SELECT %(id)s + p, %(book)s,
  CASE WHEN long OR %(kind)s = 10 THEN %(issuance)s ELSE %(wallet)s + w END,
  CASE WHEN long THEN %(long)s WHEN %(kind)s = 10 THEN %(wallet)s + w WHEN %(kind)s = 30 THEN %(redeemed)s
       ELSE %(wallet)s + w %% %(wallets)s + 1 END,
  CASE WHEN long THEN %(long_amount)s ELSE %(amount)s END,
  CASE WHEN long OR %(kind)s = 10 THEN NULL WHEN %(kind)s = 30 OR w = 1 THEN %(seq)s + 1 ELSE %(seq)s + 2 END,
  CASE WHEN long OR %(kind)s = 10 THEN NULL WHEN %(kind)s = 30 OR w = 1 THEN %(balance)s - %(amount)s
       ELSE %(balance)s END,
  CASE WHEN long THEN %(long_seq)s + p / %(every)s WHEN %(kind)s = 30 THEN NULL
       WHEN %(kind)s = 40 AND w = %(wallets)s THEN %(seq)s + 2 ELSE %(seq)s + 1 END,
  CASE WHEN long THEN (%(long_seq)s + p / %(every)s) * %(long_amount)s WHEN %(kind)s = 30 THEN NULL
       WHEN %(kind)s = 40 AND w = %(wallets)s THEN %(balance)s ELSE %(balance)s + %(amount)s END,
  %(at)s, %(at)s, 1, %(day)s, 0, CASE WHEN long THEN 10 ELSE %(kind)s END, 0,
  format(CASE WHEN long THEN 'hour-record:%%s:verify' ELSE %(words)s END, %(id)s + p)
FROM (SELECT p, p %% %(every)s = 0 AS long, p - p / %(every)s AS w FROM generate_series(1, %(places)s) AS p) AS place
"""

STAND = """
UPDATE ledger_account SET seq = %(seq)s, balance = %(balance)s, last_booked = %(day)s
WHERE id BETWEEN %(first)s AND %(last)s
"""

KEYS = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = %(table)s::regclass AND contype IN ('p', 'u')
"""
INDEXES = """
SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index AS i
WHERE i.indrelid = %(table)s::regclass AND NOT EXISTS (SELECT FROM pg_constraint AS c WHERE c.conindid = i.indexrelid)
"""
TABLE = {"table": "ledger_journalentry"}


def fill() -> None:
    """Everything into an empty, migrated database."""
    from ledger.choices import AccountKind
    from ledger.selectors import system_account_id
    from ledger.services import books, seals, statements

    book = books.open_book(name_zh="大社区", name_en="Large", time_zone="Asia/Shanghai", unit="coin", now=OPENED).pk
    numbers = ["LONG", *(f"R{number:06}" for number in range(1, WALLETS + 1))]
    long, *wallets = books.open_accounts(book_id=book, kind=AccountKind.WALLET, numbers=numbers, now=OPENED)
    assert wallets[-1] - wallets[0] == WALLETS - 1
    issuance, redeemed = (system_account_id(book, kind) for kind in (AccountKind.ISSUANCE, AccountKind.REDEEMED))
    names = {"book": book, "long": long, "wallet": wallets[0] - 1, "issuance": issuance, "redeemed": redeemed}
    _open_small_books()
    _without_indexes(lambda: _write(names))
    seals.checkpoint(now=NOW)
    databases.tidy()
    statements.close_and_state(book_id=book, month=MONTH_BEFORE, now=NOW)
    statements.close_and_state(book_id=book, month=MONTH, now=NOW)
    databases.tidy()
    _prove()


def is_worn() -> bool:
    """Whether earlier runs have posted so much that it is no longer the size it is measured for."""
    [[newest]] = databases.on_owner("SELECT max(id) FROM ledger_journalentry")
    return int(newest) > MOST * ROUNDS * PLACES


def _open_small_books() -> None:
    from ledger.choices import AccountKind
    from ledger.services import books

    for at in range(SPREAD):
        book = books.open_book(name_zh="小社区", name_en="Small", time_zone="Asia/Shanghai", unit="coin", now=OPENED).pk
        numbers = [f"R{at}{number:05}" for number in range(WALLETS // SPREAD)]
        books.open_accounts(book_id=book, kind=AccountKind.WALLET, numbers=numbers, now=OPENED)


def _write(names: dict[str, int]) -> None:
    *lived, end = rounds()
    for it in lived:
        databases.on_owner(
            WRITE,
            {
                **names, "kind": it.kind, "amount": it.amount, "seq": it.seq, "balance": it.balance, "day": it.day,
                "at": datetime(it.day.year, it.day.month, it.day.day, 2, tzinfo=UTC), "words": WORDS[it.kind],
                "id": it.number * PLACES, "places": PLACES, "wallets": WALLETS, "every": EVERY,
                "long_amount": LONG_AMOUNT, "long_seq": it.number * (PLACES // EVERY),
            },
        )  # fmt: skip
    first, day = names["wallet"] + 1, lived[-1].day
    stood = {"seq": end.seq, "balance": end.balance, "day": day, "first": first, "last": first + WALLETS - 1}
    databases.on_owner(STAND, stood)
    long = names["long"]
    stood = {"seq": LONG_LINES, "balance": LONG_LINES * LONG_AMOUNT, "day": day, "first": long, "last": long}
    databases.on_owner(STAND, stood)
    databases.on_owner(f"SELECT setval(pg_get_serial_sequence('ledger_journalentry', 'id'), {ROUNDS * PLACES})")


def _without_indexes(write: Callable[[], None]) -> None:
    """Drop the entries' indexes, write, make the same anew: a tenth of the time."""
    from django.db import transaction

    keys = databases.on_owner(KEYS, TABLE)
    indexes = databases.on_owner(INDEXES, TABLE)
    with transaction.atomic(using="owner"):
        databases.on_owner("SET LOCAL maintenance_work_mem = '512MB'")
        for name, _ in keys:
            databases.on_owner(f"ALTER TABLE ledger_journalentry DROP CONSTRAINT {name}")
        for name, _ in indexes:
            databases.on_owner(f"DROP INDEX {name}")
        write()
        for name, definition in keys:
            databases.on_owner(f"ALTER TABLE ledger_journalentry ADD CONSTRAINT {name} {definition}")
        for _, definition in indexes:
            databases.on_owner(definition)


def _prove() -> None:
    """Nothing is measured on a ledger that its own checks refuse."""
    from ledger.invariants import CHECKS

    found = [str(finding) for check in CHECKS for finding in check.run()]
    if found:
        raise RuntimeError(f"the entries written for the benchmark are not sound: {found[:3]}")
