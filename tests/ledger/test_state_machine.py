"""The ledger against a plain model, in any order: after each act both must have the same answer and the same books.

The daily run is short; ``HYPOTHESIS_PROFILE=long`` walks for several minutes.
"""

import os
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule, run_state_machine_as_test

from ledger.models import MonthlyStatement
from ledger.services import books, holds, reversals, seals, statements, transfers
from tests.ledger.model_rows import FITS, SPENDING, Aside, Ask, Transfer
from tests.ledger.two_books import ZONES, TwoBooks, Wish

LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
EXAMPLES, STEPS = (250, 60) if LONG else (12, 30)

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


class Books(TwoBooks):
    """The acts, in any order."""

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
