"""A collected redemption is reversed by two people: coins and goods go back."""

import pytest

from communities.choices import Role
from communities.services import households
from core.errors import NotAllowed
from rewards import errors
from rewards.choices import MovementKind
from rewards.models import StockMovement
from rewards.services import reversing
from tests.factories.people import NOW, make_actor
from tests.factories.rewards import BEFORE, coins_of, give_coins, make_collected, make_ready, make_reward

pytestmark = pytest.mark.django_db


def ask(actor, made, reason="发错了"):
    return reversing.ask_reversal(actor=actor, redemption_id=made.pk, reason=reason, now=NOW)


def confirm(actor, made):
    return reversing.confirm_reversal(actor=actor, redemption_id=made.pk, now=NOW)


def test_two_people(lin, zhou, wang):
    give_coins(lin.resident, 100)
    rice = make_reward(zhou, price=60)
    made = make_collected(lin, rice, zhou)
    ask(zhou, made)
    assert coins_of(lin.resident) == (40, 0, 40)
    made = confirm(wang, made)
    rice.refresh_from_db()
    assert (made.reversed_at, rice.on_hand, coins_of(lin.resident)) == (NOW, 10, (100, 0, 100))
    move = StockMovement.objects.get(kind=MovementKind.RETURNED)
    assert (move.quantity, move.redemption_id, move.actor_id) == (1, made.pk, wang.user_id)


def test_not_by_the_same_person(lin, zhou, wang):
    give_coins(lin.resident, 100)
    made = make_collected(lin, make_reward(zhou), zhou)
    ask(wang, made)
    with pytest.raises(errors.ReversalOfOwn):
        confirm(wang, made)


def test_workers_ask_managers_confirm(jinshan, lin, zhou):
    give_coins(lin.resident, 100)
    made = make_collected(lin, make_reward(zhou), zhou)
    with pytest.raises(NotAllowed):
        ask(lin, made)
    ask(zhou, made)
    with pytest.raises(NotAllowed):
        confirm(make_actor(jinshan, "另员", Role.WORKER, resident=False), made)


def test_not_for_ones_household(jinshan, lin, zhou):
    son = make_actor(jinshan, "林子", Role.MANAGER)
    home = households.new_household(jinshan, BEFORE)
    for one in (lin, son):
        households.add_member(home, one.resident, BEFORE)
    give_coins(lin.resident, 100)
    made = make_collected(lin, make_reward(zhou), zhou)
    ask(zhou, made)
    with pytest.raises(errors.OwnRedemption):
        confirm(son, made)


def test_refusals(lin, zhou, wang):
    give_coins(lin.resident, 200)
    rice = make_reward(zhou)
    ready = make_ready(lin, rice, zhou)
    with pytest.raises(errors.NotCollected):
        ask(zhou, ready)
    made = make_collected(lin, rice, zhou)
    with pytest.raises(errors.Ended):
        confirm(wang, made)
    with pytest.raises(errors.ReasonMissing):
        ask(zhou, made, " ")
    ask(zhou, made)
    with pytest.raises(errors.ReversalAsked):
        ask(wang, made)


@pytest.mark.django_db(transaction=True)
def test_confirmed_by_six_at_once_it_comes_back_once(jinshan, lin, zhou, together):
    give_coins(lin.resident, 100)
    rice = make_reward(zhou)
    made = make_collected(lin, rice, zhou)
    ask(zhou, made)
    managers = [make_actor(jinshan, f"长{at}", Role.MANAGER, resident=False) for at in range(6)]
    answers = together(6, lambda at: confirm(managers[at], made))
    rice.refresh_from_db()
    assert sum(not isinstance(one, Exception) for one in answers) == 1
    assert (rice.on_hand, coins_of(lin.resident)) == (10, (100, 0, 100))
