"""Over the counter: one step, one entry that names both, never for one's own household."""

import pytest

from communities.choices import Role
from communities.services import households
from core.errors import NotAllowed
from ledger.errors import TooLittle
from ledger.models import JournalEntry
from rewards import errors
from rewards.choices import RedemptionState, Via
from rewards.models import Redemption
from rewards.services import counter
from rewards.sources import describe
from tests.factories.people import NOW, make_actor, make_resident
from tests.factories.rewards import BEFORE, coins_of, give_coins, make_reward, set_settings

pytestmark = pytest.mark.django_db


def redeem(staff, resident, reward, quantity=1, **extra):
    return counter.redeem_at_counter(
        actor=staff, resident_id=resident.pk, reward_id=reward.pk, quantity=quantity, now=NOW, **extra
    )


def test_hands_over_and_names_both(jinshan, zhou):
    elder = make_resident(jinshan, "陈阿婆")
    give_coins(elder, 200)
    rice = make_reward(zhou, on_hand=5, price=60)
    made = redeem(zhou, elder, rice, 2, collector="陈小妹")
    rice.refresh_from_db()
    assert (made.state, made.via, made.collector) == (RedemptionState.COLLECTED, Via.COUNTER, "陈小妹")
    assert (rice.on_hand, rice.reserved, coins_of(elder)) == (3, 0, (80, 0, 80))
    entry = JournalEntry.objects.get(reference=made.collect_reference)
    assert (entry.actor_id, entry.debit_id) == (zhou.user_id, elder.wallet_id)
    line = describe([entry.reference])[entry.reference]
    assert (line.title_zh, line.person, line.verified_by) == ("大米 5 公斤 × 2", "陈阿婆", "周敏")


def test_not_for_ones_own_household(jinshan, zhou):
    clerk = make_actor(jinshan, "林子", Role.WORKER)
    mother = make_resident(jinshan, "林母")
    home = households.new_household(jinshan, BEFORE)
    for one in (clerk.resident, mother):
        households.add_member(home, one, BEFORE)
    give_coins(mother, 200)
    rice = make_reward(zhou)
    for resident in (mother, clerk.resident):
        with pytest.raises(errors.OwnRedemption):
            redeem(clerk, resident, rice)
        with pytest.raises(errors.OwnRedemption):
            counter.request_at_counter(actor=clerk, resident_id=resident.pk, reward_id=rice.pk, quantity=1, now=NOW)


def test_residents_may_not(lin, mei, zhou):
    give_coins(mei.resident, 200)
    with pytest.raises(NotAllowed):
        redeem(lin, mei.resident, make_reward(zhou))


def test_above_the_limit_it_takes_two_people_elsewhere(jinshan, lin, zhou):
    set_settings(jinshan, two_person_limit_coins=100)
    give_coins(lin.resident, 1000)
    with pytest.raises(errors.AboveCounterLimit):
        redeem(zhou, lin.resident, make_reward(zhou, price=51), 2)


def test_too_little_and_sold_out_change_nothing(lin, zhou):
    give_coins(lin.resident, 50)
    rice = make_reward(zhou, on_hand=1, price=60)
    with pytest.raises(TooLittle):
        redeem(zhou, lin.resident, rice)
    with pytest.raises(errors.SoldOut):
        redeem(zhou, lin.resident, rice, 2)
    assert (Redemption.objects.count(), coins_of(lin.resident)) == (0, (50, 0, 50))


@pytest.mark.django_db(transaction=True)
def test_two_counters_and_the_last_bag(jinshan, lin, mei, zhou, wang, together):
    for one in (lin, mei):
        give_coins(one.resident, 60)
    rice = make_reward(zhou, on_hand=1, price=60)
    pairs = [(zhou, lin.resident), (wang, mei.resident)]
    answers = together(2, lambda at: redeem(*pairs[at], rice))
    rice.refresh_from_db()
    assert sorted(type(one).__name__ for one in answers) == ["Redemption", "SoldOut"]
    assert (rice.on_hand, rice.reserved) == (0, 0)
