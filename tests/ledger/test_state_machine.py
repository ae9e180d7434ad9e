"""The ledger against a plain model, in any order: after each act both must have the same answer and the same books.

The daily run is short; ``HYPOTHESIS_PROFILE=long`` walks for several minutes.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from core.errors import DomainError
from ledger import selectors
from ledger.choices import HoldStatus
from ledger.invariants import CHECKS
from ledger.models import Account, Hold, JournalEntry, MonthlyStatement
from ledger.services import books, holds, posting, reversals, seals, statements, transfers
from ledger.services.posting import LineRequest, Posted
from tests.ledger.conftest import NOW, World, build_world, open_wallet
from tests.ledger.model import FITS, SPENDING, Aside, Ask, Holder, Model, Name, Plea, Refused, Transfer

ZONES = {0: "Asia/Shanghai", 1: "Pacific/Apia"}
KINDS = {
    1: "wallet", 2: "fund", 3: "merchant", 4: "issuance", 5: "opening", 6: "recovery", 7: "redeemed", 8: "expired",
    9: "settled", 10: "clearing",
}  # fmt: skip
STATUSES = {"active": 0, "posted": 1, "released": 2, "expired": 3}
LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
EXAMPLES, STEPS = (250, 60) if LONG else (12, 30)


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


any_book = st.sampled_from([0, 0, 0, 1])
index = st.integers(0, 11)
wishes = st.builds(
    Wish,
    book=any_book,
    kind=st.sampled_from([10, 10, 10, 10, 20, 20, 30, *FITS]),
    payer=index,
    taker=index,
    amount=st.sampled_from([*range(1, 31), *range(1, 31), 0, 60, 100, 300]),
    old=st.sampled_from([None] * 40 + [0, 1]),
    stray=st.sampled_from([0] * 60 + [1, 2, 3]),
)
lags = st.sampled_from([0, 0, 0, 1, 30, 700])  # hours by which a clock is late


class Books(RuleBasedStateMachine):
    """Two books in different time zones."""

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

    # Rules

    @initialize(opening=st.sampled_from([0, 40, 200, 200]))
    def bring_over(self, opening: int) -> None:
        """So that there is something to spend from the first act on."""
        for book in ZONES:
            takers = self.names(book, {"wallet", "fund"})
            if opening:
                self.post([Ask(book, self.new(), 50, (book, "opening"), name, opening) for name in takers])

    @rule(wish=wishes, lag=lags, many=st.booleans())
    def post_one(self, wish: Wish, lag: int, many: bool) -> None:
        self.post([self.ask(wish)], lag=lag, many=many)

    @rule(asked=st.lists(wishes, min_size=2, max_size=6), lag=lags)
    def post_many(self, asked: list[Wish], lag: int) -> None:
        self.post([self.ask(wish) for wish in asked], lag=lag)

    @rule(asked=st.lists(wishes, min_size=2, max_size=4), lag=lags)
    def post_group(self, asked: list[Wish], lag: int) -> None:
        reference = self.new()
        self.post(
            [replace(self.ask(replace(wish, book=asked[0].book)), reference=reference) for wish in asked], lag=lag
        )

    @rule(wallet=index, amount=st.integers(50, 200), book=any_book)
    def earn(self, wallet: int, amount: int, book: int) -> None:
        """So that there is something to spend, hold and reverse."""
        self.post([self.ask(Wish(book, 10, 0, wallet, amount, None, 0))], many=False)

    @precondition(lambda self: self.first)
    @rule(picks=st.lists(st.integers(0, 50), min_size=1, max_size=3), wish=wishes, more=st.booleans(), lag=lags)
    def repeat(self, picks: list[int], wish: Wish, more: bool, lag: int) -> None:
        """Anything asked before, whole groups, by either path, also together with something new."""
        keys = {list(self.first)[pick % len(self.first)]: None for pick in picks}
        again = [ask for key in keys for ask, _ in self.model.answers[key] if ask]
        asked = [*again, *([self.ask(wish)] if more else [])]
        self.post(asked, lag=lag, many=len(asked) > 1 or bool(lag))

    @precondition(lambda self: self.first)
    @rule(pick=st.integers(0, 50), wish=wishes, part=st.booleans())
    def ask_otherwise(self, pick: int, wish: Wish, part: bool) -> None:
        """Other figures or another number of lines under an old reference."""
        book, reference = list(self.first)[pick % len(self.first)]
        first = self.model.answers[book, reference][0][0]
        other = replace(self.ask(replace(wish, book=book)), reference=reference)
        self.post([first if part and first else other], many=part)

    @rule(wish=wishes, known=st.booleans())
    def hold_anything(self, wish: Wish, known: bool) -> None:
        self.hold(wish, known=known)

    def hold(self, wish: Wish, *, known: bool) -> None:
        ask = self.ask(replace(wish, old=None))
        old = [name for name in self.hold_ids if self.model.holds[name].book == wish.book]
        reference = old[-1 - wish.old % len(old)] if old and wish.old is not None else f"h{ask.reference}"
        aside = Aside(ask.book, ask.kind, ask.debit, ask.credit if known else None, ask.amount)
        self.set_aside(reference, aside)

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

    @rule(book=any_book, payer=index, share=st.integers(1, 4), known=st.booleans(), kind=st.sampled_from([*SPENDING]))
    def hold_what_is_there(self, book: int, payer: int, share: int, known: bool, kind: int) -> None:
        self.hold_a_part(book, payer, share, known=known, kind=kind)

    def hold_a_part(self, book: int, payer: int, share: int, *, known: bool, kind: int) -> None:
        """What the payer can afford."""
        kind = kind if kind in FITS else 30
        ask = self.ask(Wish(book, kind, payer, payer + 1, 1, None, 0))
        amount = max(1, self.model.holders[ask.debit].available // share)
        self.set_aside(f"h{ask.reference}", Aside(book, kind, ask.debit, ask.credit if known else None, amount))

    @rule(book=any_book, payer=index, less=st.sampled_from([0, 0, 1]), taker=index, many=st.booleans())
    def hold_then_post(self, book: int, payer: int, less: int, taker: int, many: bool) -> None:
        before = len(self.hold_ids)
        self.hold_a_part(book, payer, 3, known=bool(taker % 2), kind=(20, 30, 32, 40)[taker % 4])
        if len(self.hold_ids) > before:
            self.pay_out(0, less, taker, many, 0)

    @precondition(lambda self: self.hold_ids)
    @rule(pick=index, less=st.sampled_from([0, 0, 1, 7, -1]), taker=index, many=st.booleans(), lag=lags)
    def post_hold(self, pick: int, less: int, taker: int, many: bool, lag: int) -> None:
        self.pay_out(pick, less, taker, many, lag)

    def pay_out(self, pick: int, less: int, taker: int, many: bool, lag: int) -> None:
        reference = list(self.hold_ids)[-1 - pick % len(self.hold_ids)]
        held = self.model.holds[reference]
        if held.kind == 41:  # neither path posts half of a transfer
            held = replace(held, kind=20, credit=None)
        takers = [held.credit] if held.credit else self.names(held.book, FITS[held.kind][1])
        credit = takers[taker % len(takers)]
        ask = Ask(held.book, self.new(), held.kind, held.debit, credit, max(1, held.amount - less), hold=reference)
        self.post([ask], lag=lag, many=many)

    @precondition(lambda self: self.hold_ids)
    @rule(picks=st.lists(index, min_size=1, max_size=3), release=st.booleans())
    def end_holds(self, picks: list[int], release: bool) -> None:
        references = [list(self.hold_ids)[-1 - pick % len(self.hold_ids)] for pick in picks]
        ids = [self.hold_ids[reference] for reference in references]
        end = holds.release if release else holds.expire
        status = "released" if release else "expired"
        done = self.both(lambda: end(hold_ids=ids, now=self.now), lambda: self.model.end(references, status))
        assert done is None or done[0] == done[1]

    @precondition(lambda self: self.first)
    @rule(pick=index, lag=lags)
    def reverse(self, pick: int, lag: int) -> None:
        """Something lately booked, by two people at once."""
        self.ask_to_reverse(pick, 1)
        if self.pleas:
            self.confirm_reversal(0, 2, lag)

    @rule(book=any_book, wallet=index, amount=st.integers(10, 200), rest=st.integers(0, 20))
    def reverse_what_is_spent(self, book: int, wallet: int, amount: int, rest: int) -> None:
        """From then on the wallet owes."""
        earned = self.ask(Wish(book, 10, 0, wallet, amount, None, 0))
        self.post([earned], many=False)
        spent = max(1, self.model.holders[earned.credit].available - rest)
        self.post([Ask(book, self.new(), 30, earned.credit, (book, "redeemed"), spent)], many=False)
        self.ask_to_reverse(1, 1)
        if self.pleas:
            self.confirm_reversal(0, 2, 0)

    @precondition(lambda self: self.first)
    @rule(pick=st.integers(0, 50), asker=st.sampled_from([1, 1, 2]))
    def ask_reversal(self, pick: int, asker: int) -> None:
        """Of anything, mirrors and transfers too; a second person may come later."""
        self.ask_to_reverse(pick, asker)

    def ask_to_reverse(self, pick: int, asker: int) -> None:
        book, reference = list(self.model.answers)[-1 - pick % len(self.model.answers)]

        def said() -> int:
            world = self.worlds[book].book.pk
            return reversals.ask(book_id=world, reference=reference, reason="x", actor_id=asker, now=self.now).pk

        done = self.both(said, lambda: self.model.ask_reversal(book, reference, asker))
        if done and not [it for it in self.pleas if it[1] == done[0]]:
            self.pleas.append((done[1], done[0], []))

    @precondition(lambda self: self.pleas)
    @rule(pick=st.sampled_from([0, 0, 0, 1, 2, 5]), actor=st.sampled_from([2, 2, 2, 1]), lag=lags)
    def decide(self, pick: int, actor: int, lag: int) -> None:
        self.confirm_reversal(pick, actor, lag)

    def confirm_reversal(self, pick: int, actor: int, lag: int) -> None:
        plea, request, ids = self.pleas[-1 - pick % len(self.pleas)]
        now = self.now - timedelta(hours=lag)

        def said() -> list[int]:
            return reversals.confirm(request_id=request, actor_id=actor, now=now)

        done = self.both(said, lambda: self.model.confirm(plea, actor, now))
        if done:
            written, lines = done
            assert len(written) == lines
            assert ids in ([], written)
            ids[:] = written

    @precondition(lambda self: self.pleas)
    @rule(pick=index, actor=st.sampled_from([1, 2]))
    def decline_reversal(self, pick: int, actor: int) -> None:
        plea, request, _ = self.pleas[-1 - pick % len(self.pleas)]
        self.both(
            lambda: reversals.decline(request_id=request, actor_id=actor, now=self.now),
            lambda: self.model.decline(plea, actor),
        )

    @rule(
        book=any_book, payer=index, payee=index, amount=st.integers(0, 60), held=st.booleans(),
        stray=st.sampled_from([False] * 9 + [True]), old=st.sampled_from([None] * 9 + [0, 1, 2]), lag=lags,
    )  # fmt: skip
    def transfer(
        self, book: int, payer: int, payee: int, amount: int, held: bool, stray: bool, old: int | None, lag: int
    ) -> None:
        """To the other book, from a hold or without."""
        payers = self.names(book, {"wallet"})
        payees = [*self.model.holders] if stray else self.names(1 - book, {"wallet"})
        chosen, taker = payers[payer % len(payers)], payees[payee % len(payees)]
        amount = amount or self.model.holders[chosen].available + payee % 2
        known = [reference for _, reference in self.model.answers]
        reference = known[-1 - old % len(known)] if known and old is not None else self.new()
        hold = None
        if held:
            aside = Aside(book, 41, chosen, self.model.clearing[book], max(1, amount))
            self.set_aside(f"h{reference}", aside)
            hold = f"h{reference}" if f"h{reference}" in self.hold_ids else None
        self.send(Transfer(reference, chosen, taker, amount, hold), lag)

    @precondition(lambda self: self.model.transfers)
    @rule(pick=index, more=st.sampled_from([0, 0, 1]), lag=lags)
    def transfer_again(self, pick: int, more: int, lag: int) -> None:
        asked = list(self.model.transfers.values())[-1 - pick % len(self.model.transfers)]
        self.send(replace(asked, amount=asked.amount + more), lag)

    def send(self, asked: Transfer, lag: int) -> None:
        now = self.now - timedelta(hours=lag)
        payer, payee = self.ids[asked.payer], self.ids[asked.payee]
        hold = self.hold_ids[asked.hold] if asked.hold else None

        def said() -> transfers.Transferred:
            return transfers.transfer(
                reference=asked.reference, payer_id=payer, payee_id=payee, amount=asked.amount, actor_id=1, now=now,
                hold_id=hold,
            )  # fmt: skip

        done = self.both(said, lambda: self.model.transfer(asked, now))
        if done:
            assert self.sent.setdefault(asked.reference, done[0]) == done[0]

    @rule(book=any_book, picks=st.lists(index, min_size=1, max_size=3), line=st.integers(-1, 90), stray=st.booleans())
    def set_credit_line(self, book: int, picks: list[int], line: int, stray: bool) -> None:
        names = self.names(book, {"wallet", *(["merchant"] if stray else [])})
        chosen = [names[pick % len(names)] for pick in picks]
        ids = [self.ids[name] for name in chosen]
        done = self.both(
            lambda: books.set_credit_line(account_ids=ids, line=line), lambda: self.model.set_credit_line(chosen, line)
        )
        assert done is None or done[0] == done[1]

    @rule(book=any_book, pick=index, cap=st.none() | st.integers(-1, 150), stray=st.booleans())
    def set_cap(self, book: int, pick: int, cap: int | None, stray: bool) -> None:
        names = self.names(book, {"wallet", *(["fund"] if stray else [])})
        name = names[pick % len(names)]
        self.both(lambda: books.set_cap(account_id=self.ids[name], cap=cap), lambda: self.model.set_cap(name, cap))

    @rule(wish=wishes, other=wishes, pause=any_book, stay=st.sampled_from([False, False, False, True]))
    def pause(self, wish: Wish, other: Wish, pause: int, stay: bool) -> None:
        """Spending stops, the rest goes on; lifted again, as a rule at once."""
        books.pause_spending(book_id=self.worlds[pause].book.pk, now=self.now)
        self.model.paused.add(pause)
        self.post([self.ask(wish)], many=False)
        self.hold(replace(other, book=pause), known=False)
        if not stay:
            books.resume_spending(book_id=self.worlds[pause].book.pk)
            self.model.paused.discard(pause)

    @rule(days=st.integers(0, 12), hours=st.integers(0, 23))
    def wait(self, days: int, hours: int) -> None:
        self.now += timedelta(days=days, hours=hours)

    @rule(book=any_book, back=st.sampled_from([1, 1, 1, 0, 2]))
    def close_month(self, book: int, back: int) -> None:
        today = self.model.today(book, self.now).replace(day=1)
        month = shifted(today, -back)
        pk = self.worlds[book].book.pk

        def said() -> int:
            return statements.close_and_state(book_id=pk, month=month, now=self.now)

        done = self.both(said, lambda: self.model.close_and_state(book, month, self.now))
        if done:
            assert done[0] == done[1]
            columns = ("opening", "credited", "debited", "closing", "last_seq")
            rows = MonthlyStatement.objects.filter(book=pk, month=month).values_list("account_id", *columns)
            expected = {name: row for (name, of), row in self.model.stated.items() if (name[0], of) == (book, month)}
            assert {pk: tuple(row) for pk, *row in rows} == {self.ids[name]: row for name, row in expected.items()}

    @rule(book=any_book)
    def fix(self, book: int) -> None:
        """A checkpoint and a seal change nothing that can be read."""
        seals.checkpoint(now=self.now)
        seals.seal_book(book_id=self.worlds[book].book.pk, now=self.now)
        assert seals.verify(book_id=self.worlds[book].book.pk) == []

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


def shifted(first: date, months: int) -> date:
    """The first of a month, so many months on."""
    at = first.year * 12 + first.month - 1 + months
    return date(at // 12, at % 12 + 1, 1)


def test_any_order_of_acts_keeps_the_books_as_the_model_has_them(db: None) -> None:
    run_state_machine_as_test(
        Books,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
        ),
    )
