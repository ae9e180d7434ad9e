"""Asking for goods: reserved and held at once, refused kindly, exactly as often as there is stock and coins."""

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from communities.choices import Role
from communities.models import HouseholdMember
from core.errors import NotAllowed
from ledger.choices import HoldStatus
from ledger.errors import TooLittle
from ledger.models import Hold, JournalEntry
from rewards import errors
from rewards.choices import RedemptionState, Via
from rewards.models import Redemption, Reward
from rewards.services import requesting
from tests.factories.people import NOW, make_actor, make_resident
from tests.factories.rewards import coins_of, give_coins, make_reward, request_one, set_settings

pytestmark = pytest.mark.django_db


def test_reserves_and_holds(lin, zhou):
    give_coins(lin.resident, 200)
    rice = make_reward(zhou, on_hand=5, price=60)
    made = request_one(lin, rice, quantity=2)
    rice.refresh_from_db()
    assert (made.state, made.amount_coins, made.via, made.code) == (RedemptionState.REQUESTED, 120, Via.SELF, "")
    assert (rice.on_hand, rice.reserved, rice.free) == (5, 2, 3)
    assert coins_of(lin.resident) == (200, 120, 80)
    assert not JournalEntry.objects.filter(reference__startswith="redemption:").exists()


def test_the_amount_is_the_servers(lin, zhou):
    give_coins(lin.resident, 200)
    made = request_one(lin, make_reward(zhou, price=60), quantity=3)
    assert (made.unit_price_coins, made.amount_coins) == (60, 180)


def test_small_amounts_are_ready_at_once_where_the_setting_says_so(lin, zhou, jinshan):
    set_settings(jinshan, automatic_approval_up_to=60)
    give_coins(lin.resident, 200)
    made = request_one(lin, make_reward(zhou, price=60))
    assert (made.state, made.approved_automatically, len(made.code), len(made.qr_token)) == (
        RedemptionState.READY,
        True,
        8,
        22,
    )
    assert request_one(lin, make_reward(zhou, price=61)).state == RedemptionState.REQUESTED


def test_too_little_says_what_is_available_and_short(lin, zhou):
    give_coins(lin.resident, 60)
    rice = make_reward(zhou, price=90)
    with pytest.raises(TooLittle) as refused:
        request_one(lin, rice)
    assert (refused.value.available, refused.value.short) == (60, 30)
    rice.refresh_from_db()
    assert (rice.reserved, Redemption.objects.count(), Hold.objects.count()) == (0, 0, 0)


def test_held_coins_cannot_be_spent_twice(lin, zhou):
    give_coins(lin.resident, 100)
    rice = make_reward(zhou, price=60)
    request_one(lin, rice)
    with pytest.raises(TooLittle):
        request_one(lin, rice)


def test_more_than_is_left_is_refused_with_the_number(lin, zhou):
    give_coins(lin.resident, 1000)
    with pytest.raises(errors.SoldOut) as refused:
        request_one(lin, make_reward(zhou, on_hand=2), quantity=3)
    assert "2" in str(refused.value)


def test_withdrawn_goods_are_refused(lin, zhou):
    give_coins(lin.resident, 100)
    rice = make_reward(zhou)
    Reward.objects.filter(pk=rice.pk).update(withdrawn_at=NOW)
    with pytest.raises(errors.Withdrawn):
        request_one(lin, rice)


def test_minimum_age(jinshan, zhou):
    set_settings(jinshan, minimum_age_to_redeem=16)
    child = make_actor(jinshan, "小明", birth_date=date(2012, 1, 1))
    give_coins(child.resident, 100)
    with pytest.raises(errors.TooYoung):
        request_one(child, make_reward(zhou))


def test_nobody_asks_for_a_neighbour_but_staff_do(lin, mei, zhou):
    give_coins(lin.resident, 100)
    rice = make_reward(zhou)
    with pytest.raises(NotAllowed):
        requesting.request_redemption(actor=mei, reward_id=rice.pk, resident_id=lin.resident.pk, quantity=1, now=NOW)
    made = requesting.request_redemption(
        actor=zhou, reward_id=rice.pk, resident_id=lin.resident.pk, quantity=1, now=NOW
    )
    assert (made.via, made.requested_by_id) == (Via.STAFF, zhou.user_id)


def test_another_communitys_goods_are_unknown(outsider, zhou):
    give_coins(outsider.resident, 100)
    with pytest.raises(Reward.DoesNotExist):
        request_one(outsider, make_reward(zhou))


def test_a_household_names_who_spends(xincheng):
    staff = make_actor(xincheng, "周敏", Role.WORKER, resident=False)
    father = make_actor(xincheng, "高父")
    give_coins(father.resident, 100)
    rice = make_reward(staff)
    assert request_one(father, rice).state == RedemptionState.REQUESTED
    HouseholdMember.objects.filter(resident=father.resident).update(may_spend=False)
    with pytest.raises(errors.MayNotSpend):
        request_one(father, rice)


def test_the_database_keeps_reserved_within_the_shelf(lin, zhou):
    give_coins(lin.resident, 100)
    rice = make_reward(zhou, on_hand=1)
    with pytest.raises(IntegrityError, match="rewards_reward_reserved"), transaction.atomic():
        Reward.objects.filter(pk=rice.pk).update(reserved=2)


def test_terms_never_change(lin, zhou):
    give_coins(lin.resident, 100)
    made = request_one(lin, make_reward(zhou))
    for change in (
        {"quantity": 2},
        {"unit_price_coins": 1},
        {"amount_coins": 1},
        {"resident": make_resident(lin.community)},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            Redemption.objects.filter(pk=made.pk).update(**change)


@pytest.mark.django_db(transaction=True)
def test_twenty_spends_on_a_balance_for_one(lin, zhou, together):
    give_coins(lin.resident, 60)
    rice = make_reward(zhou, on_hand=50)
    answers = together(20, lambda _at: request_one(lin, rice))
    assert sum(isinstance(one, Redemption) for one in answers) == 1
    assert sum(isinstance(one, TooLittle) for one in answers) == 19
    assert coins_of(lin.resident) == (60, 60, 0)


@pytest.mark.django_db(transaction=True)
def test_forty_for_the_last_item(jinshan, zhou, together):
    people = [make_actor(jinshan, f"居民{at}") for at in range(40)]
    for one in people:
        give_coins(one.resident, 60)
    rice = make_reward(zhou, on_hand=1)
    answers = together(40, lambda at: request_one(people[at], rice))
    assert sum(isinstance(one, Redemption) for one in answers) == 1
    assert sum(isinstance(one, errors.SoldOut) for one in answers) == 39
    rice.refresh_from_db()
    assert (rice.on_hand, rice.reserved) == (1, 1)
    assert Hold.objects.filter(status=HoldStatus.ACTIVE).count() == 1
