"""The wallet cap: new coins over it go to the fund, and the line says what was asked."""

import pytest

from ledger import errors, selectors
from ledger.choices import EntryKind
from ledger.services import books, posting
from tests.ledger.conftest import NOW, World, refused


def test_the_excess_goes_to_the_fund_as_part_one(world: World) -> None:
    wallet = world.wallet(cap=100)
    world.earn(wallet, 80)
    posted = world.earn(wallet, 50, "hours")
    assert (posted.to_credit, posted.overflow) == (20, 30)
    main, overflow = world.entries("hours")
    assert (main.line, main.amount, main.asked_amount, main.credit_id) == (0, 20, 50, wallet)
    assert (overflow.line, overflow.amount, overflow.kind, overflow.credit_id) == (
        1,
        30,
        EntryKind.OVERFLOW,
        world.fund,
    )
    assert selectors.balance(world.fund).balance == 30


def test_a_full_wallet_leaves_one_line_that_names_the_wallet_asked(world: World) -> None:
    wallet = world.wallet(cap=10)
    world.earn(wallet, 10)
    posted = world.earn(wallet, 50, "hours")
    (entry,) = world.entries("hours")
    assert (posted.to_credit, posted.overflow) == (0, 50)
    assert (entry.amount, entry.credit_id, entry.asked_credit_id, entry.asked_amount) == (50, world.fund, wallet, None)


@pytest.mark.parametrize("asked", [50, 300])
def test_a_replay_is_compared_by_what_was_asked(world: World, asked: int) -> None:
    wallet = world.wallet(cap=100)
    world.earn(wallet, 80)
    first = world.earn(wallet, asked, "hours")
    world.spend(wallet, 100)
    assert world.earn(wallet, asked, "hours") == first
    with refused(errors.OtherPayload):
        world.earn(wallet, first.to_credit, "hours")


def test_only_new_coins_are_capped(world: World) -> None:
    wallet = world.wallet(cap=100)
    world.earn(world.lin, 500)
    world.give(world.lin, wallet, 150)
    world.post(EntryKind.OPENING_BALANCE, world.opening, wallet, 150)
    assert selectors.balance(wallet).balance == 300


def test_a_wallet_above_its_cap_keeps_what_it_has(world: World) -> None:
    world.earn(world.lin, 120)
    books.set_cap(account_id=world.lin, cap=100)
    posted = world.earn(world.lin, 5)
    assert (posted.to_credit, selectors.balance(world.lin).balance) == (0, 120)


def test_held_coins_count_against_the_cap(world: World) -> None:
    wallet = world.wallet(cap=100)
    world.earn(wallet, 100)
    world.hold(wallet, 60)
    assert world.earn(wallet, 10).to_credit == 0


def test_in_one_call_each_line_sees_the_lines_before_it(world: World) -> None:
    wallet = world.wallet(cap=100)
    asked = [world.request(EntryKind.HOURS, world.issuance, wallet, 60) for _ in range(3)]
    asked.insert(2, world.request(EntryKind.REDEMPTION, wallet, world.redeemed, 50))
    posted = posting.post_many(asked, now=NOW)
    assert [(one.to_credit, one.overflow) for one in posted] == [(60, 0), (40, 20), (50, 0), (50, 10)]


def test_twenty_earn_at_once_up_to_the_cap(real_world: World, together) -> None:  # type: ignore[no-untyped-def]
    wallet = real_world.wallet(cap=100)
    posted = together(20, lambda at: real_world.earn(wallet, 30, f"hours:{at}"))
    assert sum(one.to_credit for one in posted) == 100
    assert sum(one.overflow for one in posted) == 500
    assert selectors.balance(real_world.fund).balance == 500
