"""Two books in different time zones and the model of both, side by side: each act is done in both and compared."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis.stateful import RuleBasedStateMachine, invariant

from core.errors import DomainError
from ledger import selectors
from ledger.choices import HoldStatus
from ledger.invariants import CHECKS
from ledger.models import Account, Hold, JournalEntry
from ledger.services import books, holds, posting, transfers
from ledger.services.posting import LineRequest, Posted
from tests.ledger.conftest import NOW, World, build_world, open_wallet
from tests.ledger.model import Model
from tests.ledger.model_rows import FITS, Aside, Ask, Holder, Name, Plea, Refused

ZONES = {0: "Asia/Shanghai", 1: "Pacific/Apia"}
KINDS = {
    1: "wallet", 2: "fund", 3: "merchant", 4: "issuance", 5: "opening", 6: "recovery", 7: "redeemed", 8: "expired",
    9: "settled", 10: "clearing",
}  # fmt: skip
STATUSES = {"active": 0, "posted": 1, "released": 2, "expired": 3}


@dataclass(frozen=True)
class Wish:
    """A request in numbers; which accounts and references they mean depends on what is there by then."""

    book: int
    kind: int
    payer: int
    taker: int
    amount: int
    old: int | None
    stray: int


class TwoBooks(RuleBasedStateMachine):
    """What the acts of a walk need, and what must be so after each; the acts themselves are the subclass's."""

    def __init__(self) -> None:
        super().__init__()
        self.walk = transaction.atomic()
        self.walk.__enter__()
        self.worlds: dict[int, World] = {at: build_world(zone) for at, zone in ZONES.items()}
        for world in self.worlds.values():
            open_wallet(world.book.pk, cap=100, number="CAPPED")
            open_wallet(world.book.pk, floor=-40, number="LINE")
        self.at_of = {world.book.pk: at for at, world in self.worlds.items()}
        here, there = (world.book.pk for world in self.worlds.values())
        books.open_clearing(book_id=here, partner_id=there, now=NOW)
        self.model = Model(ZONES)
        self.model.clearing = {0: (0, f"clearing:{there}"), 1: (1, f"clearing:{here}")}
        self.ids: dict[Name, int] = {}
        for row in self.learn():
            kind = KINDS[row.kind]
            at = self.at_of[row.book_id]
            self.model.holders[at, row.number] = Holder(kind, row.floor, row.cap, opened=self.model.today(at, NOW))
        self.now = NOW
        self.count = 0
        self.first: dict[tuple[int, str], list[Posted]] = {}
        self.hold_ids: dict[str, int] = {}
        self.sent: dict[str, transfers.Transferred] = {}
        self.pleas: list[tuple[Plea, int, list[int]]] = []

    def teardown(self) -> None:
        try:
            if self.ids:
                self.compare_entries()
                self.compare_holds()
                assert [finding for check in CHECKS for finding in check.run()] == []
        finally:
            transaction.set_rollback(True)
            self.walk.__exit__(None, None, None)

    # What the numbers of a wish mean

    def learn(self) -> list[Account]:
        found = list(Account.objects.filter(book__in=self.at_of).order_by("pk"))
        self.ids = {(self.at_of[row.book_id], row.number): row.pk for row in found}
        return found

    def names(self, book: int, kinds: set[str]) -> list[Name]:
        return [name for name, holder in self.model.holders.items() if name[0] == book and holder.kind in kinds]

    def new(self) -> str:
        self.count += 1
        return f"r{self.count}"

    def ask(self, wish: Wish) -> Ask:
        debits, credits_ = (self.names(wish.book, kinds) for kinds in FITS[wish.kind])
        everywhere = list(self.model.holders)
        debits = everywhere if wish.stray == 1 else debits
        credits_ = everywhere if wish.stray == 2 or not credits_ else credits_
        debit = debits[wish.payer % len(debits)]
        others = [name for name in credits_ if name != debit or wish.stray == 3] or everywhere
        known = [reference for book, reference in self.model.answers if book == wish.book]
        reference = known[-1 - wish.old % len(known)] if known and wish.old is not None else self.new()
        return Ask(wish.book, reference, wish.kind, debit, others[wish.taker % len(others)], wish.amount)

    def request(self, ask: Ask) -> LineRequest:
        debit, credit = self.ids[ask.debit], self.ids[ask.credit]
        hold = self.hold_ids[ask.hold] if ask.hold else None
        book = self.worlds[ask.book].book.pk
        return LineRequest(book, ask.reference, ask.kind, debit, credit, ask.amount, 1, 0, hold)  # type: ignore[arg-type]

    # Both sides of an act

    def both(self, said: Callable[[], Any], expected: Callable[[], Any]) -> tuple[Any, Any] | None:
        """Do it in the ledger and in the model; both answer, or both refuse in the same way (None)."""
        refused: Refused | None = None
        wanted = None
        try:
            wanted = expected()
        except Refused as refusal:
            refused = refusal
        if refused is None:
            with transaction.atomic():
                return said(), wanted
        with pytest.raises(DomainError) as told, transaction.atomic():
            said()
        assert type(told.value).__name__ == refused.name
        if refused.available is not None:
            figures = (told.value.available, told.value.short)  # type: ignore[attr-defined]
            assert figures == (refused.available, refused.short)
        return None

    def post(self, asked: Sequence[Ask], *, lag: int = 0, many: bool = True) -> None:
        now = self.now - timedelta(hours=lag)
        requests = [self.request(ask) for ask in asked]

        def said() -> list[Posted]:
            return posting.post_many(requests, now=now) if many else [posting.post(requests[0], now=now)]

        done = self.both(said, lambda: self.model.post(asked, now))
        if done is None:
            return
        posted, wanted = done
        assert [(one.to_credit, one.overflow, one.repaid) for one in posted] == wanted
        by_key: dict[tuple[int, str], list[Posted]] = {}
        for ask, one in zip(asked, posted, strict=True):
            by_key.setdefault(ask.key, []).append(one)
        for key, answers in by_key.items():
            assert self.first.setdefault(key, answers) == answers, "a replay answers what it became the first time"

    def set_aside(self, reference: str, aside: Aside) -> None:
        def said() -> int:
            return holds.hold(
                book_id=self.worlds[aside.book].book.pk, reference=reference, debit_id=self.ids[aside.debit],
                credit_id=self.ids[aside.credit] if aside.credit else None, amount=aside.amount,
                kind=aside.kind, actor_id=1, now=self.now,
            )  # type: ignore[arg-type]  # fmt: skip

        done = self.both(said, lambda: self.model.hold(reference, aside))
        if done:
            assert self.hold_ids.setdefault(reference, done[0]) == done[0]

    # What must be so after each act

    @invariant()
    def balances_are_the_models(self) -> None:
        stored = {row.pk: row for row in self.learn()}
        read = selectors.balances(stored)
        assert self.ids.keys() == self.model.holders.keys()
        for name, holder in self.model.holders.items():
            row, now = stored[self.ids[name]], read[self.ids[name]]
            available = 0 if holder.floor is None else holder.available
            assert (now.balance, now.held, now.available) == (holder.balance, holder.held, available), name
            assert (row.floor, row.cap, row.floor_target) == (holder.floor, holder.cap, holder.target), name
            assert (row.seq, row.last_booked) == (holder.seq, holder.last), name
            assert available >= 0

    @invariant()
    def trial_balances_are_the_models(self) -> None:
        for at, world in self.worlds.items():
            expected: dict[str, list[int]] = {}
            for name, holder in self.model.holders.items():
                if name[0] == at:
                    sums = expected.setdefault(holder.kind, [0, 0])
                    sums[0] += holder.debits
                    sums[1] += holder.credits
            lines = selectors.trial_balance(world.book.pk)
            assert {KINDS[line.kind]: [line.debits, line.credits] for line in lines} == expected
            assert sum(line.debits - line.credits for line in lines) == 0
            assert selectors.outstanding(world.book.pk).difference == 0

    def compare_entries(self) -> None:
        """Every line, in the order it was written."""
        name_of = {pk: name for name, pk in self.ids.items()}
        rows = [
            (
                self.at_of[it.book_id], it.reference, it.line, it.kind, name_of[it.debit_id], name_of[it.credit_id],
                it.amount, it.booked_date, it.debit_seq and (it.debit_seq, it.debit_after),
                it.credit_seq and (it.credit_seq, it.credit_after),
            )
            for it in JournalEntry.objects.order_by("pk")
        ]  # fmt: skip
        assert rows == [tuple(vars(entry).values()) for entry in self.model.entries]

    def compare_holds(self) -> None:
        status = dict(Hold.objects.values_list("reference", "status"))
        assert status == {name: HoldStatus(STATUSES[hold.status]) for name, hold in self.model.holds.items()}
