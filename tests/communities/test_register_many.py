"""A list of people is registered as a whole: with numbers in a row, wallets and households; or not at all."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from communities.actors import Actor
from communities.errors import GuardianMissing, NotAdult
from communities.models import Community, Household, Resident
from communities.services.admitting import Arrival, clear_many_for_home_visits, register_many
from communities.services.households import new_household
from communities.services.registration import Guardian, Person
from core.errors import NotAllowed
from ledger.models import Account
from tests.factories.people import make_actor, make_user

pytestmark = pytest.mark.django_db

TANG = Person(full_name="唐秀兰", birth_date=date(1950, 3, 1), building="2", door="301")
OUYANG = Person(full_name="欧阳一诺", birth_date=date(2012, 3, 1))
MOTHER = Guardian(name="欧阳丽", phone="+8613800000000")


def test_each_has_a_number_and_a_wallet(jinshan: Community, zhou: Actor, now: datetime) -> None:
    user = make_user("唐秀兰")
    people = [Arrival(TANG, user=user), Arrival(OUYANG, guardian=MOTHER)]
    tang, ouyang = register_many(actor=zhou, arrivals=people, consented=True, now=now)
    assert int(ouyang.member_number) == int(tang.member_number) + 1
    kept = Resident.objects.select_related("wallet").get(pk=tang.pk)
    assert (kept.user, kept.surname, kept.residence_verified_by, kept.registered_at) == (user, "唐", zhou.user, now)
    assert kept.wallet is not None
    assert (kept.wallet.number, kept.wallet.cap) == (f"R{tang.member_number}", jinshan.settings.wallet_cap_coins)
    assert (ouyang.surname, ouyang.guardian_name) == ("欧阳", "欧阳丽")


def test_households_hold_the_wallets_where_a_community_chose_so(xincheng: Community, now: datetime) -> None:
    worker = make_actor(xincheng, "周敏", "worker")
    home = new_household(xincheng, now)
    people = [
        Arrival(TANG, household_id=home.pk),
        Arrival(OUYANG, guardian=MOTHER, household_id=home.pk),
        Arrival(TANG),
    ]
    residents = register_many(actor=worker, arrivals=people, consented=True, now=now)
    assert [one.wallet_id for one in residents] == [None, None, None]
    assert home.members.count() == 2
    assert residents[2].memberships.get().household.wallet is not None


def test_one_who_is_refused_stops_the_whole(jinshan: Community, zhou: Actor, now: datetime) -> None:
    before = (Resident.objects.count(), Account.objects.count())
    with pytest.raises(GuardianMissing):
        register_many(actor=zhou, arrivals=[Arrival(TANG), Arrival(OUYANG)], consented=True, now=now)
    assert (Resident.objects.count(), Account.objects.count()) == before


def test_a_household_of_another_community_is_unknown(
    jinshan: Community, xincheng: Community, zhou: Actor, now: datetime
) -> None:
    foreign = new_household(xincheng, now)
    with pytest.raises(Household.DoesNotExist):
        register_many(actor=zhou, arrivals=[Arrival(TANG, household_id=foreign.pk)], consented=True, now=now)


@pytest.mark.parametrize("who", ["lin", "mei", "wu", "chen"])
def test_only_staff(who: str, now: datetime, request: pytest.FixtureRequest) -> None:
    with pytest.raises(NotAllowed):
        register_many(actor=request.getfixturevalue(who), arrivals=[Arrival(TANG)], consented=True, now=now)


def test_many_are_cleared_for_homes_at_once(zhou: Actor, wang: Actor, now: datetime) -> None:
    people = [Arrival(TANG), Arrival(OUYANG, guardian=MOTHER)]
    tang, ouyang = register_many(actor=zhou, arrivals=people, consented=True, now=now)
    with pytest.raises(NotAdult):
        clear_many_for_home_visits(actor=wang, residents=[tang, ouyang], now=now)
    clear_many_for_home_visits(actor=wang, residents=[tang], now=now)
    tang.refresh_from_db()
    assert (tang.home_visits_cleared_at, tang.home_visits_cleared_by) == (now, wang.user)
