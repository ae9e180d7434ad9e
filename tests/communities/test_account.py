"""A manager connects the account with which a resident signs in; nobody who works here gets at a passbook so."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.models import User
from accounts.services.signing_in import Address
from audit.models import RecordView
from communities.errors import AccountTaken, AccountWithRole, OwnAccount, RoleHeld, SameAccount
from communities.models import Resident
from communities.services import people
from communities.services.registration import Person, join
from core.errors import NotAllowed
from notifications.models import OutboxMessage
from tests.factories.people import NOW, make_resident, make_user

pytestmark = pytest.mark.django_db
NEW = "+8613811112222"


@pytest.fixture
def elder(jinshan):
    return make_resident(jinshan, "何玉珍")


def connect(actor, elder, phone=NEW):
    return people.connect_account(actor=actor, resident_id=elder.pk, address=Address(phone=phone), now=NOW)


def test_a_manager_connects_and_everybody_can_see_it(wang, elder, client_for):
    page = f"/c/jinshan/people/{elder.pk}/"
    assert client_for(wang).post(f"{page}account/", {"login": "138 1111 2222"}).url == page
    user = User.objects.get(phone=NEW)
    elder.refresh_from_db()
    assert (elder.user, user.display_name, user.phone_verified_at) == (user, "何玉珍", None)
    assert RecordView.objects.filter(record_id=str(elder.pk), viewer=wang.user).exists()
    assert OutboxMessage.objects.filter(kind="account_connected", recipient=user).exists()
    history = client_for(wang).get(f"{page}history/", headers={"accept-language": "en"}).content.decode()
    assert "王海燕" in history


@pytest.mark.parametrize("who", ["zhou", "mei", "lin", "wu", "chen"])
def test_nobody_else(who, request, elder, client_for):
    actor = request.getfixturevalue(who)
    with pytest.raises(NotAllowed):
        connect(actor, elder)
    assert client_for(actor).post(f"/c/jinshan/people/{elder.pk}/account/", {"login": NEW}).status_code == 403
    elder.refresh_from_db()
    assert elder.user is None


@pytest.mark.parametrize(
    ("whose", "refusal"),
    [
        ("wang", OwnAccount),
        ("zhou", AccountWithRole),
        ("mei", AccountWithRole),
        ("wu", AccountWithRole),
        ("chen", AccountWithRole),
        ("lin", AccountTaken),
    ],
)
def test_whose_account_it_may_not_be(whose, refusal, request, wang, elder):
    phone = request.getfixturevalue(whose).user.phone
    with pytest.raises(refusal):
        connect(wang, elder, phone)
    elder.refresh_from_db()
    assert elder.user is None


def test_a_second_account_is_refused(wang, elder):
    connect(wang, elder)
    with pytest.raises(AccountTaken):
        connect(wang, elder, "+8613811113333")


def test_who_lost_the_number_gets_another_and_the_old_one_is_told(wang, elder, client_for):
    connect(wang, elder, "+8613811113333")
    page = f"/c/jinshan/people/{elder.pk}/"
    browser = client_for(wang)
    old = User.objects.get(phone="+8613811113333")
    assert browser.post(f"{page}account/", {"login": NEW}).status_code == 200  # without a look at the ID
    elder.refresh_from_db()
    assert elder.user == old
    assert browser.post(f"{page}account/", {"login": NEW, "seen": "on"}).url == page
    elder.refresh_from_db()
    assert elder.user.phone == NEW
    told = OutboxMessage.objects.filter(kind="account_disconnected", recipient=old)
    assert {one.channel for one in told} == {"inbox", "email", "sms"}
    assert OutboxMessage.objects.filter(kind="account_connected", recipient=elder.user).exists()


@pytest.mark.parametrize(
    ("whose", "refusal"), [("wang", OwnAccount), ("zhou", AccountWithRole), ("lin", AccountTaken), ("own", SameAccount)]
)
def test_whose_account_does_not_replace_it(whose, refusal, request, wang, elder):
    connect(wang, elder)
    phone = NEW if whose == "own" else request.getfixturevalue(whose).user.phone
    with pytest.raises(refusal):
        people.replace_account(actor=wang, resident_id=elder.pk, address=Address(phone=phone), now=NOW)
    elder.refresh_from_db()
    assert elder.user.phone == NEW


def test_a_role_is_ended_before_its_account_is_replaced(wang, mei):
    with pytest.raises(RoleHeld):
        people.replace_account(actor=wang, resident_id=mei.resident.pk, address=Address(phone=NEW), now=NOW)


@pytest.mark.parametrize("who", ["zhou", "mei", "lin", "wu", "chen"])
def test_nobody_but_a_manager_replaces_it(who, request, wang, elder):
    connect(wang, elder)
    actor = request.getfixturevalue(who)
    with pytest.raises(NotAllowed):
        people.replace_account(actor=actor, resident_id=elder.pk, address=Address(phone="+8613811113333"), now=NOW)
    elder.refresh_from_db()
    assert elder.user.phone == NEW


def test_the_page_says_who_may(wang, zhou, elder, client_for):
    page = f"/c/jinshan/people/{elder.pk}/"
    assert f"{page}account/" in client_for(wang).get(page).content.decode()
    seen = client_for(zhou).get(page, headers={"accept-language": "en"}).content.decode()
    assert "A manager can let them sign in." in seen
    assert f"{page}account/" not in seen


@pytest.mark.parametrize("whose", ["zhou", "wang", "mei"])
def test_nobody_with_a_role_is_registered_as_somebody_else(whose, request, zhou, jinshan):
    phone = request.getfixturevalue(whose).user.phone
    person = Person(full_name="何玉珍", birth_date=date(1944, 2, 29), building="3栋", phone=phone)
    with pytest.raises((OwnAccount, AccountWithRole)):
        people.register_signing_in(actor=zhou, person=person, consented=True, address=Address(phone=phone), now=NOW)
    assert not Resident.objects.filter(full_name="何玉珍").exists()


def test_a_number_that_staff_wrote_later_opens_no_passbook(zhou, elder, jinshan):
    friend = make_user()
    person = Person(full_name=elder.full_name, birth_date=elder.birth_date, building="3栋", phone=friend.phone)
    people.correct_details(actor=zhou, resident_id=elder.pk, person=person, reason="x", now=NOW)
    assert join(user=friend, community=jinshan, person=person, consented=True, now=NOW) != elder


def test_nor_does_the_number_of_somebody_with_a_role(zhou, jinshan):
    elder = make_resident(jinshan, "何玉珍", phone=zhou.user.phone)
    person = Person(full_name=elder.full_name, birth_date=elder.birth_date, building="3栋")
    assert join(user=zhou.user, community=jinshan, person=person, consented=True, now=NOW) != elder
