"""Everything at once on few accounts: nobody meets a database error, and the books are sound at every instant.

The daily run takes seconds; ``python -m bench storm`` runs it with 16 clients for two minutes.
"""

import os
import random
import time
from collections import Counter
from collections.abc import Callable
from threading import Event, Thread

from django.db import connection, connections, transaction

from core.errors import DomainError
from core.invariants import Finding
from core.transactions import atomic_with_retry
from ledger import selectors
from ledger.choices import EntryKind
from ledger.invariants import CHECKS
from ledger.invariants_entries import look
from ledger.models import JournalEntry
from ledger.services import books, holds, posting, reversals, seals, transfers
from tests.ledger.conftest import NOW, World, build_world

CLIENTS = int(os.environ.get("STORM_CLIENTS", "8"))
SECONDS = float(os.environ.get("STORM_SECONDS", "4"))
CAP = 50


class Client:
    """One thread's acts, each on accounts that the others use too."""

    def __init__(self, world: World, partner: World, wallets: list[int], at: int) -> None:
        self.world, self.partner, self.wallets, self.at = world, partner, wallets, at
        self.chance = random.Random(at)
        self.held: list[tuple[int, int, int]] = []
        self.earned: list[str] = []
        self.acknowledged: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.turn = 0

    def act(self) -> None:
        """One random act, as an outermost service would do it; what it booked, once it says so, is acknowledged."""
        self.turn += 1
        acts = [self.earn, self.spend, self.spend, self.give, self.hold, self.post_hold, self.release, self.many]
        acts += [self.earn, self.spend, self.reverse, self.reverse, self.send]
        try:
            self.acknowledged.update(atomic_with_retry(self.chance.choice(acts))())
        except DomainError as refusal:
            self.refused[refusal.code] += 1

    @property
    def reference(self) -> str:
        return f"{self.at}:{self.turn}"

    def earn(self) -> list[str]:
        self.world.earn(self.chance.choice(self.wallets), self.chance.randint(1, 60), self.reference)
        self.earned.append(self.reference)
        return [self.reference]

    def spend(self) -> list[str]:
        wallet = self.chance.choice(self.wallets)
        self.world.spend(wallet, max(1, selectors.balance(wallet).available), self.reference)
        return [self.reference]

    def give(self) -> list[str]:
        giver, taker = self.chance.sample([*self.wallets, self.world.fund], 2)
        self.world.give(giver, taker, self.chance.randint(1, 30), self.reference)
        return [self.reference]

    def send(self) -> list[str]:
        ends = [self.chance.choice(self.wallets), self.partner.lin]
        self.chance.shuffle(ends)
        amount = self.chance.randint(1, 30)
        transfers.transfer(
            reference=self.reference, payer_id=ends[0], payee_id=ends[1], amount=amount, actor_id=1, now=NOW
        )
        return [self.reference] * 2

    def hold(self) -> list[str]:
        wallet, amount = self.chance.choice(self.wallets), self.chance.randint(1, 30)
        self.held.append((self.world.hold(wallet, amount, self.reference), wallet, amount))
        return []

    def post_hold(self) -> list[str]:
        if not self.held:
            return []
        held, wallet, amount = self.held.pop()
        self.world.spend(wallet, self.chance.randint(1, amount), self.reference, hold_id=held)
        return [self.reference]

    def release(self) -> list[str]:
        if self.held:
            holds.release(hold_ids=[self.held.pop()[0]], now=NOW)
        return []

    def many(self) -> list[str]:
        asked = [
            self.world.request(
                EntryKind.HOURS, self.world.issuance, self.chance.choice(self.wallets), 20, f"{self.reference}:{n}"
            )
            for n in range(4)
        ]
        giver, taker = self.chance.sample(self.wallets, 2)
        asked.append(self.world.request(EntryKind.REQUESTER_PAYMENT, giver, taker, 10, self.reference))
        posting.post_many(asked, now=NOW)
        return [request.reference for request in asked]

    def reverse(self) -> list[str]:
        if not self.earned:
            return []
        reference = self.earned.pop()
        request = reversals.ask(book_id=self.world.book.pk, reference=reference, reason="x", actor_id=1, now=NOW)
        reversals.confirm(request_id=request.pk, actor_id=2, now=NOW)
        return [request.reversal_reference]


def watch(over: Event, seen: list[tuple[int, list[Finding]]]) -> None:
    """Look at the books while they move, each time in one snapshot: the total, and the whole proof of all entries."""
    while not over.wait(0.05):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute(TOTAL)
            [total] = cursor.fetchone()
            seen.append((total, [finding for found in look().values() for finding in found]))
    connections.close_all()


TOTAL = """
SELECT (SELECT sum(balance) FROM ledger_account) + (SELECT coalesce(sum(balance), 0) FROM ledger_checkpoint AS c
    WHERE c.last_id = (SELECT max(last_id) FROM ledger_checkpoint))
  + (SELECT coalesce(sum(CASE WHEN debit_seq IS NULL THEN -amount ELSE amount END), 0) FROM ledger_journalentry
     WHERE (debit_seq IS NULL OR credit_seq IS NULL) AND id > (SELECT coalesce(max(last_id), 0) FROM ledger_checkpoint))
"""


def test_a_storm_leaves_the_books_sound(real_world: World, together: Callable[..., list[object]]) -> None:
    world, partner = real_world, build_world()
    books.open_clearing(book_id=world.book.pk, partner_id=partner.book.pk, now=NOW)
    wallets = [world.wallet(cap=CAP) for _ in range(3)] + [world.wallet(floor=-40), world.lin]
    clients = [Client(world, partner, wallets, at) for at in range(CLIENTS)]
    end = time.monotonic() + SECONDS

    def work(at: int) -> None:
        while time.monotonic() < end:
            clients[at].act()
            if at == 0 and clients[at].turn % 40 == 0:
                seals.checkpoint(now=NOW)

    over, seen = Event(), []
    watcher = Thread(target=watch, args=(over, seen))
    watcher.start()
    answers = together(CLIENTS, work)
    over.set()
    watcher.join()
    assert answers == [None] * CLIENTS
    assert {code for client in clients for code in client.refused} <= {"too_little"}
    assert seen == [(0, [])] * len(seen)
    assert seen, "nobody looked"
    check_acknowledged(clients, world, partner)
    seals.checkpoint(now=NOW)
    seals.seal_book(book_id=world.book.pk, now=NOW)
    assert [finding for check in CHECKS for finding in check.run()] == []
    assert selectors.outstanding(world.book.pk).difference == 0
    kinds = set(JournalEntry.objects.values_list("kind", flat=True))
    assert kinds >= {EntryKind.OVERFLOW, EntryKind.RECOVERY_ADVANCE, EntryKind.RECOVERY_REPAID, EntryKind.REVERSAL}
    print(f"{CLIENTS} clients, {SECONDS:g} s: {JournalEntry.objects.count()} entries, {len(seen)} looks")


def check_acknowledged(clients: list[Client], *worlds: World) -> None:
    """What was acknowledged is there, once; what was refused is not."""
    said: Counter[str] = Counter()
    for client in clients:
        said.update(client.acknowledged)
    asked_for = JournalEntry.objects.filter(book__in=[world.book for world in worlds], line=0)
    assert Counter(asked_for.values_list("reference", flat=True)) == said
