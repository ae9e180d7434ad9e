"""The shelf: every change is a movement; what is promised is not counted or written away."""

import pytest
from django.db import DatabaseError, transaction
from django.utils import translation

from core.errors import NotAllowed
from rewards import errors
from rewards.choices import MovementKind
from rewards.models import Reward, StockMovement
from rewards.services import stock
from tests.factories.people import NOW, make_actor
from tests.factories.rewards import give_coins, make_reward, request_one

pytestmark = pytest.mark.django_db


def test_receive_count_write_off(zhou):
    rice = make_reward(zhou, on_hand=10)
    stock.receive(actor=zhou, reward_id=rice.pk, quantity=5, now=NOW)
    stock.count(actor=zhou, reward_id=rice.pk, counted=13, now=NOW)
    stock.write_off(actor=zhou, reward_id=rice.pk, quantity=3, reason="受潮", now=NOW)
    rice.refresh_from_db()
    assert rice.on_hand == 10
    moves = StockMovement.objects.order_by("id").values_list("kind", "quantity", "counted", "reason")
    assert list(moves) == [
        (MovementKind.RECEIVED, 10, None, ""),
        (MovementKind.RECEIVED, 5, None, ""),
        (MovementKind.COUNTED, -2, 13, ""),
        (MovementKind.WRITTEN_OFF, -3, None, "受潮"),
    ]


def test_what_is_promised_is_named(lin, mei, zhou):
    for one in (lin, mei):
        give_coins(one.resident, 500)
    rice = make_reward(zhou, on_hand=5)
    request_one(lin, rice, quantity=2)
    request_one(mei, rice, quantity=1)
    for act in (
        lambda: stock.count(actor=zhou, reward_id=rice.pk, counted=2, now=NOW),
        lambda: stock.write_off(actor=zhou, reward_id=rice.pk, quantity=3, reason="受潮", now=NOW),
    ):
        with pytest.raises(errors.StockIsPromised) as refused:
            act()
        assert "林秀英 × 2" in str(refused.value)
        assert "梅晓东 × 1" in str(refused.value)
    stock.count(actor=zhou, reward_id=rice.pk, counted=3, now=NOW)
    rice.refresh_from_db()
    assert (rice.on_hand, rice.free) == (3, 0)


@pytest.mark.parametrize("on_hand", [0, 4])
def test_more_than_there_is_is_told_what_there_is(on_hand, zhou):
    rice = make_reward(zhou, on_hand=on_hand)
    with translation.override("en"):
        with pytest.raises(errors.NotOnShelf) as refused:
            stock.write_off(actor=zhou, reward_id=rice.pk, quantity=5, reason="受潮", now=NOW)
        assert str(refused.value) == f"On the shelf there are {on_hand}. Write off no more than that."
    assert not StockMovement.objects.filter(kind=MovementKind.WRITTEN_OFF).exists()


def test_a_write_off_says_why(zhou):
    rice = make_reward(zhou)
    with pytest.raises(errors.ReasonMissing):
        stock.write_off(actor=zhou, reward_id=rice.pk, quantity=1, reason=" ", now=NOW)


def test_residents_and_auditors_may_not(lin, chen, zhou):
    rice = make_reward(zhou)
    for someone in (lin, chen):
        with pytest.raises(NotAllowed):
            stock.receive(actor=someone, reward_id=rice.pk, quantity=1, now=NOW)


def test_another_communitys_shelf_is_unknown(zhou, outsider):
    rice = make_reward(zhou)
    foreign = make_actor(outsider.community, "外员", "worker", resident=False)
    with pytest.raises(Reward.DoesNotExist):
        stock.receive(actor=foreign, reward_id=rice.pk, quantity=1, now=NOW)


def test_movements_are_append_only(zhou):
    make_reward(zhou)
    move = StockMovement.objects.get()
    with pytest.raises(DatabaseError), transaction.atomic():
        StockMovement.objects.update(quantity=99)
    with pytest.raises(DatabaseError), transaction.atomic():
        move.delete()


def test_the_shelf_never_goes_below_what_is_promised(lin, zhou):
    give_coins(lin.resident, 500)
    rice = make_reward(zhou, on_hand=2)
    request_one(lin, rice, quantity=2)
    with pytest.raises(DatabaseError, match="rewards_reward_reserved"), transaction.atomic():
        StockMovement.objects.create(
            reward=rice, kind="written_off", quantity=-1, reason="x", actor=zhou.user, moved_at=NOW
        )


def test_a_changed_price_leaves_open_requests_alone(lin, zhou):
    give_coins(lin.resident, 500)
    rice = make_reward(zhou, price=60)
    made = request_one(lin, rice)
    goods = stock.Goods(title_zh="大米", price_coins=90)
    stock.change_goods(actor=zhou, reward_id=rice.pk, goods=goods, offered=False, now=NOW)
    made.refresh_from_db()
    rice.refresh_from_db()
    assert (made.amount_coins, rice.price_coins, rice.withdrawn_at) == (60, 90, NOW)


@pytest.mark.django_db(transaction=True)
def test_counts_and_requests_at_once_stay_true(lin, zhou, together):
    give_coins(lin.resident, 5000)
    rice = make_reward(zhou, on_hand=10)

    def work(at):
        if at % 2:
            return request_one(lin, rice)
        return stock.count(actor=zhou, reward_id=rice.pk, counted=5, now=NOW)

    together(16, work)
    rice.refresh_from_db()
    assert 0 <= rice.reserved <= rice.on_hand == 5
