"""Expiry: the oldest coins lapse, held ones and credit lines are left alone, once a wallet and day."""

import random
import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connections

from ledger import errors, selectors
from ledger.choices import AccountKind, EntryKind
from ledger.models import JournalEntry
from ledger.services import books, expiry, holds, posting, reversals
from tests.ledger.conftest import CHEN, DAY, NOW, TODAY, ZHOU, World, build_world, refused
from tests.ledger.lots import Lots

FAR = 10**9
LATER = NOW + 400 * DAY
LATER_DAY = TODAY + timedelta(days=400)


def due(world: World, wallet: int, through: date = TODAY) -> int:
    """What the wallet would lose of its credits up to a day."""
    return selectors.due_to_expire(book_id=world.book.pk, through=through, account_ids=[wallet]).get(wallet, 0)


def expire(
    world: World, *wallets: int, through: date = TODAY, most: int = FAR, day: date = LATER_DAY, now: datetime = LATER
) -> dict[int, int]:
    asked = dict.fromkeys(wallets or (world.lin, world.mei), most)
    return expiry.expire_coins(book_id=world.book.pk, day=day, through=through, most=asked, now=now)


def reverse(world: World, reference: str, now: datetime) -> None:
    asked = reversals.ask(book_id=world.book.pk, reference=reference, reason="entered twice", actor_id=ZHOU, now=now)
    reversals.confirm(request_id=asked.pk, actor_id=CHEN, now=now)


@dataclass
class Life:
    """What happens to a few wallets, at random: a step a call, each some days after the last."""

    world: World
    die: random.Random
    wallets: list[int]
    now: datetime = NOW
    active: list[tuple[int, int, int]] = field(default_factory=list)  # hold, payer, amount
    reversible: list[str] = field(default_factory=list)
    taken: int = 0

    def go_on(self, step: int) -> None:
        self.now += self.die.choice([0, 1, 3, 20]) * DAY
        wallet, amount, reference = self.die.choice(self.wallets), self.die.randint(1, 60), f"life:{step}"
        what = self.die.choice(["earn", "earn", "spend", "give", "hold", "end", "end", "reverse", "expire"])
        if what in ("spend", "give", "hold") and selectors.balance(wallet).available < amount:
            return
        getattr(self, what)(wallet, amount, reference)
        if what in ("earn", "spend", "give"):
            self.reversible.append(reference)

    def earn(self, wallet: int, amount: int, reference: str) -> None:
        self.world.earn(wallet, amount, reference, now=self.now)

    def spend(self, wallet: int, amount: int, reference: str) -> None:
        self.world.spend(wallet, amount, reference, now=self.now)

    def give(self, wallet: int, amount: int, reference: str) -> None:
        taker = self.die.choice([one for one in self.wallets if one != wallet])
        self.world.give(wallet, taker, amount, reference, now=self.now)

    def hold(self, wallet: int, amount: int, reference: str) -> None:
        self.active.append((self.world.hold(wallet, amount, reference), wallet, amount))

    def end(self, _wallet: int, _amount: int, reference: str) -> None:
        if not self.active:
            return
        held, payer, most = self.active.pop(self.die.randrange(len(self.active)))
        if self.die.random() < 0.5:
            holds.release(hold_ids=[held], now=self.now)
        else:
            self.world.spend(payer, self.die.randint(1, most), reference, hold_id=held, now=self.now)

    def reverse(self, _wallet: int, _amount: int, _reference: str) -> None:
        if self.reversible:
            reverse(self.world, self.reversible.pop(self.die.randrange(len(self.reversible))), self.now)

    def expire(self, _wallet: int, _amount: int, _reference: str) -> None:
        today = self.now.date()
        through = today - timedelta(days=self.die.choice([30, 90]))
        gone = expire(self.world, *self.wallets, through=through, day=today, now=self.now)
        self.reversible += [f"expiry:{account}-{today}" for account in gone]
        self.taken += len(gone)


def test_old_coins_go_to_expired_as_a_line_of_the_passbook(world: World) -> None:
    world.earn(world.lin, 100)
    world.earn(world.lin, 30, now=NOW + DAY)
    assert expire(world) == {world.lin: 100}
    assert world.lines(world.lin)[-1] == (EntryKind.EXPIRY, -100, 30)
    (entry,) = world.entries(f"expiry:{world.lin}-{LATER_DAY}")
    assert (entry.debit_id, entry.credit_id, entry.booked_date, entry.actor_id) == (
        world.lin, world.expired, LATER_DAY, None,
    )  # fmt: skip
    assert selectors.outstanding(world.book.pk).difference == 0


def test_what_was_spent_was_the_oldest(world: World) -> None:
    world.earn(world.lin, 100)
    world.earn(world.lin, 30, now=NOW + DAY)
    world.spend(world.lin, 70, now=NOW + 2 * DAY)
    assert due(world, world.lin) == 30
    world.spend(world.lin, 40, now=NOW + 3 * DAY)
    assert due(world, world.lin) == 0
    assert expire(world) == {}


def test_the_documents_example(world: World) -> None:
    """docs/ledger.md, example 11: twelve months; 30 spent in May, 20 held for oil."""

    def at(year: int, month: int, day: int) -> datetime:
        return datetime(year, month, day, 1, 0, tzinfo=UTC)

    def first(month: int) -> dict[int, int]:
        day = date(2027, month, 1)
        return expire(world, world.lin, day=day, through=date(2026, month, 1), now=at(2027, month, 1))

    world.earn(world.lin, 100, now=at(2026, 3, 5))
    world.spend(world.lin, 30, now=at(2026, 5, 9))
    world.earn(world.lin, 40, now=at(2026, 6, 20))
    oil = world.hold(world.lin, 20)
    assert first(3) == {}
    assert first(4) == {world.lin: 50}
    assert selectors.balance(world.lin).balance == 60
    holds.release(hold_ids=[oil], now=at(2027, 4, 20))
    assert first(5) == {world.lin: 20}


def test_nothing_is_due_without_coins(world: World) -> None:
    assert selectors.due_to_expire(book_id=world.book.pk, through=TODAY) == {}
    assert expire(world) == {}
    assert not JournalEntry.objects.exists()


def test_the_fund_and_merchants_lose_nothing(world: World) -> None:
    world.post(EntryKind.OPENING_BALANCE, world.opening, world.fund, 50)
    world.post(EntryKind.OPENING_BALANCE, world.opening, world.wu, 50)
    assert selectors.due_to_expire(book_id=world.book.pk, through=TODAY) == {}
    assert expire(world, world.fund, world.wu) == {}


def test_another_books_wallet_is_passed_over(world: World) -> None:
    elsewhere = build_world()
    elsewhere.earn(elsewhere.lin, 50)
    assert expire(world, elsewhere.lin) == {}
    assert selectors.balance(elsewhere.lin).balance == 50


def test_held_coins_stay_and_a_released_hold_is_as_old_as_before(world: World) -> None:
    world.earn(world.lin, 100)
    world.earn(world.lin, 20, now=NOW + DAY)
    held = world.hold(world.lin, 60)
    assert due(world, world.lin) == 40
    assert expire(world) == {world.lin: 40}
    assert selectors.balance(world.lin) == selectors.Balance(80, 60, 20)
    holds.release(hold_ids=[held], now=LATER)
    assert due(world, world.lin) == 60, "the release is no credit: the coins kept their age"
    assert expire(world, day=LATER_DAY + timedelta(days=1), now=LATER + DAY) == {world.lin: 60}


def test_a_hold_posted_in_part_frees_old_coins(world: World) -> None:
    world.earn(world.lin, 100)
    world.spend(world.lin, 25, hold_id=world.hold(world.lin, 60), now=NOW + DAY)
    assert due(world, world.lin) == 75


def test_a_gift_starts_anew(world: World) -> None:
    world.earn(world.lin, 100)
    world.give(world.lin, world.mei, 60, now=NOW + 10 * DAY)
    assert expire(world) == {world.lin: 40}
    assert due(world, world.mei) == 0
    assert due(world, world.mei, TODAY + timedelta(days=10)) == 60


def test_an_opening_balance_is_as_old_as_its_booking(world: World) -> None:
    world.post(EntryKind.OPENING_BALANCE, world.opening, world.lin, 80)
    assert due(world, world.lin, TODAY - timedelta(days=1)) == 0
    assert due(world, world.lin) == 80


def test_hours_reversed_make_no_older_coin_younger(world: World) -> None:
    world.earn(world.lin, 100)
    world.earn(world.lin, 60, "twice", now=NOW + 5 * DAY)
    reverse(world, "twice", NOW + 6 * DAY)
    assert due(world, world.lin) == 100


def test_a_redemption_reversed_gives_back_coins_of_their_old_age(world: World) -> None:
    world.earn(world.lin, 100)
    world.spend(world.lin, 45, "rice", now=NOW + 5 * DAY)
    reverse(world, "rice", NOW + 6 * DAY)
    assert due(world, world.lin) == 100


def test_an_expiry_reversed_starts_anew(world: World) -> None:
    world.earn(world.lin, 100)
    expire(world)
    reverse(world, f"expiry:{world.lin}-{LATER_DAY}", LATER)
    assert due(world, world.lin, LATER_DAY - timedelta(days=1)) == 0
    assert due(world, world.lin, LATER_DAY) == 100


def test_what_a_recovery_lent_and_what_repaid_it_cancel(world: World) -> None:
    world.earn(world.lin, 60, "wrong")
    world.spend(world.lin, 60, now=NOW + DAY)
    reverse(world, "wrong", NOW + 2 * DAY)  # 60 are lent
    assert due(world, world.lin, LATER_DAY) == 0
    world.earn(world.lin, 90, now=NOW + 10 * DAY)  # 60 repay
    assert due(world, world.lin, TODAY + timedelta(days=9)) == 0
    assert due(world, world.lin, TODAY + timedelta(days=10)) == 30


def test_a_credit_line_is_never_drawn_by_an_expiry(world: World) -> None:
    wallet = world.wallet(floor=-100)
    world.earn(wallet, 40)
    assert expire(world, wallet) == {wallet: 40}
    world.spend(wallet, 70, now=LATER)
    world.earn(wallet, 50, now=LATER)
    assert due(world, wallet, LATER_DAY) == 0


def test_no_more_than_was_announced(world: World) -> None:
    world.earn(world.lin, 100)
    assert expire(world, world.lin, most=25) == {world.lin: 25}
    assert due(world, world.lin) == 75


def test_twice_takes_once_also_where_more_fell_due(world: World) -> None:
    world.earn(world.lin, 100)
    held = world.hold(world.lin, 60)
    assert expire(world) == {world.lin: 40}
    holds.release(hold_ids=[held], now=LATER)
    assert expire(world) == {}
    assert JournalEntry.objects.filter(kind=EntryKind.EXPIRY).count() == 1


def test_an_outage_takes_no_more_than_the_day_would_have(world: World) -> None:
    world.earn(world.lin, 100)
    day = TODAY + timedelta(days=40)
    world.spend(world.lin, 30, now=NOW + 50 * DAY)
    assert expire(world, day=day, now=NOW + 60 * DAY) == {world.lin: 70}
    (entry,) = world.entries(f"expiry:{world.lin}-{day}")
    assert entry.booked_date == TODAY + timedelta(days=60)


def test_no_limit_is_not_all(world: World) -> None:
    world.earn(world.lin, 100)
    with refused(errors.Malformed):
        expire(world, world.lin, most=None)  # type: ignore[arg-type]
    assert expire(world, world.lin, most=0) == {}
    assert selectors.balance(world.lin).balance == 100


def test_a_day_to_come_is_refused(world: World) -> None:
    world.earn(world.lin, 100)
    with refused(errors.Malformed):
        expire(world, day=LATER_DAY + timedelta(days=1))
    with refused(errors.Malformed):
        expire(world, through=LATER_DAY)


def test_two_processes_at_once_take_once(real_world: World, together) -> None:  # type: ignore[no-untyped-def]
    wallets = [real_world.wallet() for _ in range(20)]
    for wallet in wallets:
        real_world.earn(wallet, 100)
    answers = together(4, lambda _at: expire(real_world, *wallets))
    assert sorted(len(answer) for answer in answers) == [0, 0, 0, 20]
    assert JournalEntry.objects.filter(kind=EntryKind.EXPIRY).count() == 20
    assert sum(b.balance for b in selectors.balances(wallets).values()) == 0


def test_spending_and_expiry_race_for_the_same_coins(real_world: World, together) -> None:  # type: ignore[no-untyped-def]
    for at in range(5):
        real_world.earn(real_world.lin, 100)
        day = TODAY + timedelta(days=at + 1)

        def work(n: int, day: date = day) -> object:
            return real_world.spend(real_world.lin, 10) if n else expire(real_world, real_world.lin, day=day)

        together(6, work)
        assert selectors.balance(real_world.lin).balance == 0 or due(real_world, real_world.lin) == 0


@pytest.mark.parametrize("seed", range(6))
def test_agrees_with_lots_kept_one_by_one(world: World, seed: int) -> None:
    """Random lives of three wallets, one with a credit line; lots in Python say what is due at every step."""
    life = Life(world, random.Random(seed), [world.lin, world.mei, world.wallet(floor=-40)])
    lots = Lots(life.wallets)
    for step in range(120):
        life.go_on(step)
        lots.read_on()
        held = {one: selectors.balance(one).held for one in life.wallets}
        for age in (0, 5, 40):
            through = life.now.date() - timedelta(days=age)
            expected = {one: n for one in life.wallets if (n := lots.due(one, through, held[one]))}
            assert selectors.due_to_expire(book_id=world.book.pk, through=through) == expected, (seed, step)
    assert life.taken >= 3, "the lives were too dull"


def test_ten_thousand_wallets_in_seconds(real_world: World) -> None:
    w = real_world
    numbers = [f"T{n}" for n in range(10_000)]
    wallets = books.open_accounts(book_id=w.book.pk, kind=AccountKind.WALLET, numbers=numbers, now=NOW)
    for at in range(3):
        lines = [w.request(EntryKind.HOURS, w.issuance, one, 20, f"many:{at}:{one}") for one in wallets]
        posting.post_many(lines, now=NOW + at * DAY)
        with connections[
            "owner"
        ].cursor() as cursor:  # as autovacuum does, so that the planner knows how many there are
            cursor.execute("ANALYZE ledger_account, ledger_journalentry")
    began = time.perf_counter()
    assert len(selectors.due_to_expire(book_id=w.book.pk, through=TODAY)) == 10_000
    assert set(expire(w, *wallets).values()) == {20}
    assert time.perf_counter() - began < 10
