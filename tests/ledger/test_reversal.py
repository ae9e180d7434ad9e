"""Reversals: two people, a whole mirror, once; a short wallet is lent the shortfall and repays it later."""

import pytest

from ledger import errors, selectors
from ledger.choices import AccountKind, EntryKind, ReversalStatus
from ledger.models import Account, JournalEntry, ReversalRequest
from ledger.services import posting, reversals
from tests.ledger.conftest import CHEN, DAY, NOW, ZHOU, World, refused


def ask(world: World, reference: str, actor: int = ZHOU) -> ReversalRequest:
    return reversals.ask(book_id=world.book.pk, reference=reference, reason="entered twice", actor_id=actor, now=NOW)


def reverse(world: World, reference: str) -> list[int]:
    return reversals.confirm(request_id=ask(world, reference).pk, actor_id=CHEN, now=NOW + DAY)


def recovery_of(account: int) -> int:
    return Account.objects.get(owner_id=account).pk


def test_mirrors_the_line_and_points_at_it(world: World) -> None:
    entry = world.earn(world.lin, 60, "hour-record:1:verify").entry_id
    (mirror,) = reverse(world, "hour-record:1:verify")
    written = JournalEntry.objects.get(pk=mirror)
    assert (written.debit_id, written.credit_id, written.amount) == (world.lin, world.issuance, 60)
    assert (written.reverses_id, written.kind, written.actor_id) == (entry, EntryKind.REVERSAL, CHEN)
    assert written.reference == "hour-record:1:reverse"
    assert selectors.balance(world.lin).balance == 0


def test_mirrors_every_line_of_a_group_the_last_first(world: World) -> None:
    wallet = world.wallet(cap=50)
    world.earn(wallet, 80, "hours")
    reverse(world, "hours")
    assert [(e.line, e.debit_id, e.amount) for e in world.entries("hours:reverse")] == [
        (0, world.fund, 30),
        (8, wallet, 50),
    ]
    assert selectors.outstanding(world.book.pk).held_by_people == 0


def test_whoever_asked_cannot_confirm(world: World) -> None:
    world.earn(world.lin, 60, "hours")
    request = ask(world, "hours")
    with refused(errors.SecondPersonNeeded):
        reversals.confirm(request_id=request.pk, actor_id=ZHOU, now=NOW)
    with refused(errors.SecondPersonNeeded):
        reversals.decline(request_id=request.pk, actor_id=ZHOU, now=NOW)
    assert selectors.balance(world.lin).balance == 60


def test_a_reason_is_needed(world: World) -> None:
    world.earn(world.lin, 60, "hours")
    with refused(errors.Malformed):
        reversals.ask(book_id=world.book.pk, reference="hours", reason="", actor_id=ZHOU, now=NOW)


def test_what_never_was_cannot_be_reversed(world: World) -> None:
    with refused(errors.NotReversible):
        ask(world, "never")


def test_asking_twice_is_one_request_and_a_second_asker_is_told(world: World) -> None:
    world.earn(world.lin, 60, "hours")
    first = ask(world, "hours")
    assert ask(world, "hours") == first
    with refused(errors.NotReversible):
        ask(world, "hours", CHEN)


def test_confirming_twice_answers_the_same_lines(world: World) -> None:
    world.earn(world.lin, 60, "hours")
    request = ask(world, "hours")
    first = reversals.confirm(request_id=request.pk, actor_id=CHEN, now=NOW)
    assert reversals.confirm(request_id=request.pk, actor_id=CHEN, now=NOW + DAY) == first
    assert JournalEntry.objects.count() == 2


def test_once_reversed_it_stays_so(world: World) -> None:
    world.earn(world.lin, 60, "hours")
    reverse(world, "hours")
    with refused(errors.NotReversible):
        ask(world, "hours")


def test_a_reversal_is_never_reversed(world: World) -> None:
    world.earn(world.lin, 60, "hours")
    reverse(world, "hours")
    with refused(errors.NotReversible):
        ask(world, "hours:reverse")


def test_a_declined_request_books_nothing_and_may_be_asked_anew(world: World) -> None:
    world.earn(world.lin, 60, "hours")
    request = ask(world, "hours")
    reversals.decline(request_id=request.pk, actor_id=CHEN, now=NOW)
    with refused(errors.NotReversible):
        reversals.confirm(request_id=request.pk, actor_id=CHEN, now=NOW)
    assert ReversalRequest.objects.get(pk=request.pk).status == ReversalStatus.DECLINED
    assert ask(world, "hours").pk != request.pk


def test_a_short_wallet_is_lent_the_shortfall(world: World) -> None:
    world.earn(world.lin, 60, "hours")
    world.spend(world.lin, 45)
    reverse(world, "hours")
    advance, mirror = JournalEntry.objects.filter(reference="hours:reverse").order_by("pk")
    assert (advance.kind, advance.line, advance.amount) == (EntryKind.RECOVERY_ADVANCE, 3, 45)
    assert (mirror.kind, mirror.line, mirror.amount) == (EntryKind.REVERSAL, 0, 60)
    assert world.lines(world.lin)[-2:] == [(EntryKind.RECOVERY_ADVANCE, 45, 60), (EntryKind.REVERSAL, -60, 0)]
    assert Account.objects.get(pk=recovery_of(world.lin)).balance == -45
    assert selectors.outstanding(world.book.pk).difference == 0


def test_held_coins_are_not_taken(world: World) -> None:
    world.earn(world.lin, 60, "hours")
    world.hold(world.lin, 40)
    reverse(world, "hours")
    assert selectors.balance(world.lin) == selectors.Balance(40, 40, 0)
    assert selectors.balance(recovery_of(world.lin)).balance == -40


def owing(world: World, amount: int) -> None:
    """Leave lin owing ``amount``."""
    world.earn(world.lin, amount, "wrong")
    world.spend(world.lin, amount)
    reverse(world, "wrong")


def test_later_earnings_repay_first(world: World) -> None:
    owing(world, 50)
    posted = world.earn(world.lin, 30, "next")
    assert (posted.to_credit, posted.repaid) == (30, 30)
    main, repaid = world.entries("next")
    assert (repaid.line, repaid.kind, repaid.amount) == (2, EntryKind.RECOVERY_REPAID, 30)
    assert (main.amount, selectors.balance(world.lin).balance) == (30, 0)
    assert world.earn(world.lin, 30).repaid == 20
    assert world.earn(world.lin, 30).repaid == 0
    assert selectors.balance(recovery_of(world.lin)).balance == 0


def test_what_a_neighbour_pays_repays_too_and_a_gift_does_not(world: World) -> None:
    owing(world, 50)
    world.earn(world.mei, 100)
    assert world.give(world.mei, world.lin, 10).repaid == 0
    assert world.post(EntryKind.REQUESTER_PAYMENT, world.mei, world.lin, 20).repaid == 20


def test_repaying_comes_before_the_cap(world: World) -> None:
    wallet = world.wallet(cap=10)
    world.earn(wallet, 10, "wrong")
    world.spend(wallet, 10)
    reverse(world, "wrong")
    posted = world.earn(wallet, 30, "next")
    assert (posted.to_credit, posted.overflow, posted.repaid) == (20, 10, 10)
    assert [entry.line for entry in world.entries("next")] == [0, 1, 2]
    assert selectors.balance(wallet).balance == 10


def test_a_replay_answers_what_was_repaid(world: World) -> None:
    owing(world, 50)
    first = world.earn(world.lin, 30, "next")
    assert world.earn(world.lin, 30, "next") == first


def test_reversing_an_earning_that_repaid_brings_the_debt_back(world: World) -> None:
    owing(world, 50)
    world.earn(world.lin, 70, "next")
    reverse(world, "next")
    assert selectors.balance(recovery_of(world.lin)).balance == -50
    assert selectors.balance(world.lin).balance == 0


@pytest.mark.parametrize("many", [False, True])
def test_a_write_off_pays_from_the_fund_and_never_more_than_is_owed(world: World, many: bool) -> None:
    owing(world, 50)
    world.post(EntryKind.OPENING_BALANCE, world.opening, world.fund, 100)
    request = world.request(EntryKind.WRITE_OFF, world.fund, recovery_of(world.lin), 50)
    _ = posting.post_many([request], now=NOW) if many else posting.post(request, now=NOW)
    assert selectors.balance(recovery_of(world.lin)).balance == 0
    with refused(errors.MoreThanOwed):
        world.post(EntryKind.WRITE_OFF, world.fund, recovery_of(world.lin), 1)


def test_a_fund_that_spent_the_overflow_is_lent_too(world: World) -> None:
    wallet = world.wallet(cap=10)
    world.earn(wallet, 30, "hours")
    world.give(world.fund, world.mei, 20)
    reverse(world, "hours")
    assert selectors.balance(recovery_of(world.fund)).balance == -20
    assert selectors.outstanding(world.book.pk).difference == 0


def test_reversing_a_redemption_gives_the_coins_back(world: World) -> None:
    world.earn(world.lin, 60)
    held = world.hold(world.lin, 40, "redemption:1")
    world.spend(world.lin, 40, "redemption:1:collect", hold_id=held)
    reverse(world, "redemption:1:collect")
    assert world.entries("redemption:1:reverse")[0].credit_id == world.lin
    assert selectors.balance(world.lin) == selectors.Balance(60, 0, 60)


def test_a_second_shortfall_uses_the_same_recovery(world: World) -> None:
    owing(world, 50)
    world.post(EntryKind.OPENING_BALANCE, world.opening, world.lin, 5, "opening:1")
    world.spend(world.lin, 5)
    reverse(world, "opening:1")
    assert Account.objects.filter(book=world.book, kind=AccountKind.RECOVERY).count() == 1
    assert selectors.balance(recovery_of(world.lin)).balance == -55


def test_two_confirm_at_once_and_it_is_reversed_once(real_world: World, together) -> None:  # type: ignore[no-untyped-def]
    real_world.earn(real_world.lin, 60, "hours")
    request = ask(real_world, "hours")
    answers = together(8, lambda at: reversals.confirm(request_id=request.pk, actor_id=CHEN + at, now=NOW))
    assert all(answer == answers[0] for answer in answers)
    assert JournalEntry.objects.count() == 2
    assert selectors.balance(real_world.lin).balance == 0
