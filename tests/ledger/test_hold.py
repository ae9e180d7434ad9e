"""Holds: set aside, then posted in whole or in part, released or expired; once."""

import pytest

from ledger import errors, selectors
from ledger.choices import EntryKind, HoldStatus
from ledger.models import Hold
from ledger.services import holds
from tests.ledger.conftest import DAY, NOW, World, build_world, refused


@pytest.fixture
def rich(world: World) -> World:
    """lin has 100."""
    world.earn(world.lin, 100)
    return world


def test_a_hold_touches_no_balance(rich: World) -> None:
    held = rich.hold(rich.lin, 60, "redemption:1")
    assert selectors.balance(rich.lin) == selectors.Balance(100, 60, 40)
    assert list(selectors.active_holds(rich.lin).values_list("pk", "amount")) == [(held, 60)]
    assert Hold.objects.get().held_at == NOW


def test_held_coins_cannot_be_spent(rich: World) -> None:
    rich.hold(rich.lin, 60)
    with refused(errors.TooLittle) as told:
        rich.spend(rich.lin, 50)
    assert (told.value.available, told.value.short) == (40, 10)  # type: ignore[attr-defined]


def test_more_than_is_available_cannot_be_held(rich: World) -> None:
    rich.hold(rich.lin, 60)
    with refused(errors.TooLittle) as told:
        rich.hold(rich.lin, 50)
    assert (told.value.available, told.value.short) == (40, 10)  # type: ignore[attr-defined]


def test_posted_whole(rich: World) -> None:
    held = rich.hold(rich.lin, 60)
    rich.spend(rich.lin, 60, hold_id=held)
    assert selectors.balance(rich.lin) == selectors.Balance(40, 0, 40)
    ended = Hold.objects.get()
    assert (ended.status, ended.ended_at) == (HoldStatus.POSTED, NOW)


def test_posted_in_part_frees_the_rest(rich: World) -> None:
    rich.spend(rich.lin, 25, hold_id=rich.hold(rich.lin, 60))
    assert selectors.balance(rich.lin) == selectors.Balance(75, 0, 75)


def test_no_more_than_was_held_is_posted(rich: World) -> None:
    held = rich.hold(rich.lin, 60)
    with refused(errors.HoldEnded):
        rich.spend(rich.lin, 61, hold_id=held)


def test_the_posting_names_a_payee_that_was_unknown(rich: World) -> None:
    held = rich.hold(rich.lin, 60, kind=EntryKind.REQUESTER_PAYMENT)
    rich.post(EntryKind.REQUESTER_PAYMENT, rich.lin, rich.mei, 60, hold_id=held)
    assert selectors.balance(rich.mei).balance == 60


def test_a_known_payee_is_not_changed(rich: World) -> None:
    held = rich.hold(rich.lin, 60, payee=rich.mei, kind=EntryKind.GIFT)
    with refused(errors.HoldEnded):
        rich.post(EntryKind.GIFT, rich.lin, rich.wallet(), 60, hold_id=held)


def test_the_payer_is_never_the_payee(rich: World) -> None:
    with refused(errors.Malformed):
        rich.hold(rich.lin, 60, payee=rich.lin, kind=EntryKind.GIFT)
    held = rich.hold(rich.lin, 60, kind=EntryKind.GIFT)
    with refused(errors.Malformed):
        rich.post(EntryKind.GIFT, rich.lin, rich.lin, 60, hold_id=held)


def test_a_hold_is_posted_as_what_it_was_made_for(rich: World) -> None:
    held = rich.hold(rich.lin, 60)
    with refused(errors.HoldEnded):
        rich.post(EntryKind.GIFT, rich.lin, rich.mei, 60, hold_id=held)


def test_nobody_posts_a_hold_of_someone_else(rich: World) -> None:
    held = rich.hold(rich.lin, 60)
    rich.earn(rich.mei, 100)
    with refused(errors.HoldEnded):
        rich.spend(rich.mei, 60, hold_id=held)


def test_nor_one_of_another_book(rich: World) -> None:
    held = rich.hold(rich.lin, 60)
    elsewhere = build_world()
    elsewhere.earn(elsewhere.lin, 100)
    with refused(errors.HoldEnded):
        elsewhere.spend(elsewhere.lin, 60, hold_id=held)
    with refused(errors.UnknownAccount):
        rich.hold(elsewhere.lin, 10)
    with refused(errors.UnknownAccount):
        rich.hold(rich.lin, 10, payee=elsewhere.lin, kind=EntryKind.GIFT)


@pytest.mark.parametrize("kind", [EntryKind.HOURS, EntryKind.OPENING_BALANCE, EntryKind.REVERSAL, EntryKind.WRITE_OFF])
def test_only_spending_is_held(rich: World, kind: EntryKind) -> None:
    with refused(errors.WrongAccounts):
        rich.hold(rich.lin, 10, kind=kind)


def test_insert_only_accounts_hold_nothing(rich: World) -> None:
    with refused(errors.UnknownAccount):
        rich.hold(rich.issuance, 10)


def test_a_replay_answers_the_same_hold_even_when_it_ended(rich: World) -> None:
    held = rich.hold(rich.lin, 60, "redemption:1")
    assert rich.hold(rich.lin, 60, "redemption:1") == held
    holds.release(hold_ids=[held], now=NOW)
    assert rich.hold(rich.lin, 60, "redemption:1") == held
    assert selectors.balance(rich.lin).held == 0


def test_another_payload_is_refused(rich: World) -> None:
    rich.hold(rich.lin, 60, "redemption:1")
    with refused(errors.OtherPayload):
        rich.hold(rich.lin, 50, "redemption:1")


def test_a_replayed_posting_of_a_hold_is_a_replay(rich: World) -> None:
    held = rich.hold(rich.lin, 60)
    first = rich.spend(rich.lin, 60, "collect", hold_id=held)
    assert rich.spend(rich.lin, 60, "collect", hold_id=held) == first


def test_released_once(rich: World) -> None:
    held = rich.hold(rich.lin, 60)
    assert holds.release(hold_ids=[held], now=NOW) == 1
    assert holds.release(hold_ids=[held], now=NOW + DAY) == 0
    assert Hold.objects.get().ended_at == NOW
    assert selectors.balance(rich.lin) == selectors.Balance(100, 0, 100)


def test_a_posted_hold_is_not_released_and_is_passed_over_by_an_expiry(rich: World) -> None:
    held = rich.hold(rich.lin, 60)
    rich.spend(rich.lin, 60, hold_id=held)
    with refused(errors.HoldEnded):
        holds.release(hold_ids=[held], now=NOW)
    assert holds.expire(hold_ids=[held], now=NOW) == 0


@pytest.mark.parametrize("end", [holds.release, holds.expire])
def test_an_ended_hold_is_not_posted(rich: World, end) -> None:  # type: ignore[no-untyped-def]
    held = rich.hold(rich.lin, 60)
    end(hold_ids=[held], now=NOW)
    with refused(errors.HoldEnded):
        rich.spend(rich.lin, 60, hold_id=held)


def test_an_unknown_hold_is_refused(rich: World) -> None:
    for end in (holds.release, holds.expire):
        with refused(errors.HoldEnded):
            end(hold_ids=[2**40], now=NOW)


def test_many_end_at_once(rich: World) -> None:
    held = [rich.hold(rich.lin, 10) for _ in range(5)]
    assert holds.expire(hold_ids=[*held, held[0]], now=NOW) == 5
    assert selectors.balance(rich.lin).held == 0


def test_post_release_and_expiry_race_and_one_wins(real_world: World, together) -> None:  # type: ignore[no-untyped-def]
    real_world.earn(real_world.lin, 100)
    for _ in range(10):
        held = real_world.hold(real_world.lin, 10)
        before = selectors.balance(real_world.lin).balance

        def work(at: int, held: int = held) -> object:
            if at % 3 == 0:
                return real_world.spend(real_world.lin, 10, hold_id=held)
            return (holds.release if at % 3 == 1 else holds.expire)(hold_ids=[held], now=NOW)

        answers = together(6, work)
        status = Hold.objects.get(pk=held).status
        spent = before - selectors.balance(real_world.lin).balance
        assert spent == (10 if status == HoldStatus.POSTED else 0)
        assert all(not isinstance(a, Exception) or isinstance(a, errors.HoldEnded) for a in answers)
        assert selectors.balance(real_world.lin).held == 0
