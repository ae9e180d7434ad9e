"""Posting one request: what it writes, what a second call answers, what is refused."""

from datetime import timedelta

import pytest
from django.utils import translation

from ledger import errors, selectors
from ledger.choices import EntryKind
from ledger.models import Account, JournalEntry
from ledger.services import books
from tests.ledger.conftest import DAY, NOW, TODAY, ZHOU, World, build_world, refused


def test_writes_one_entry_and_both_balances(world: World) -> None:
    posted = world.earn(world.lin, 60, "hour-record:1:verify")
    entry = JournalEntry.objects.get()
    assert (posted.entry_id, posted.to_credit, posted.overflow, posted.repaid) == (entry.pk, 60, 0, 0)
    assert (entry.debit_id, entry.credit_id, entry.amount, entry.line) == (world.issuance, world.lin, 60, 0)
    assert (entry.debit_seq, entry.debit_after, entry.credit_seq, entry.credit_after) == (None, None, 1, 60)
    assert (entry.booked_date, entry.posted_at) == (TODAY, NOW)
    assert selectors.balance(world.lin) == selectors.Balance(60, 0, 60)
    assert selectors.balance(world.issuance).balance == -60


def test_both_sides_run(world: World) -> None:
    world.earn(world.lin, 100)
    world.give(world.lin, world.mei, 30)
    world.give(world.mei, world.lin, 10)
    assert world.lines(world.lin) == [(EntryKind.HOURS, 100, 100), (EntryKind.GIFT, -30, 70), (EntryKind.GIFT, 10, 80)]
    assert world.lines(world.mei) == [(EntryKind.GIFT, 30, 30), (EntryKind.GIFT, -10, 20)]


def test_a_replay_answers_the_original(world: World) -> None:
    first = world.earn(world.lin, 60, "twice")
    again = world.earn(world.lin, 60, "twice", now=NOW + 40 * DAY)
    assert again == first
    assert JournalEntry.objects.count() == 1


def test_a_replay_after_the_coins_are_spent_is_a_replay(world: World) -> None:
    world.earn(world.lin, 60)
    first = world.spend(world.lin, 60, "rice")
    assert world.spend(world.lin, 60, "rice") == first


def test_actor_and_memo_are_not_part_of_the_request(world: World) -> None:
    first = world.post(EntryKind.HOURS, world.issuance, world.lin, 60, "r", actor_id=ZHOU)
    assert world.post(EntryKind.HOURS, world.issuance, world.lin, 60, "r", memo=3) == first


@pytest.mark.parametrize("change", ["amount", "credit", "kind"])
def test_another_payload_is_refused(world: World, change: str) -> None:
    world.earn(world.lin, 60)
    world.give(world.lin, world.mei, 10, "r")
    with refused(errors.OtherPayload):
        world.post(
            EntryKind.HOUSEHOLD_MOVE if change == "kind" else EntryKind.GIFT,
            world.lin,
            world.wallet() if change == "credit" else world.mei,
            11 if change == "amount" else 10,
            "r",
        )


def test_too_little_says_what_is_there_and_what_is_missing(world: World) -> None:
    world.earn(world.lin, 60)
    with refused(errors.TooLittle) as told:
        world.spend(world.lin, 90)
    assert (told.value.available, told.value.short) == (60, 30)
    with translation.override("en"):
        assert str(told.value).startswith("60 available, 30 short")
    with translation.override("zh-hans"):
        assert str(told.value).startswith("可用 60，还差 30")


def test_a_credit_line_is_a_floor_below_zero(world: World) -> None:
    wallet = world.wallet(floor=-50)
    world.spend(wallet, 50)
    assert selectors.balance(wallet) == selectors.Balance(-50, 0, 0)


def test_too_little_after_a_credit_line(world: World) -> None:
    with refused(errors.TooLittle) as told:
        world.spend(world.wallet(floor=-50), 51)
    assert (told.value.available, told.value.short) == (50, 1)


@pytest.mark.parametrize("amount", [0, -1, 10**12 + 1, 10**30])
def test_an_amount_out_of_bounds_is_refused(world: World, amount: int) -> None:
    with refused(errors.Malformed):
        world.earn(world.lin, amount)


@pytest.mark.parametrize("reference", ["x" * 121])
def test_a_reference_too_long_is_refused(world: World, reference: str) -> None:
    with refused(errors.Malformed):
        world.earn(world.lin, 1, reference)


def test_to_oneself_is_refused(world: World) -> None:
    world.earn(world.lin, 5)
    with refused(errors.Malformed):
        world.give(world.lin, world.lin, 5)


def test_another_books_account_is_unknown(world: World) -> None:
    elsewhere = build_world()
    with refused(errors.UnknownAccount):
        world.earn(elsewhere.lin, 5)


def test_an_account_that_never_was_is_unknown(world: World) -> None:
    with refused(errors.UnknownAccount):
        world.earn(2**40, 5)


@pytest.mark.parametrize(
    "kind",
    [
        EntryKind.OVERFLOW,
        EntryKind.RECOVERY_REPAID,
        EntryKind.RECOVERY_ADVANCE,
        EntryKind.REVERSAL,
        EntryKind.REDEMPTION,
    ],
)
def test_a_kind_that_does_not_run_between_these_accounts_is_refused(world: World, kind: EntryKind) -> None:
    with refused(errors.WrongAccounts):
        world.post(kind, world.issuance, world.lin, 5)


def test_coins_are_not_made_by_moving_hours_between_neighbours(world: World) -> None:
    world.earn(world.mei, 5)
    with refused(errors.WrongAccounts):
        world.post(EntryKind.HOURS, world.mei, world.lin, 5)


def test_the_booked_day_is_the_books_day(world: World) -> None:
    late = NOW.replace(hour=16)  # 0:00 on the 23rd in Shanghai
    world.earn(world.lin, 5, "late", now=late)
    assert world.entries("late")[0].booked_date == TODAY + DAY


def test_the_booked_day_never_goes_back(world: World) -> None:
    world.earn(world.lin, 5, "first", now=NOW + 3 * DAY)
    world.earn(world.lin, 5, "second")
    second = world.entries("second")[0]
    assert (second.booked_date, second.posted_at) == (TODAY + 3 * DAY, NOW)


def test_paused_spending_is_refused_and_earning_goes_on(world: World) -> None:
    world.earn(world.lin, 60)
    books.pause_spending(book_id=world.book.pk, now=NOW)
    with refused(errors.SpendingPaused):
        world.spend(world.lin, 10)
    with refused(errors.SpendingPaused):
        world.hold(world.lin, 10)
    world.earn(world.lin, 5)
    books.resume_spending(book_id=world.book.pk)
    world.spend(world.lin, 10)
    assert selectors.balance(world.lin).balance == 55


def test_a_replay_is_answered_while_spending_is_paused(world: World) -> None:
    world.earn(world.lin, 60)
    first = world.spend(world.lin, 10, "rice")
    books.pause_spending(book_id=world.book.pk, now=NOW)
    assert world.spend(world.lin, 10, "rice") == first


def test_insert_only_accounts_keep_no_running_balance(world: World) -> None:
    world.earn(world.lin, 60)
    issuance = Account.objects.get(pk=world.issuance)
    assert (issuance.balance, issuance.seq, issuance.last_booked) == (0, 0, None)


def test_the_database_stamps_when_it_was_recorded(world: World) -> None:
    world.earn(world.lin, 60)
    entry = JournalEntry.objects.get()
    assert entry.recorded_at - entry.posted_at != timedelta(0)
