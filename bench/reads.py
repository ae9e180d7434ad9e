"""What is read and proven: balances, passbook pages, a month's statements, all entries at once. Seconds throughout."""

import random
import time
from collections.abc import Callable

from bench import databases, entries

READS = 300
COPY_IN = "COPY bench_statement FROM STDIN"
STATED = "SELECT * FROM ledger_monthlystatement WHERE month = %(month)s"
OF_MONTH = {"month": entries.MONTH}


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def proof() -> float:
    """Of one pass that proves every entry. Raises when it does not come out: nothing unsound is measured."""
    from ledger import invariants_entries

    found: list[object] = []
    seconds = timed(lambda: found.extend(one for many in invariants_entries.look().values() for one in many))
    if found:
        raise RuntimeError(f"the ledger is not sound: {found[:3]}")
    return seconds


def plain_sum() -> float:
    """Of one pass over the same table that only counts and adds up."""
    return timed(lambda: databases.on_owner("SELECT count(*), sum(amount) FROM ledger_journalentry"))


def accounts() -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """(account, lines): the long one, and a thousand of a hundred lines."""
    from ledger.models import Account

    lines = Account.objects.filter(book=1).values_list("pk", "seq")
    wallets = lines.filter(number__startswith="R").order_by("pk")[:1000]
    return list(lines.filter(number="LONG")), list(wallets)


def balances(chosen: list[tuple[int, int]]) -> float:
    """Of so many balances, always of the same account: what a row's cache misses cost is not the question."""
    from ledger import selectors

    account, _ = chosen[0]
    return timed(lambda: [selectors.balance(account) for _ in range(READS)])


def pages(chosen: list[tuple[int, int]]) -> float:
    """Of so many random pages."""
    from ledger import selectors

    asked = [(account, random.randint(25, lines)) for account, lines in random.choices(chosen, k=READS)]
    return timed(lambda: [selectors.page(account, before_seq=seq) for account, seq in asked])


class Months:
    """Makes the statements of one month again and again."""

    def __init__(self) -> None:
        databases.on_owner("DROP TABLE IF EXISTS bench_statement")
        databases.on_owner("CREATE TABLE bench_statement (LIKE ledger_monthlystatement INCLUDING ALL)")
        self.rows = self._copied_out()

    def state(self) -> float:
        """Of closing the month and stating every account of the large book."""
        from ledger.services.statements import close_and_state

        self._forget()
        made: list[int] = []
        seconds = timed(lambda: made.append(close_and_state(book_id=1, month=entries.MONTH, now=entries.NOW)))
        if made[0] < entries.WALLETS:
            raise RuntimeError(f"{made[0]} statements were made")
        return seconds

    def copy(self) -> float:
        """Of writing the same rows by COPY, which knows them already."""
        databases.on_owner("TRUNCATE bench_statement")
        return timed(self._copy_in)

    def _forget(self) -> None:
        """As the owner, with the triggers off, which is not timed."""
        databases.on_owner("ALTER TABLE ledger_monthlystatement DISABLE TRIGGER USER")
        databases.on_owner("DELETE FROM ledger_monthlystatement WHERE month = %(month)s", OF_MONTH)
        databases.on_owner("ALTER TABLE ledger_monthlystatement ENABLE TRIGGER USER")
        databases.on_owner("VACUUM ledger_monthlystatement")

    def _copied_out(self) -> bytes:
        from django.db import connections

        with connections["owner"].cursor() as cursor:
            cursor.execute(f"CREATE TEMP TABLE out AS {STATED}", OF_MONTH)
            with cursor.connection.cursor().copy("COPY out TO STDOUT") as lines:
                return b"".join(bytes(line) for line in lines)

    def _copy_in(self) -> None:
        from django.db import connections

        with connections["owner"].cursor() as own, own.connection.cursor().copy(COPY_IN) as lines:
            lines.write(self.rows)
