"""Households in both kinds of community; who leaves takes hours, not coins; who lives together on which day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from communities.choices import Role
from communities.errors import AnotherHousehold, LastSpender, NotMember, OwnHousehold
from communities.models import Household, HouseholdMember
from communities.selectors import household_of, same_household, spender_wallet, wallet_id_of
from communities.services import households
from core import clock
from core.clock import local_date
from core.errors import NotAllowed
from ledger.choices import AccountKind, EntryKind
from ledger.selectors import balance, system_account_id
from ledger.services.posting import LineRequest, post
from tests.factories.people import JOINED, NOW, make_actor, make_resident

TODAY, TOMORROW, YESTERDAY = date(2026, 11, 22), date(2026, 11, 23), date(2026, 11, 21)


@pytest.fixture
def clerk(xincheng):
    return make_actor(xincheng, "钱干事", Role.WORKER, resident=False)


@pytest.fixture
def couple(xincheng, clerk):
    """汪大成 and 李秀芳 share a household since 5 January."""
    husband = make_actor(xincheng, "汪大成")
    wife = make_actor(xincheng, "李秀芳")
    household = household_of(husband.resident, JOINED.date()).household
    households.move(actor=clerk, household_id=household.pk, resident_id=wife.resident.pk, now=JOINED)
    return husband, wife, household


def earn(household, coins: int, reference: str) -> None:
    issuance = system_account_id(household.community.book_id, AccountKind.ISSUANCE)
    line = LineRequest(
        book_id=household.community.book_id,
        reference=reference,
        kind=EntryKind.HOURS,
        debit_id=issuance,
        credit_id=household.wallet_id,
        amount=coins,
    )
    post(line, now=JOINED)


@pytest.mark.django_db
def test_who_leaves_leaves_the_coins(couple, clerk):
    _, wife, household = couple
    earn(household, 120, "opening:1")
    households.leave(actor=clerk, household_id=household.pk, resident_id=wife.resident.pk, now=NOW)
    own = household_of(wife.resident, TODAY).household
    assert own != household
    assert balance(household.wallet_id).balance == 120
    assert balance(own.wallet_id).balance == 0
    assert wallet_id_of(wife.resident, YESTERDAY) == household.wallet_id  # pending hours pay the household of their day
    assert wallet_id_of(wife.resident, TODAY) == own.wallet_id


@pytest.mark.django_db
def test_kinship_holds_on_the_day_of_leaving(couple, clerk):
    husband, wife, household = couple
    households.leave(actor=clerk, household_id=household.pk, resident_id=wife.resident.pk, now=NOW)
    assert same_household(husband.user_id, wife.resident.pk, [YESTERDAY])
    assert same_household(husband.user_id, wife.resident.pk, [TODAY])
    assert not same_household(husband.user_id, wife.resident.pk, [TOMORROW])
    assert same_household(husband.user_id, wife.resident.pk, [TOMORROW, YESTERDAY])  # on either of the days
    assert not same_household(husband.user_id, wife.resident.pk, [date(2026, 1, 1)])
    assert same_household(wife.user_id, wife.resident.pk, [TOMORROW])  # oneself always


@pytest.mark.django_db
def test_nobody_is_in_two_households(couple, clerk, xincheng):
    _, wife, _ = couple
    other = household_of(make_resident(xincheng, "孙小龙"), TODAY).household
    with pytest.raises(AnotherHousehold):
        households.join(actor=clerk, household_id=other.pk, resident_id=wife.resident.pk, now=NOW)
    with pytest.raises(IntegrityError, match="one_household_at_a_time"), transaction.atomic():
        HouseholdMember.objects.create(household=other, resident=wife.resident, starts_date=TOMORROW)


@pytest.mark.django_db
def test_moving_is_one_step(couple, clerk, xincheng):
    _, wife, household = couple
    other = household_of(make_resident(xincheng, "孙小龙"), TODAY).household
    households.move(actor=clerk, household_id=other.pk, resident_id=wife.resident.pk, now=NOW)
    assert household_of(wife.resident, TODAY).household_id == other.pk
    households.move(
        actor=clerk, household_id=household.pk, resident_id=wife.resident.pk, now=NOW
    )  # and back the same day
    assert household_of(wife.resident, TODAY).household_id == household.pk
    with pytest.raises(AnotherHousehold):
        households.move(actor=clerk, household_id=household.pk, resident_id=wife.resident.pk, now=NOW)


@pytest.mark.django_db
def test_leaving_twice_is_said(couple, clerk):
    _, wife, household = couple
    households.leave(actor=clerk, household_id=household.pk, resident_id=wife.resident.pk, now=NOW)
    with pytest.raises(NotMember):
        households.leave(actor=clerk, household_id=household.pk, resident_id=wife.resident.pk, now=NOW)


@pytest.mark.django_db
def test_adults_spend_unless_the_household_names_who(couple, clerk, xincheng):
    husband, wife, household = couple
    child = make_resident(xincheng, "汪小宝", birth_date=date(2010, 1, 1))
    households.move(actor=clerk, household_id=household.pk, resident_id=child.pk, now=NOW)
    assert spender_wallet(wife.resident, TODAY) == (household.wallet_id, True)
    assert spender_wallet(child, TODAY) == (household.wallet_id, False)
    households.let_spend(actor=clerk, household_id=household.pk, resident_ids=[husband.resident.pk], now=NOW)
    assert spender_wallet(husband.resident, TODAY)[1]
    assert not spender_wallet(wife.resident, TODAY)[1]
    with pytest.raises(LastSpender):
        households.let_spend(actor=clerk, household_id=household.pk, resident_ids=[child.pk], now=NOW)


@pytest.mark.django_db
def test_where_residents_hold_the_wallets_a_household_is_kinship_alone(jinshan, zhou, lin, mei):
    household = households.open_household(actor=zhou, resident_ids=[lin.resident.pk, mei.resident.pk], now=NOW)
    assert household.wallet is None
    assert same_household(lin.user_id, mei.resident.pk, [TODAY])
    assert spender_wallet(lin.resident, TODAY) == (lin.resident.wallet_id, True)
    households.leave(actor=zhou, household_id=household.pk, resident_id=mei.resident.pk, now=NOW + timedelta(days=1))
    assert household_of(mei.resident, TOMORROW) is None


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["lin", "mei", "chen", "outsider"])
def test_staff_alone_change_households(who, request, jinshan, zhou, lin):
    actor = request.getfixturevalue(who)
    household = households.open_household(actor=zhou, resident_ids=[lin.resident.pk], now=NOW)
    with pytest.raises(NotAllowed):
        households.leave(actor=actor, household_id=household.pk, resident_id=lin.resident.pk, now=NOW)


@pytest.mark.django_db
def test_a_household_of_another_community_is_not_there(couple, zhou, lin):
    with pytest.raises(Household.DoesNotExist):
        households.join(actor=zhou, household_id=couple[2].pk, resident_id=lin.resident.pk, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_two_desks_at_once_put_one_person_in_one_household(jinshan, zhou, lin, together):
    one = households.open_household(actor=zhou, resident_ids=[], now=NOW)
    two = households.open_household(actor=zhou, resident_ids=[], now=NOW)
    choices = [one.pk, two.pk]
    answers = together(
        8,
        lambda at: households.join(actor=zhou, household_id=choices[at % 2], resident_id=lin.resident.pk, now=NOW),
    )
    assert sum(isinstance(answer, HouseholdMember) for answer in answers) == 1
    assert sum(isinstance(answer, AnotherHousehold) for answer in answers) == 7


@pytest.mark.django_db
def test_on_the_pages(couple, clerk, client_for, xincheng):
    husband, wife, household = couple
    client, base = client_for(clerk), "/c/xincheng/people/"
    page = f"{base}households/{household.pk}/"
    assert client.post(page, {"spenders": [str(wife.resident.pk)]}).url == page
    assert not HouseholdMember.objects.get(resident=husband.resident).may_spend
    assert client.post(page, {"spenders": []}).status_code == 200
    client.post(f"{page}leave/{wife.resident.pk}/")
    assert household_of(wife.resident, local_date(clock.now(), xincheng.time_zone)).household != household
    joined = client.post(f"{base}{wife.resident.pk}/household/", {"number": household.number})
    assert joined.url == f"{base}{wife.resident.pk}/"
    assert client.post(f"{base}{wife.resident.pk}/household/", {"number": "999"}).status_code == 200


@pytest.mark.django_db
def test_staff_change_no_household_of_their_own(couple, clerk, xincheng):
    _husband, wife, household = couple
    worker = make_actor(xincheng, "冯干事", Role.WORKER)
    for change in (
        lambda: households.move(actor=worker, household_id=household.pk, resident_id=worker.resident.pk, now=NOW),
        lambda: households.open_household(actor=worker, resident_ids=[worker.resident.pk], now=NOW),
    ):
        with pytest.raises(OwnHousehold):
            change()
    households.move(actor=clerk, household_id=household.pk, resident_id=worker.resident.pk, now=NOW)
    for change in (
        lambda: households.leave(actor=worker, household_id=household.pk, resident_id=wife.resident.pk, now=NOW),
        lambda: households.open_household(actor=worker, resident_ids=[wife.resident.pk], now=NOW),
        lambda: households.let_spend(
            actor=worker, household_id=household.pk, resident_ids=[worker.resident.pk], now=NOW
        ),
    ):
        with pytest.raises(OwnHousehold):
            change()
