"""Registering by oneself: one question a page, consent, guardians, and the same form twenty times."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from communities.errors import AlreadyRegistered, ConsentMissing, GuardianMissing, TooYoungOnline, WrongBirthDate
from communities.models import Household, HouseholdMember, Resident
from communities.services.registration import Guardian, Person, join
from ledger.models import Account
from tests.factories.people import JOINED, NOW, make_resident, make_user

BASE = "/c/jinshan/join/"
ADULT = date(1990, 5, 1)


def person(name: str = "陈小红", born: date = ADULT) -> Person:
    return Person(full_name=name, birth_date=born, building="1栋")


def newcomer() -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(make_user())
    return client


def answer(client: Client, born: str = "1990年5月1日") -> None:
    client.post(f"{BASE}name/", {"full_name": " 陈小红 ", "address_form": ""})
    client.post(f"{BASE}home/", {"building": "３栋２单元", "door": "401"})
    client.post(f"{BASE}birth/", {"birth_date": born})


def consent(client: Client, key: str = "k1"):
    return client.post(f"{BASE}check/", {"consent": "on", "form_key": key})


@pytest.mark.django_db
def test_four_pages_and_one_is_in(jinshan):
    client = newcomer()
    answer(client)
    page = client.get(f"{BASE}check/").content.decode()
    assert "陈小红" in page
    assert "3栋2单元" in page
    assert consent(client).url == "/c/jinshan/home/"
    resident = Resident.objects.get()
    assert (resident.full_name, resident.surname, resident.birth_date) == ("陈小红", "陈", ADULT)
    assert resident.member_number == "0001"
    assert resident.residence_verified_at is None
    assert resident.wallet.number == "R0001"
    assert resident.consented_at is not None
    assert client.get(f"{BASE}name/").url == BASE  # already there


@pytest.mark.django_db
def test_the_code_comes_first_and_leads_back(jinshan):
    page = Client().get(BASE).content.decode()
    assert "/accounts/register/?next=%2Fc%2Fjinshan%2Fjoin%2Fname%2F" in page
    assert Client().get(f"{BASE}name/").url == "/accounts/login/?next=/c/jinshan/join/name/"


@pytest.mark.django_db
def test_pages_may_not_be_jumped_over(jinshan):
    client = newcomer()
    assert client.get(f"{BASE}check/").url == f"{BASE}name/"
    client.post(f"{BASE}name/", {"full_name": "陈小红"})
    assert consent(client).url == f"{BASE}home/"
    assert not Resident.objects.exists()
    assert client.get(f"{BASE}anything/").status_code == 404


@pytest.mark.django_db
def test_what_was_typed_is_there_again(jinshan):
    client = newcomer()
    answer(client)
    assert 'value="陈小红"' in client.get(f"{BASE}name/").content.decode()
    assert 'value="1990-05-01"' in client.get(f"{BASE}birth/").content.decode()
    again = client.post(f"{BASE}birth/", {"birth_date": "last year"}).content.decode()
    assert 'value="last year"' in again
    assert "such as 1957-03-08" in again


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["1990-13-01", "19900230", "2999-01-01", "1790-01-01", "", "12"])
def test_a_birth_date_that_cannot_be(jinshan, typed):
    client = newcomer()
    client.post(f"{BASE}name/", {"full_name": "陈小红"})
    client.post(f"{BASE}home/", {"building": "1栋"})
    assert client.post(f"{BASE}birth/", {"birth_date": typed}).status_code == 200
    assert client.get(f"{BASE}check/").status_code == 302


@pytest.mark.django_db
def test_without_consent_nobody_is_kept(jinshan):
    client = newcomer()
    answer(client)
    page = client.post(f"{BASE}check/", {"form_key": "k1"}).content.decode()
    assert "Please tick that you agree" in page
    assert not Resident.objects.exists()


@pytest.mark.django_db
def test_under_eighteen_a_guardian_agrees(jinshan, time_machine):
    time_machine.move_to(NOW)
    client = newcomer()
    answer(client, born="2009-06-01")  # 17
    assert client.get(f"{BASE}check/").url == f"{BASE}guardian/"
    page = client.post(f"{BASE}guardian/", {"guardian_name": "陈大明", "guardian_phone": "1390000000"}).content.decode()
    assert "You typed 10 digits" in page
    client.post(
        f"{BASE}guardian/", {"guardian_name": "陈大明", "guardian_phone": "139 0000 0001", "guardian_agrees": "on"}
    )
    assert "陈大明" in client.get(f"{BASE}check/").content.decode()
    consent(client)
    resident = Resident.objects.get()
    assert (resident.guardian_name, resident.guardian_phone) == ("陈大明", "+8613900000001")
    assert resident.guardian_consent_at is not None


@pytest.mark.django_db
def test_under_fourteen_comes_with_a_guardian_to_the_desk(jinshan, time_machine):
    time_machine.move_to(NOW)
    client = newcomer()
    client.post(f"{BASE}name/", {"full_name": "陈小红"})
    client.post(f"{BASE}home/", {"building": "1栋"})
    page = client.post(f"{BASE}birth/", {"birth_date": "2013-01-01"}).content.decode()
    assert "Please come to the office together" in page
    assert 'value="2013-01-01"' in page
    consent(client)
    assert not Resident.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("born", "consented", "guardian", "refusal"),
    [
        (date(2013, 1, 1), True, Guardian("陈大明", ""), TooYoungOnline),
        (date(2012, 11, 23), True, Guardian("陈大明", ""), TooYoungOnline),  # 14 tomorrow
        (date(2012, 11, 22), True, None, GuardianMissing),  # 14 today
        (date(2008, 11, 23), True, None, GuardianMissing),  # 18 tomorrow
        (ADULT, False, None, ConsentMissing),
        (date(2027, 1, 1), True, None, WrongBirthDate),
        (date(1890, 1, 1), True, None, WrongBirthDate),
    ],
)
def test_the_service_refuses_too(jinshan, born, consented, guardian, refusal):
    with pytest.raises(refusal):
        join(
            user=make_user(),
            community=jinshan,
            person=person(born=born),
            consented=consented,
            guardian=guardian,
            now=NOW,
        )
    assert not Resident.objects.exists()


@pytest.mark.django_db
def test_eighteen_today_needs_nobody(jinshan):
    join(user=make_user(), community=jinshan, person=person(born=date(2008, 11, 22)), consented=True, now=NOW)
    assert Resident.objects.get().guardian_consent_at is None


@pytest.mark.django_db
def test_twice_is_said(jinshan):
    user = make_user()
    join(user=user, community=jinshan, person=person(), consented=True, now=NOW)
    with pytest.raises(AlreadyRegistered):
        join(user=user, community=jinshan, person=person(), consented=True, now=NOW)


@pytest.mark.django_db
def test_who_staff_registered_before_is_the_same_person(jinshan):
    user = make_user()
    known = make_resident(jinshan, "陈小红", birth_date=ADULT, phone=user.phone)
    assert join(user=user, community=jinshan, person=person(), consented=True, now=NOW) == known
    other = make_user()
    assert join(user=other, community=jinshan, person=person(), consented=True, now=NOW) != known


@pytest.mark.django_db
def test_in_a_household_community_one_gets_a_household(xincheng):
    resident = join(user=make_user(), community=xincheng, person=person(), consented=True, now=NOW)
    household = Household.objects.get()
    assert resident.wallet is None
    assert household.wallet.number == "H0001"
    assert HouseholdMember.objects.get().resident == resident


@pytest.mark.django_db(transaction=True)
def test_twenty_people_at_once_get_twenty_numbers(jinshan, together):
    users = [make_user() for _ in range(20)]
    together(20, lambda at: join(user=users[at], community=jinshan, person=person(), consented=True, now=JOINED))
    numbers = sorted(Resident.objects.values_list("member_number", flat=True))
    assert numbers == [f"{number:04d}" for number in range(1, 21)]


@pytest.mark.django_db(transaction=True)
def test_the_same_form_twenty_times_at_once(jinshan, together):
    client = newcomer()
    answer(client)
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}

    def send(at: int) -> tuple[int, str]:
        browser = Client(headers={"accept-language": "en"})
        browser.cookies.load(cookies)
        got = consent(browser, "same-key")
        return got.status_code, got.get("Location", "")

    answers = together(20, send)
    assert Resident.objects.count() == 1
    assert Account.objects.filter(number__startswith="R0", book=jinshan.book).count() == 1
    assert {status for status, _ in answers} == {302}
    assert {where for _, where in answers} <= {"/c/jinshan/home/", "/c/jinshan/join/", "/c/jinshan/join/name/"}
