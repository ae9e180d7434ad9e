"""Many at once: what may be spent is spent exactly, a reference counts once, crossed transfers end well."""

import random
from threading import Event, Thread

import pytest
from django.db import connection, connections, transaction

from core.transactions import atomic_with_retry
from ledger import selectors
from ledger.choices import EntryKind, ReversalStatus
from ledger.errors import NotReversible
from ledger.models import JournalEntry, ReversalRequest
from ledger.services import posting, reversals, statements
from tests.ledger.conftest import NOW, World


def outcomes(answers: list[object]) -> dict[str, int]:
    """How many of each: 'Posted', or the refusal's name."""
    names = [type(answer).__name__ for answer in answers]
    return {name: names.count(name) for name in sorted(set(names))}


@pytest.mark.parametrize(("balance", "affordable"), [(10, 1), (70, 7)])
def test_twenty_spend_what_only_some_can(real_world: World, together, balance: int, affordable: int) -> None:  # type: ignore[no-untyped-def]
    real_world.earn(real_world.lin, balance)
    answers = together(20, lambda at: real_world.spend(real_world.lin, 10, f"spend:{at}"))
    assert outcomes(answers) == {"Posted": affordable, "TooLittle": 20 - affordable}
    assert selectors.balance(real_world.lin).balance == 0


def test_twenty_hold_a_balance_for_one(real_world: World, together) -> None:  # type: ignore[no-untyped-def]
    real_world.earn(real_world.lin, 10)
    answers = together(20, lambda at: real_world.hold(real_world.lin, 10, f"hold:{at}"))
    assert outcomes(answers) == {"TooLittle": 19, "int": 1}
    assert selectors.balance(real_world.lin) == selectors.Balance(10, 10, 0)


@pytest.mark.parametrize("many", [False, True])
def test_twenty_times_the_same_reference_is_one_entry(real_world: World, together, many: bool) -> None:  # type: ignore[no-untyped-def]
    request = real_world.request(EntryKind.HOURS, real_world.issuance, real_world.lin, 10, "once")

    def work(at: int) -> posting.Posted:
        return posting.post_many([request], now=NOW)[0] if many and at % 2 else posting.post(request, now=NOW)

    answers = together(20, work)
    assert {answer.entry_id for answer in answers} == {JournalEntry.objects.get().pk}


@pytest.mark.parametrize("many", [False, True])
def test_the_same_spending_by_twenty_counts_once_and_is_answered_after_the_coins_are_gone(
    real_world: World,
    together,  # type: ignore[no-untyped-def]
    many: bool,
) -> None:
    real_world.earn(real_world.lin, 10)
    request = real_world.request(EntryKind.REDEMPTION, real_world.lin, real_world.redeemed, 10, "once")

    def work(at: int) -> posting.Posted:
        return posting.post_many([request], now=NOW)[0] if many and at % 2 else posting.post(request, now=NOW)

    answers = together(20, work)
    assert selectors.balance(real_world.lin).balance == 0
    assert answers + together(20, work) == [answers[0]] * 40
    assert JournalEntry.objects.filter(reference="once").count() == 1


def test_the_same_hold_by_twenty_sets_aside_once_also_after_the_coins_are_gone(real_world: World, together) -> None:  # type: ignore[no-untyped-def]
    real_world.earn(real_world.lin, 10)
    answers = together(20, lambda at: real_world.hold(real_world.lin, 10, "once"))
    assert selectors.balance(real_world.lin) == selectors.Balance(10, 10, 0)
    real_world.spend(real_world.lin, 10, hold_id=answers[0])
    again = together(20, lambda at: real_world.hold(real_world.lin, 10, "once"))
    assert answers + again == [answers[0]] * 40
    assert selectors.balance(real_world.lin) == selectors.Balance(0, 0, 0)


def test_the_same_reversal_by_twenty_is_one_mirror_also_after_the_coins_are_gone(real_world: World, together) -> None:  # type: ignore[no-untyped-def]
    real_world.earn(real_world.lin, 10, "hours")
    real_world.spend(real_world.lin, 10)

    def work(at: int) -> list[int]:
        pk = real_world.book.pk
        asked = ReversalRequest.objects.filter(book=pk, status=ReversalStatus.CONFIRMED).first() or reversals.ask(
            book_id=pk, reference="hours", reason="twice", actor_id=1, now=NOW
        )
        return reversals.confirm(request_id=asked.pk, actor_id=2, now=NOW)

    reversals.ask(book_id=real_world.book.pk, reference="hours", reason="twice", actor_id=1, now=NOW)
    answers = [answer for answer in together(20, work) if not isinstance(answer, NotReversible)]
    again = together(20, work)
    assert answers, "somebody was first"
    assert answers + again == [again[0]] * (len(answers) + 20)
    assert JournalEntry.objects.filter(reference="hours:reverse").count() == 2, "the advance and the mirror"


@pytest.mark.parametrize("many", [False, True])
def test_a_reference_raced_for_by_others_is_a_refusal_never_an_error(real_world: World, together, many: bool) -> None:  # type: ignore[no-untyped-def]
    wallets = [real_world.wallet() for _ in range(10)]

    def work(at: int) -> object:
        request = real_world.request(EntryKind.HOURS, real_world.issuance, wallets[at], 10, "once")
        return posting.post_many([request], now=NOW) if many else posting.post(request, now=NOW)

    answers = together(10, work)
    assert outcomes(answers) == {"OtherPayload": 9, "list" if many else "Posted": 1}


def test_crossed_transfers_meet_no_deadlock(real_world: World, together) -> None:  # type: ignore[no-untyped-def]
    wallets = [real_world.wallet() for _ in range(3)] + [real_world.fund]
    for wallet in wallets:
        real_world.post(EntryKind.OPENING_BALANCE, real_world.opening, wallet, 500)

    def work(at: int) -> str:
        chance = random.Random(at)
        for turn in range(25):
            pairs = [chance.sample(wallets, 2) for _ in range(chance.choice([1, 4]))]
            asked = [real_world.request(EntryKind.GIFT, a, b, 5, f"{at}:{turn}:{n}") for n, (a, b) in enumerate(pairs)]
            _ = posting.post(asked[0], now=NOW) if len(asked) == 1 else posting.post_many(asked, now=NOW)
        return "done"

    answers = together(8, work)
    assert set(outcomes(answers)) <= {"str", "TooLittle"}
    assert sum(selectors.balance(wallet).balance for wallet in wallets) == 2000


def test_a_deadlock_of_two_postings_in_a_transaction_is_tried_again(real_world: World, together) -> None:  # type: ignore[no-untyped-def]
    real_world.earn(real_world.lin, 100)
    real_world.earn(real_world.mei, 100)

    @atomic_with_retry
    def both(at: int) -> str:
        a, b = (real_world.lin, real_world.mei) if at % 2 else (real_world.mei, real_world.lin)
        real_world.spend(a, 1, f"{at}:first")
        real_world.spend(b, 1, f"{at}:second")
        return "done"

    assert together(2, both) == ["done", "done"]
    assert JournalEntry.objects.count() == 6


def test_caps_gifts_from_the_fund_and_earnings_cross_without_deadlock(real_world: World, together) -> None:  # type: ignore[no-untyped-def]
    real_world.post(EntryKind.OPENING_BALANCE, real_world.opening, real_world.fund, 10_000)
    wallet = real_world.wallet(cap=50)

    def work(at: int) -> str:
        for turn in range(20):
            if at % 2:
                real_world.earn(wallet, 20, f"{at}:{turn}")
            else:
                real_world.give(real_world.fund, wallet, 1, f"{at}:{turn}")
        return "done"

    assert set(together(8, work)) == {"done"}
    assert selectors.outstanding(real_world.book.pk).difference == 0


def test_closing_waits_for_a_posting_under_way(real_world: World) -> None:
    """The posting read ``closed_through`` before the month closed; so closing must not pass it."""
    december = NOW.replace(month=12)
    posted, closed = Event(), Event()

    def close() -> None:
        posted.wait(10)
        statements.close_and_state(book_id=real_world.book.pk, month=NOW.date().replace(day=1), now=december)
        closed.set()
        connections.close_all()

    thread = Thread(target=close)
    thread.start()
    with transaction.atomic():
        real_world.earn(real_world.lin, 60, "november")
        posted.set()
        assert not closed.wait(0.5)
    thread.join(10)
    assert closed.is_set()
    (line,) = selectors.month_lines(real_world.lin, NOW.date().replace(day=1))
    assert line.delta == 60


def test_nothing_is_booked_in_a_month_while_it_closes(real_world: World, together) -> None:  # type: ignore[no-untyped-def]
    month = NOW.date().replace(day=1)
    december = NOW.replace(month=12)
    wallets = [real_world.wallet() for _ in range(6)]

    def work(at: int) -> object:
        if at == 6:
            return statements.close_and_state(book_id=real_world.book.pk, month=month, now=december)
        for turn in range(40):  # a clock that still says November
            real_world.earn(wallets[at], 1, f"{at}:{turn}")
        return "done"

    answers = together(7, work)
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.account_id FROM ledger_monthlystatement s WHERE s.closing <> ("
            "SELECT coalesce(sum(signed_amount), 0) FROM ledger_lines l "
            "WHERE l.account = s.account_id AND l.booked_date < '2026-12-01')"
        )
        assert cursor.fetchall() == []
    assert JournalEntry.objects.filter(book=real_world.book).count() == 240
