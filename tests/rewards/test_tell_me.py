"""Being told once when sold-out goods are back: by whatever makes them free, everybody who waits, and nobody twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from communities.actors import Actor
from notifications.models import InboxMessage, OutboxMessage
from notifications.services.sweep import run_due
from rewards import errors
from rewards.models import Redemption, Reward, Wish
from rewards.services import approving, lapsing, requesting, reversing, stock, wishes
from rewards.services.stock import Goods
from tests.factories.people import make_actor
from tests.factories.rewards import give_coins, make_collected, make_ready, make_reward, request_one

pytestmark = pytest.mark.django_db
Frees = Callable[[Reward, Actor, Actor, datetime], object]


@pytest.fixture
def rice(zhou: Actor) -> Reward:
    """Sold out: none was ever on the shelf."""
    return make_reward(zhou, on_hand=0)


def wish(actor: Actor, reward: Reward, now: datetime) -> None:
    wishes.wish(actor=actor, reward_id=reward.pk, now=now)


def told(reward: Reward) -> list[int]:
    """Whose outbox holds the notice, once for each time."""
    rows = OutboxMessage.objects.filter(kind=wishes.BACK, subject=f"reward:{reward.pk}")
    return sorted(rows.values_list("recipient_id", flat=True))


def test_whoever_waits_is_told_once_when_goods_arrive(lin, mei, zhou, rice, now):
    wish(lin, rice, now)
    wish(lin, rice, now)
    wish(mei, rice, now)
    stock.receive(actor=zhou, reward_id=rice.pk, quantity=3, now=now)
    assert told(rice) == sorted([lin.user_id, mei.user_id])
    assert not Wish.objects.exists()
    stock.receive(actor=zhou, reward_id=rice.pk, quantity=3, now=now + timedelta(hours=1))
    assert told(rice) == sorted([lin.user_id, mei.user_id])
    run_due(now=now + timedelta(hours=2))
    notice = InboxMessage.objects.get(user=lin.user, kind=wishes.BACK)
    assert notice.url == reverse("rewards:reward", args=["jinshan", rice.pk])


def test_nobody_hears_of_goods_that_they_did_not_ask_about(lin, mei, zhou, rice, now):
    oil = make_reward(zhou, on_hand=0, title_zh="花生油", title_en="Peanut oil")
    wish(lin, rice, now)
    wish(mei, oil, now)
    stock.receive(actor=zhou, reward_id=oil.pk, quantity=1, now=now)
    assert (told(rice), told(oil)) == ([], [mei.user_id])
    assert Wish.objects.get().resident == lin.resident


# Everything that makes goods free. Mei holds or has taken the last one; lin waits.
def receive(rice: Reward, mei: Actor, staff: Actor, now: datetime) -> object:
    return stock.receive(actor=staff, reward_id=rice.pk, quantity=1, now=now)


def count_up(rice: Reward, mei: Actor, staff: Actor, now: datetime) -> object:
    return stock.count(actor=staff, reward_id=rice.pk, counted=5, now=now)


def undo(rice: Reward, mei: Actor, staff: Actor, now: datetime) -> object:
    return requesting.undo(actor=mei, redemption_id=Redemption.objects.get().pk, now=now)


def cancel(rice: Reward, mei: Actor, staff: Actor, now: datetime) -> object:
    return requesting.cancel(actor=mei, redemption_id=Redemption.objects.get().pk, now=now)


def refuse(rice: Reward, mei: Actor, staff: Actor, now: datetime) -> object:
    return approving.refuse(actor=staff, redemption_id=Redemption.objects.get().pk, reason="缺货", now=now)


def lapse(rice: Reward, mei: Actor, staff: Actor, now: datetime) -> object:
    return lapsing.lapse_requests(now + timedelta(days=8))


@pytest.mark.parametrize("frees", [receive, count_up, undo, cancel, refuse, lapse])
def test_everything_that_frees_the_last_one_tells(frees: Frees, lin, mei, zhou, now):
    rice = make_reward(zhou, on_hand=1)
    give_coins(mei.resident, 60)
    request_one(mei, rice, now=now)
    wish(lin, rice, now)
    frees(rice, mei, zhou, now)
    assert told(rice) == [lin.user_id]
    assert not Wish.objects.exists()


def test_a_code_that_expired_tells(lin, mei, zhou, now):
    rice = make_reward(zhou, on_hand=1)
    give_coins(mei.resident, 60)
    make_ready(mei, rice, zhou, now=now)
    wish(lin, rice, now)
    assert lapsing.expire_codes(now + timedelta(days=31)) == 1
    assert told(rice) == [lin.user_id]


def test_goods_brought_back_tell(lin, mei, zhou, wang, now):
    rice = make_reward(zhou, on_hand=1)
    give_coins(mei.resident, 60)
    taken = make_collected(mei, rice, zhou, now=now)
    wish(lin, rice, now)
    reversing.ask_reversal(actor=zhou, redemption_id=taken.pk, reason="米袋破了", now=now)
    assert told(rice) == []
    reversing.confirm_reversal(actor=wang, redemption_id=taken.pk, now=now)
    assert told(rice) == [lin.user_id]


def test_what_is_not_offered_tells_when_it_is_offered_again(lin, zhou, rice, now):
    wish(lin, rice, now)
    goods = Goods(title_zh=rice.title_zh, price_coins=60)
    stock.change_goods(actor=zhou, reward_id=rice.pk, goods=goods, offered=False, now=now)
    stock.receive(actor=zhou, reward_id=rice.pk, quantity=2, now=now)
    assert told(rice) == []
    stock.change_goods(actor=zhou, reward_id=rice.pk, goods=goods, offered=True, now=now)
    assert told(rice) == [lin.user_id]


@pytest.mark.parametrize("counted", [0, 1])
def test_what_stays_promised_tells_nobody(lin, mei, zhou, now, counted):
    rice = make_reward(zhou, on_hand=1)
    give_coins(mei.resident, 60)
    make_ready(mei, rice, zhou, now=now)
    wish(lin, rice, now)
    if counted:
        stock.count(actor=zhou, reward_id=rice.pk, counted=1, now=now)
    assert told(rice) == []
    assert Wish.objects.count() == 1


def test_refused_where_there_is_nothing_to_wait_for(lin, zhou, wang, now):
    here = make_reward(zhou, on_hand=1)
    with pytest.raises(errors.BackAlready):
        wish(lin, here, now)
    gone = make_reward(zhou, on_hand=0)
    stock.change_goods(
        actor=zhou, reward_id=gone.pk, goods=Goods(title_zh="米", price_coins=60), offered=False, now=now
    )
    with pytest.raises(errors.Withdrawn):
        wish(lin, gone, now)
    assert not Wish.objects.exists()


def test_the_wish_is_taken_back(lin, mei, zhou, rice, now):
    wish(lin, rice, now)
    wish(mei, rice, now)
    assert wishes.withdraw(actor=lin, reward_id=rice.pk) == 1
    assert wishes.withdraw(actor=lin, reward_id=rice.pk) == 0
    stock.receive(actor=zhou, reward_id=rice.pk, quantity=1, now=now)
    assert told(rice) == [mei.user_id]


def test_who_moved_away_is_forgotten_and_not_told(lin, mei, zhou, rice, now):
    for actor in (lin, mei):
        wish(actor, rice, now)
    lin.resident.left_at = now
    lin.resident.save()
    stock.receive(actor=zhou, reward_id=rice.pk, quantity=1, now=now)
    assert told(rice) == [mei.user_id]
    assert not Wish.objects.exists()


def test_old_wishes_and_those_of_who_moved_away_are_forgotten(lin, mei, jinshan, rice, now):
    people = [lin, mei, make_actor(jinshan, "孙桂芳")]
    for actor, days in zip(people, (364, 366, 1), strict=True):
        wish(actor, rice, now - timedelta(days=days))
    people[2].resident.left_at = now
    people[2].resident.save()
    assert wishes.forget_old(now, 100) == 2
    assert Wish.objects.get().resident == lin.resident
    assert wishes.forget_old(now, 100) == 0


def test_the_database_keeps_one_wish_a_resident(lin, rice, now):
    wish(lin, rice, now)
    with pytest.raises(IntegrityError, match="rewards_wish_once"), transaction.atomic():
        Wish.objects.create(reward=rice, resident=lin.resident, wished_at=now)


def test_as_many_queries_for_forty_as_for_two(jinshan, zhou, now):
    counts = set()
    for number in (2, 40):
        rice = make_reward(zhou, on_hand=0)
        people = [make_actor(jinshan, f"赵小春{number}{one}") for one in range(number)]
        Wish.objects.bulk_create([Wish(reward=rice, resident=one.resident, wished_at=now) for one in people])
        with CaptureQueriesContext(connection) as queries:
            stock.receive(actor=zhou, reward_id=rice.pk, quantity=1, now=now)
        counts.add(len(queries))
        assert told(rice) == sorted(one.user_id for one in people)
    assert len(counts) == 1


@pytest.mark.django_db(transaction=True)
def test_goods_that_come_by_two_doors_at_once_tell_once(lin, mei, zhou, wang, together, now):
    rice = make_reward(zhou, on_hand=1)
    give_coins(mei.resident, 60)
    held = request_one(mei, rice, now=now)
    wish(lin, rice, now)
    at = [now + timedelta(seconds=second) for second in range(6)]
    doors = [
        lambda: stock.receive(actor=zhou, reward_id=rice.pk, quantity=1, now=at[0]),
        lambda: stock.receive(actor=wang, reward_id=rice.pk, quantity=2, now=at[1]),
        lambda: requesting.cancel(actor=mei, redemption_id=held.pk, now=at[2]),
        lambda: stock.receive(actor=zhou, reward_id=rice.pk, quantity=1, now=at[3]),
    ]
    assert [one for one in together(4, lambda number: doors[number]()) if isinstance(one, Exception)] == []
    assert told(rice) == [lin.user_id]
    assert not Wish.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_wish_as_the_goods_arrive_is_told_or_refused_never_forgotten(jinshan, zhou, together, now):
    people = [make_actor(jinshan, f"钱小春{one}") for one in range(5)]
    for _round in range(5):
        rice = make_reward(zhou, on_hand=0)

        def act(number: int, rice: Reward = rice) -> bool:
            if number == 5:
                stock.receive(actor=zhou, reward_id=rice.pk, quantity=1, now=now)
                return False
            try:
                wish(people[number], rice, now)
            except errors.BackAlready:
                return False
            return True

        answers = together(6, act)
        assert [one for one in answers if isinstance(one, Exception)] == []
        waited = [one.user_id for one, did in zip(people, answers, strict=False) if did]
        assert told(rice) == sorted(waited)
        assert not Wish.objects.exists()
