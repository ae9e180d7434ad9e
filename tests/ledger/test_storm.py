"""Everything at once on few accounts: nobody meets a database error, and the books are sound afterwards."""

import os
import random
from collections import Counter
from threading import Event, Thread

from django.db import connection, connections

from core.errors import DomainError
from core.transactions import atomic_with_retry
from ledger import selectors
from ledger.choices import EntryKind
from ledger.invariants import CHECKS
from ledger.models import JournalEntry
from ledger.services import holds, posting, reversals, seals
from tests.ledger.conftest import NOW, World

THREADS = 8
ROUNDS = int(os.environ.get("STORM_ROUNDS", "40"))
CAP = 50


class Client:
    """One thread's acts, each on accounts that the others use too."""

    def __init__(self, world: World, wallets: list[int], at: int) -> None:
        self.world, self.wallets, self.at = world, wallets, at
        self.chance = random.Random(at)
        self.held: list[tuple[int, int, int]] = []
        self.earned: list[str] = []
        self.turn = 0

    def act(self) -> None:
        """One random act, as an outermost service would do it."""
        self.turn += 1
        acts = [self.earn, self.spend, self.spend, self.give, self.hold, self.post_hold, self.release, self.many]
        acts += [self.earn, self.spend, self.reverse, self.reverse]
        atomic_with_retry(self.chance.choice(acts))()

    @property
    def reference(self) -> str:
        return f"{self.at}:{self.turn}"

    def earn(self) -> None:
        self.world.earn(self.chance.choice(self.wallets), self.chance.randint(1, 60), self.reference)
        self.earned.append(self.reference)

    def spend(self) -> None:
        wallet = self.chance.choice(self.wallets)
        self.world.spend(wallet, max(1, selectors.balance(wallet).available), self.reference)

    def give(self) -> None:
        giver, taker = self.chance.sample([*self.wallets, self.world.fund], 2)
        self.world.give(giver, taker, self.chance.randint(1, 30), self.reference)

    def hold(self) -> None:
        wallet, amount = self.chance.choice(self.wallets), self.chance.randint(1, 30)
        self.held.append((self.world.hold(wallet, amount, self.reference), wallet, amount))

    def post_hold(self) -> None:
        if self.held:
            held, wallet, amount = self.held.pop()
            self.world.spend(wallet, self.chance.randint(1, amount), self.reference, hold_id=held)

    def release(self) -> None:
        if self.held:
            holds.release(hold_ids=[self.held.pop()[0]], now=NOW)

    def many(self) -> None:
        asked = [
            self.world.request(
                EntryKind.HOURS, self.world.issuance, self.chance.choice(self.wallets), 20, f"{self.reference}:{n}"
            )
            for n in range(4)
        ]
        giver, taker = self.chance.sample(self.wallets, 2)
        asked.append(self.world.request(EntryKind.REQUESTER_PAYMENT, giver, taker, 10, self.reference))
        posting.post_many(asked, now=NOW)

    def reverse(self) -> None:
        if self.earned:
            request = reversals.ask(
                book_id=self.world.book.pk, reference=self.earned.pop(), reason="storm", actor_id=1, now=NOW
            )
            reversals.confirm(request_id=request.pk, actor_id=2, now=NOW)


def watch(world: World, over: Event, moved: list[int]) -> None:
    """Look at the books while they move: at every instant they sum to 0."""
    with connection.cursor() as cursor:
        while not over.is_set():
            cursor.execute(
                "SELECT (SELECT sum(balance) FROM ledger_account) + (SELECT coalesce(sum("
                "CASE WHEN debit_seq IS NULL THEN -amount ELSE amount END), 0) "
                "FROM ledger_journalentry WHERE debit_seq IS NULL OR credit_seq IS NULL)"
            )
            moved.append(cursor.fetchone()[0])
    connections.close_all()


def test_a_storm_leaves_the_books_sound(real_world: World, together) -> None:  # type: ignore[no-untyped-def]
    world = real_world
    wallets = [world.wallet(cap=CAP) for _ in range(3)] + [world.wallet(floor=-40), world.lin]
    met: Counter[str] = Counter()

    def work(at: int) -> None:
        client = Client(world, wallets, at)
        for _ in range(ROUNDS):
            try:
                client.act()
            except DomainError as refusal:
                met[refusal.code] += 1

    over, moved = Event(), []
    watcher = Thread(target=watch, args=(world, over, moved))
    watcher.start()
    answers = together(THREADS, work)
    over.set()
    watcher.join()
    assert answers == [None] * THREADS
    assert set(met) <= {"too_little"}
    assert set(moved) == {0}
    seals.checkpoint(now=NOW)
    seals.seal_book(book_id=world.book.pk, now=NOW)
    assert [finding for check in CHECKS for finding in check.run()] == []
    assert selectors.outstanding(world.book.pk).difference == 0
    kinds = set(JournalEntry.objects.values_list("kind", flat=True))
    assert kinds >= {EntryKind.OVERFLOW, EntryKind.RECOVERY_ADVANCE, EntryKind.RECOVERY_REPAID, EntryKind.REVERSAL}
