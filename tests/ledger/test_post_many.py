"""Posting many at once: all or none, groups whole, replays in part, and the same rows as one by one."""

import random
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import transaction

from core.errors import DomainError
from ledger import errors, selectors
from ledger.choices import EntryKind, HoldStatus
from ledger.models import Account, Hold, JournalEntry
from ledger.services import holds, posting, reversals
from ledger.services.posting import LineRequest
from tests.ledger.conftest import CHEN, NOW, ZHOU, World, build_world, open_wallet, refused


def hours(world: World, wallet: int, amount: int, reference: str = "") -> LineRequest:
    return world.request(EntryKind.HOURS, world.issuance, wallet, amount, reference)


def test_answers_in_the_order_of_the_requests(world: World) -> None:
    posted = posting.post_many(
        [hours(world, world.mei, 5), hours(world, world.lin, 7), hours(world, world.mei, 9)], now=NOW
    )
    assert [one.to_credit for one in posted] == [5, 7, 9]
    assert [one.entry_id for one in posted] == sorted(one.entry_id for one in posted)
    assert world.lines(world.mei) == [(EntryKind.HOURS, 5, 5), (EntryKind.HOURS, 9, 14)]


def test_nothing_asked_writes_nothing(world: World) -> None:
    assert posting.post_many([], now=NOW) == []


def test_one_refused_line_refuses_all(world: World) -> None:
    world.earn(world.lin, 10)
    spend = world.request(EntryKind.REDEMPTION, world.lin, world.redeemed, 11)
    with refused(errors.TooLittle) as told:
        posting.post_many([hours(world, world.mei, 5), spend], now=NOW)
    assert (told.value.available, told.value.short) == (10, 1)  # type: ignore[attr-defined]
    assert JournalEntry.objects.count() == 1


def test_a_line_may_spend_what_a_line_before_it_earned(world: World) -> None:
    spend = world.request(EntryKind.REDEMPTION, world.lin, world.redeemed, 5)
    posting.post_many([hours(world, world.lin, 5), spend], now=NOW)
    assert selectors.balance(world.lin).balance == 0


def test_a_line_may_not_spend_what_only_a_later_line_earns(world: World) -> None:
    spend = world.request(EntryKind.REDEMPTION, world.lin, world.redeemed, 5)
    with refused(errors.TooLittle):
        posting.post_many([spend, hours(world, world.lin, 5)], now=NOW)


def test_a_group_shares_its_reference_and_counts_by_eight(world: World) -> None:
    posting.post_many([hours(world, world.lin, 5, "team"), hours(world, world.mei, 7, "team")], now=NOW)
    assert [(entry.line, entry.position, entry.amount) for entry in world.entries("team")] == [(0, 0, 5), (8, 1, 7)]


def test_a_replayed_group_answers_its_originals(world: World) -> None:
    group = [hours(world, world.lin, 5, "team"), hours(world, world.mei, 7, "team")]
    first = posting.post_many(group, now=NOW)
    assert posting.post_many(group, now=NOW + timedelta(days=3)) == first


@pytest.mark.parametrize("size", [1, 3])
def test_a_group_is_there_whole_or_not_at_all(world: World, size: int) -> None:
    group = [hours(world, world.lin, amount, "team") for amount in (5, 6, 7)]
    posting.post_many(group[:2], now=NOW)
    with refused(errors.GroupSplit):
        posting.post_many(group[:size], now=NOW)


def test_one_request_for_a_part_of_a_group_is_refused(world: World) -> None:
    posting.post_many([hours(world, world.lin, 5, "team"), hours(world, world.mei, 7, "team")], now=NOW)
    with refused(errors.GroupSplit):
        world.earn(world.lin, 5, "team")


def test_known_requests_answer_their_originals_and_the_rest_is_posted(world: World) -> None:
    asked = [hours(world, world.lin, amount) for amount in (1, 2, 3, 4)]
    known = posting.post_many(asked[1:3], now=NOW)
    posted = posting.post_many(asked, now=NOW)
    assert posted[1:3] == known
    assert [one.to_credit for one in posted] == [1, 2, 3, 4]
    assert JournalEntry.objects.count() == 4


def test_a_replay_in_part_includes_posted_holds(world: World) -> None:
    world.earn(world.lin, 50)
    held = world.hold(world.lin, 30)
    rice = world.request(EntryKind.REDEMPTION, world.lin, world.redeemed, 30, hold_id=held)
    first = posting.post_many([rice], now=NOW)
    both = posting.post_many([rice, hours(world, world.lin, 5)], now=NOW)
    assert both[0] == first[0]
    assert selectors.balance(world.lin) == selectors.Balance(25, 0, 25)


def test_one_hold_twice_in_a_call_is_refused(world: World) -> None:
    world.earn(world.lin, 50)
    held = world.hold(world.lin, 30)
    twice = [world.request(EntryKind.REDEMPTION, world.lin, world.redeemed, 10, hold_id=held) for _ in range(2)]
    with refused(errors.HoldEnded):
        posting.post_many(twice, now=NOW)


def test_another_payload_is_refused(world: World) -> None:
    request = hours(world, world.lin, 5, "r")
    posting.post_many([request], now=NOW)
    with refused(errors.OtherPayload):
        posting.post_many([replace(request, amount=6)], now=NOW)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"amount": 0}, errors.Malformed),
        ({"reference": ""}, errors.Malformed),
        ({"reference": "x" * 121}, errors.Malformed),
        ({"credit_id": 2**40}, errors.UnknownAccount),
        ({"book_id": 2**40}, errors.UnknownAccount),
        ({"kind": EntryKind.OVERFLOW}, errors.WrongAccounts),
        ({"hold_id": 2**40}, errors.HoldEnded),
    ],
)
def test_each_refusal_has_its_own_word(world: World, change: dict[str, object], error: type[DomainError]) -> None:
    with refused(error):
        posting.post_many([replace(hours(world, world.lin, 5), **change)], now=NOW)  # type: ignore[arg-type]


@pytest.mark.parametrize("reference", ['a"b', "a\\b", "a,b", "(a)", "{a}", "张三", " a ", "NULL", "a\nb"])
def test_any_reference_survives_the_way_there(world: World, reference: str) -> None:
    posting.post_many([hours(world, world.lin, 5, reference)], now=NOW)
    assert JournalEntry.objects.get().reference == reference


COMPARED = (
    "kind", "line", "reference", "amount", "asked_amount", "debit_seq", "debit_after", "credit_seq", "credit_after",
    "posted_at", "booked_date", "memo", "actor_id",
)  # fmt: skip


def rows_of(world: World) -> list[tuple[object, ...]]:
    """All entries of a book in order, accounts by number, without ids."""
    number = dict(Account.objects.filter(book=world.book).values_list("pk", "number"))
    return [
        (*(getattr(entry, name) for name in COMPARED),
         number[entry.debit_id], number[entry.credit_id], number.get(entry.asked_credit_id))
        for entry in JournalEntry.objects.filter(book=world.book).order_by("pk")
    ]  # fmt: skip


def balances_of(world: World) -> list[tuple[object, ...]]:
    columns = ("number", "balance", "held", "seq", "last_booked")
    return list(Account.objects.filter(book=world.book).order_by("number").values_list(*columns))


class Twins:
    """Two books with the same accounts: in ``left`` each request is posted by itself, in ``right`` many at once."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.left, self.right = build_world(), build_world()
        self.wallets: list[tuple[int, int]] = []
        for number in range(5):
            cap, floor = chance.choice([None, 40, 120]), chance.choice([0, 0, -30])
            self.wallets.append(
                (
                    open_twin(self.left, number, floor=floor, cap=cap),
                    open_twin(self.right, number, floor=floor, cap=cap),
                )
            )
        self.holds: list[tuple[tuple[int, int], tuple[int, int], int]] = []
        self.earned: list[str] = []
        self.at = 0

    def ask(self) -> tuple[LineRequest, LineRequest]:
        """One random request, for either book."""
        self.at += 1
        what, amount, reference = self.chance.random(), self.chance.randint(1, 60), f"r{self.at}"
        (a, b), (c, d) = self.chance.sample(self.wallets, 2)
        left, right = self.left, self.right
        if self.holds and what < 0.15:
            (held, held_too), (a, b), most = self.holds.pop(self.chance.randrange(len(self.holds)))
            kind, part = EntryKind.REDEMPTION, self.chance.randint(1, most)
            return (
                left.request(kind, a, left.redeemed, part, reference, hold_id=held),
                right.request(kind, b, right.redeemed, part, reference, hold_id=held_too),
            )
        if what < 0.25:
            kind = EntryKind.REDEMPTION
            return left.request(kind, a, left.redeemed, amount, reference), right.request(
                kind, b, right.redeemed, amount, reference
            )
        if what < 0.6:
            self.earned.append(reference)
            return hours(left, a, amount, reference), hours(right, b, amount, reference)
        kind = self.chance.choice([EntryKind.REQUESTER_PAYMENT, EntryKind.GIFT])
        return left.request(kind, a, c, amount, reference), right.request(kind, b, d, amount, reference)

    def set_aside(self) -> None:
        """Hold what some wallet has available, in both books."""
        a, b = self.chance.choice(self.wallets)
        free = selectors.balance(a).available
        if free > 0:
            amount = self.chance.randint(1, free)
            self.holds.append(((self.left.hold(a, amount), self.right.hold(b, amount)), (a, b), amount))

    def reverse(self) -> None:
        """Reverse some earning of both books, after its earner spent all there was: from then on the wallet owes."""
        reference = self.earned.pop(self.chance.randrange(len(self.earned)))
        for world in (self.left, self.right):
            for earning in world.entries(reference)[:1]:
                free = selectors.balance(earning.credit_id).available
                if free and earning.credit_id != world.fund:
                    world.spend(earning.credit_id, free, f"{reference}:spent")
                asked = reversals.ask(book_id=world.book.pk, reference=reference, reason="x", actor_id=ZHOU, now=NOW)
                reversals.confirm(request_id=asked.pk, actor_id=CHEN, now=NOW)


def open_twin(world: World, number: int, *, floor: int, cap: int | None) -> int:
    return open_wallet(world.book.pk, floor=floor, cap=cap, number=f"T{number}").pk


@pytest.mark.parametrize("seed", range(4))
def test_one_by_one_and_all_at_once_write_the_same_rows(world: World, seed: int) -> None:
    chance = random.Random(seed)
    twins = Twins(chance)
    for _ in range(12):
        now = NOW + timedelta(days=chance.randint(0, 40))
        accepted: list[tuple[LineRequest, LineRequest, posting.Posted]] = []
        for _ in range(30):
            left, right = twins.ask()
            posted = try_post(left, now)
            if posted is not None:
                accepted.append((left, right, posted))
        again = chance.sample(accepted, min(3, len(accepted)))
        together = posting.post_many([right for _, right, _ in accepted], now=now)
        assert [one.to_credit for one in together] == [one.to_credit for *_, one in accepted]
        assert [(p.overflow, p.repaid) for p in together] == [(p.overflow, p.repaid) for *_, p in accepted]
        for left, right, first in again:
            assert posting.post(left, now=now) == first
            assert posting.post_many([right], now=now)[0].to_credit == first.to_credit
        twins.set_aside()
        if chance.random() < 0.8 and twins.earned:
            twins.reverse()
        assert rows_of(twins.left) == rows_of(twins.right)
        assert balances_of(twins.left) == balances_of(twins.right)
    kinds = set(JournalEntry.objects.filter(book=twins.right.book).values_list("kind", flat=True))
    assert kinds >= {EntryKind.OVERFLOW, EntryKind.RECOVERY_REPAID, EntryKind.RECOVERY_ADVANCE, EntryKind.REVERSAL}


def try_post(request: LineRequest, now: datetime) -> posting.Posted | None:
    """Posted by itself, or None when it was refused."""
    try:
        with transaction.atomic():
            return posting.post(request, now=now)
    except (errors.TooLittle, errors.HoldEnded):
        return None


def test_a_hold_named_by_a_posting_ends_with_it(world: World) -> None:
    world.earn(world.lin, 50)
    held = world.hold(world.lin, 30)
    posting.post_many([world.request(EntryKind.REDEMPTION, world.lin, world.redeemed, 10, hold_id=held)], now=NOW)
    assert Hold.objects.get(pk=held).status == HoldStatus.POSTED
    assert selectors.balance(world.lin) == selectors.Balance(40, 0, 40)
    assert holds.expire(hold_ids=[held], now=NOW) == 0
