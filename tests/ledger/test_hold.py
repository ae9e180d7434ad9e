"""Holds: set aside, then posted in whole or in part, released or expired; once."""

import pytest

from ledger import errors, selectors
from ledger.choices import EntryKind, HoldStatus
from ledger.models import Hold
from ledger.services import holds, posting
from tests.ledger.conftest import DAY, NOW, World, build_world, refused


@pytest.fixture
def rich(world: World) -> World:
    """lin has 100."""
    world.earn(world.lin, 100)
    return world


def test_a_hold_touches_no_balance(rich: World) -> None:
    held = rich.hold(rich.lin, 60, "redemption:1")
    assert selectors.balance(rich.lin) == selectors.Balance(100, 60, 40)
    (set_aside,) = Hold.objects.filter(debit=rich.lin, status=HoldStatus.ACTIVE)
    assert (set_aside.pk, set_aside.amount, set_aside.held_at) == (held, 60, NOW)


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


@pytest.mark.parametrize("end", [holds.release, holds.expire])
def test_an_ending_is_replayed_with_its_first_day(rich: World, end) -> None:  # type: ignore[no-untyped-def]
    held = rich.hold(rich.lin, 60)
    assert end(hold_ids=[held], now=NOW) == 1
    assert end(hold_ids=[held], now=NOW + DAY) == 0
    assert Hold.objects.get().ended_at == NOW
    assert selectors.balance(rich.lin) == selectors.Balance(100, 0, 100)


def test_after_a_lapse_nobody_releases_and_after_a_release_a_lapse_passes(rich: World) -> None:
    lapsed, released = rich.hold(rich.lin, 20), rich.hold(rich.lin, 30)
    holds.expire(hold_ids=[lapsed], now=NOW)
    holds.release(hold_ids=[released], now=NOW)
    with refused(errors.HoldEnded):
        holds.release(hold_ids=[lapsed], now=NOW)
    assert holds.expire(hold_ids=[released], now=NOW) == 0
    assert dict(Hold.objects.values_list("pk", "status")) == {
        lapsed: HoldStatus.EXPIRED,
        released: HoldStatus.RELEASED,
    }


def test_one_that_ended_otherwise_keeps_all_from_being_released(rich: World) -> None:
    free, spent = rich.hold(rich.lin, 20), rich.hold(rich.lin, 30)
    rich.spend(rich.lin, 30, hold_id=spent)
    with refused(errors.HoldEnded):
        holds.release(hold_ids=[free, spent], now=NOW)
    assert selectors.balance(rich.lin) == selectors.Balance(70, 20, 50)


def test_a_part_posted_is_replayed_and_another_part_is_not_a_replay(rich: World) -> None:
    held = rich.hold(rich.lin, 60)
    first = rich.spend(rich.lin, 25, "collect", hold_id=held)
    assert rich.spend(rich.lin, 25, "collect", hold_id=held) == first
    with refused(errors.OtherPayload):
        rich.spend(rich.lin, 60, "collect", hold_id=held)
    with refused(errors.HoldEnded):
        rich.spend(rich.lin, 10, "collect:rest", hold_id=held)
    assert selectors.balance(rich.lin) == selectors.Balance(75, 0, 75)


def test_a_posting_of_one_s_coins_is_no_replay_of_a_hold_s(rich: World) -> None:
    held = rich.hold(rich.lin, 60)
    rich.spend(rich.lin, 60, "collect", hold_id=held)
    with refused(errors.OtherPayload):
        rich.spend(rich.lin, 60, "collect")


def test_many_holds_posted_at_once_some_of_them_before(rich: World) -> None:
    held = [rich.hold(rich.lin, 10) for _ in range(4)]
    lines = [
        rich.request(EntryKind.REDEMPTION, rich.lin, rich.redeemed, amount, f"collect:{at}", hold_id=held[at])
        for at, amount in enumerate((10, 4, 10, 1))
    ]
    before = [posting.post(lines[2], now=NOW), posting.post(lines[1], now=NOW)]
    answers = posting.post_many(lines, now=NOW + DAY)
    assert [answers[2], answers[1]] == before
    assert posting.post_many(lines, now=NOW + 2 * DAY) == answers
    assert selectors.balance(rich.lin) == selectors.Balance(75, 0, 75)
    assert set(Hold.objects.values_list("status", flat=True)) == {HoldStatus.POSTED}


def test_of_many_one_that_ended_refuses_all(rich: World) -> None:
    held = [rich.hold(rich.lin, 10) for _ in range(3)]
    holds.release(hold_ids=[held[1]], now=NOW)
    lines = [rich.request(EntryKind.REDEMPTION, rich.lin, rich.redeemed, 10, hold_id=one) for one in held]
    with refused(errors.HoldEnded):
        posting.post_many(lines, now=NOW)
    assert selectors.balance(rich.lin) == selectors.Balance(100, 20, 80)


def test_one_hold_is_not_posted_twice_in_a_call(rich: World) -> None:
    held = rich.hold(rich.lin, 60)
    lines = [rich.request(EntryKind.REDEMPTION, rich.lin, rich.redeemed, 20, hold_id=held) for _ in range(2)]
    with refused(errors.HoldEnded):
        posting.post_many(lines, now=NOW)


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


@pytest.mark.parametrize("amount", [10, 4])
def test_twenty_post_one_hold_and_it_counts_once(real_world: World, together, amount: int) -> None:  # type: ignore[no-untyped-def]
    """Half of them replay one reference, the others race with references of their own."""
    real_world.earn(real_world.lin, 100)
    held = real_world.hold(real_world.lin, 10)
    answers = together(
        20,
        lambda at: real_world.spend(real_world.lin, amount, "same" if at % 2 else f"own:{at}", hold_id=held),
    )
    posted = [answer for answer in answers if isinstance(answer, posting.Posted)]
    assert len({answer.entry_id for answer in posted}) == 1
    assert len(posted) in (1, 10), "one of their own, or all who said the same"
    assert all(isinstance(a, posting.Posted | errors.HoldEnded | errors.OtherPayload) for a in answers)
    assert selectors.balance(real_world.lin) == selectors.Balance(100 - amount, 0, 100 - amount)


def test_bulk_postings_and_bulk_endings_race_hold_by_hold(real_world: World, together) -> None:  # type: ignore[no-untyped-def]
    """Every hold ends exactly once, and what is gone from the balance is what the posted ones say."""
    w = real_world
    w.earn(w.lin, 1000)
    for _ in range(4):
        before = selectors.balance(w.lin).balance
        held = [w.hold(w.lin, 10) for _ in range(6)]
        lines = [w.request(EntryKind.REDEMPTION, w.lin, w.redeemed, 7, hold_id=one) for one in held]

        def work(at: int, held: list[int] = held, lines: list[posting.LineRequest] = lines) -> object:
            if at % 3 == 0:
                return posting.post_many(lines[at % 2 :: 2], now=NOW)
            return (holds.release if at % 3 == 1 else holds.expire)(hold_ids=held[at % 2 :: 2], now=NOW)

        answers = together(6, work)
        assert all(not isinstance(a, Exception) or isinstance(a, errors.HoldEnded) for a in answers)
        ended = list(Hold.objects.filter(pk__in=held))
        assert all(hold.status != HoldStatus.ACTIVE and hold.ended_at == NOW for hold in ended)
        posted = sum(hold.status == HoldStatus.POSTED for hold in ended)
        assert selectors.balance(w.lin) == selectors.Balance(before - 7 * posted, 0, before - 7 * posted)
