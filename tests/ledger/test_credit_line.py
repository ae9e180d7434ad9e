"""A credit line: how far wallets may go below 0; a narrower one never fails and lets nobody borrow anew."""

import pytest

from ledger import errors, selectors
from ledger.choices import AccountKind, EntryKind
from ledger.models import Account
from ledger.services import books, holds, posting
from tests.ledger.conftest import NOW, World, build_world, refused


def lend(world: World, line: int, *wallets: int) -> int:
    return books.set_credit_line(account_ids=wallets or (world.lin, world.mei), line=line)


def account(pk: int) -> Account:
    return Account.objects.get(pk=pk)


def test_a_line_is_available_to_all_at_once(world: World) -> None:
    assert lend(world, 60) == 0
    assert [selectors.balance(one).available for one in (world.lin, world.mei)] == [60, 60]
    world.spend(world.lin, 60)
    with refused(errors.TooLittle):
        world.spend(world.lin, 1)


def test_what_is_ones_own_and_what_is_lent(world: World) -> None:
    lend(world, 60)
    world.earn(world.lin, 40)
    assert (account(world.lin).available, account(world.lin).on_credit) == (100, 60)
    world.spend(world.lin, 70)
    assert (account(world.lin).available, account(world.lin).on_credit) == (30, 30)
    assert account(world.mei).on_credit == 60
    assert account(world.fund).on_credit == account(world.issuance).on_credit == 0


def test_narrowed_below_what_was_borrowed_the_floor_waits_and_rises(world: World) -> None:
    lend(world, 60)
    world.spend(world.lin, 50)
    assert lend(world, 20) == 1, "lin stands below it, mei does not"
    assert (account(world.lin).floor, account(world.lin).floor_target) == (-50, -20)
    assert (account(world.mei).floor, account(world.mei).floor_target) == (-20, None)
    world.earn(world.lin, 10)
    assert selectors.balance(world.lin) == selectors.Balance(-40, 0, 0), "what came in is not borrowed anew"
    world.earn(world.lin, 40)
    assert (account(world.lin).floor, account(world.lin).floor_target) == (-20, None)
    assert selectors.balance(world.lin) == selectors.Balance(0, 0, 20)


def test_coins_held_on_credit_keep_their_promise(world: World) -> None:
    lend(world, 60)
    held = world.hold(world.lin, 50)
    assert lend(world, 0) == 1
    assert selectors.balance(world.lin) == selectors.Balance(0, 50, 0)
    holds.release(hold_ids=[held], now=NOW)
    assert (account(world.lin).floor, account(world.lin).available) == (0, 0)


def test_a_hold_on_credit_is_posted_although_the_line_is_gone(world: World) -> None:
    lend(world, 60)
    held = world.hold(world.lin, 50)
    lend(world, 0)
    world.spend(world.lin, 50, hold_id=held)
    assert selectors.balance(world.lin) == selectors.Balance(-50, 0, 0)


def test_widened_again_the_wait_is_over(world: World) -> None:
    lend(world, 60)
    world.spend(world.lin, 50)
    lend(world, 0)
    assert lend(world, 80) == 0
    assert (account(world.lin).floor_target, account(world.lin).available) == (None, 30)


def test_the_same_again_changes_nothing_and_still_says_who_waits(world: World) -> None:
    lend(world, 60)
    world.spend(world.lin, 50)
    assert [lend(world, 0), lend(world, 0)] == [1, 1]


@pytest.mark.parametrize("line", [-1, 10**13])
def test_a_line_is_bounded(world: World, line: int) -> None:
    with refused(errors.Malformed):
        lend(world, line)


def test_wallets_alone_have_one(world: World) -> None:
    for other in (world.fund, world.issuance, world.wu, 2**40):
        with refused(errors.UnknownAccount):
            lend(world, 10, other)


def test_spending_and_narrowing_race(real_world: World, together) -> None:  # type: ignore[no-untyped-def]
    wallets = [real_world.wallet(floor=-60) for _ in range(12)]

    def work(at: int) -> object:
        return lend(real_world, 0, *wallets) if at == 0 else real_world.spend(wallets[at], 40)

    together(12, work)
    for one in Account.objects.filter(pk__in=wallets):
        assert one.available == 0
        assert (one.balance, one.floor) in {(0, 0), (-40, -40)}


def test_ten_thousand_wallets_at_once(db: None) -> None:
    world = build_world()
    numbers = [f"T{n}" for n in range(10_000)]
    wallets = books.open_accounts(book_id=world.book.pk, kind=AccountKind.WALLET, numbers=numbers, now=NOW)
    assert lend(world, 30, *wallets) == 0
    assert Account.objects.filter(pk__in=wallets, floor=-30).count() == 10_000


def test_what_a_call_brings_in_is_not_borrowed_anew_by_the_same_call(world: World) -> None:
    lend(world, 60)
    world.spend(world.lin, 50)
    lend(world, 20)
    hours = world.request(EntryKind.HOURS, world.issuance, world.lin, 10)
    rice = world.request(EntryKind.REDEMPTION, world.lin, world.redeemed, 5)
    with refused(errors.TooLittle) as told:
        posting.post_many([hours, rice], now=NOW)
    assert (told.value.available, told.value.short) == (0, 5)  # type: ignore[attr-defined]
    more = world.request(EntryKind.HOURS, world.issuance, world.lin, 25)
    assert [one.to_credit for one in posting.post_many([hours, more, rice], now=NOW)] == [10, 25, 5]
    assert selectors.balance(world.lin) == selectors.Balance(-20, 0, 0)
    assert [(kind, delta) for kind, delta, _ in world.lines(world.lin)][-3:] == [
        (EntryKind.HOURS, 10), (EntryKind.HOURS, 25), (EntryKind.REDEMPTION, -5)
    ]  # fmt: skip
