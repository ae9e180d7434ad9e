"""Signing in by a code to the phone or by email, old and new people alike."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client

from accounts.models import User
from accounts.services import signing_in
from accounts.services.signing_in import Address
from communities.choices import Role
from communities.services import grants
from core import clock
from tests.accounts.conftest import ask_code, give_code, is_in
from tests.factories.people import make_user

pytestmark = pytest.mark.django_db


def test_by_phone(sms_dir, last_code):
    user, client = make_user(phone="+8613800138000"), Client()
    answer = ask_code(client, "138 0013 8000")
    assert answer.url == "/accounts/code/"
    assert "138 0013 8000" in client.get(answer.url).content.decode()
    give_code(client, last_code())
    assert client.session["_auth_user_id"] == str(user.pk)


def test_by_email():
    client = Client()
    ask_code(client, "Lin@Example.org")
    message = mail.outbox[-1]
    assert message.to == ["lin@example.org"]
    give_code(client, re.sub(r"\D", "", message.subject))
    user = User.objects.get(pk=client.session["_auth_user_id"])
    assert user.email == "lin@example.org"
    assert user.emailaddress_set.get().verified


def test_a_new_number_becomes_a_verified_account(sms_dir, last_code):
    client = Client()
    ask_code(client, "１３９００１３９０００", path="/accounts/register/")
    give_code(client, " ".join(last_code()))  # 1 2 3 4 5 6
    user = User.objects.get(phone="+8613900139000")
    assert is_in(client)
    assert user.phone_verified_at is not None


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("1380013800", "You typed 10 digits; a mobile number has 11."),
        ("138001380001", "You typed 12 digits; a mobile number has 11."),
        ("9", "You typed 1 digit; a mobile number has 11."),
        ("+1 202 555 0143", "We send no text messages to that country."),
        ("0044 7911 123456", "We send no text messages to that country."),
        ("+852 5123 4567", "We send no text messages to that country."),
        ("call me", "Write the phone number in digits"),
        ("12800138000", "A mobile number begins with 13 to 19."),
        ("lin@", "Write an email address, such as name@example.org."),
        ("", "Please fill this in."),
    ],
)
def test_a_mistyped_number_is_said_and_kept(typed, said, sms_dir):
    client = Client(headers={"accept-language": "en"})
    answer = ask_code(client, typed)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert said in page
    assert f'value="{typed}"' in page or not typed
    assert not sms_dir.exists()


def test_a_code_is_six_digits_and_lasts_ten_minutes(sms_dir, last_code, time_machine):
    client = Client()
    time_machine.move_to("2026-11-22 09:00 +0800", tick=False)
    ask_code(client, "13800138000")
    assert len(last_code()) == 6
    time_machine.move_to("2026-11-22 09:10:01 +0800", tick=False)
    give_code(client, last_code())
    assert not is_in(client)


def test_a_code_is_good_once(sms_dir, last_code):
    client = Client()
    ask_code(client, "13800138000")
    code = last_code()
    give_code(client, code)
    client.post("/accounts/logout/")
    ask_code(client, "13800138000")
    assert last_code() != code
    give_code(client, code)
    assert not is_in(client)


def test_of_five_digits_it_is_said(sms_dir, last_code):
    client = Client(headers={"accept-language": "en"})
    ask_code(client, "13800138000")
    for _ in range(9):
        assert "you typed 5" in give_code(client, "12345").content.decode()
    give_code(client, last_code())  # a slip of the finger was no guess
    assert is_in(client)


def test_another_code_is_sent_on_asking(sms_dir, last_code):
    client = Client()
    ask_code(client, "13800138000")
    first = last_code()
    assert client.post("/accounts/code/", {"action": "resend"}).status_code == 302
    assert last_code() != first
    give_code(client, last_code())
    assert is_in(client)


def test_who_mistyped_may_write_another_number(sms_dir, last_code):
    client = Client()
    ask_code(client, "13800138000")
    assert client.get("/accounts/login/").status_code == 200
    ask_code(client, "13800138001")
    give_code(client, last_code())
    assert User.objects.get(pk=client.session["_auth_user_id"]).phone == "+8613800138001"


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/register/"])
def test_who_writes_another_number_still_goes_on_where_it_was(path, sms_dir):
    client = Client()
    answer = client.post(path, {"login": "13800138000", "next": "/c/jinshan/join/name/"})
    page = client.get(answer.url).content.decode()
    assert re.search(r'href="/accounts/login/\?next=(/|%2F)c(/|%2F)jinshan(/|%2F)join(/|%2F)name(/|%2F)"', page)
    again = client.get("/accounts/login/?next=/c/jinshan/join/name/").content.decode()
    assert 'name="next" value="/c/jinshan/join/name/"' in again


def test_without_a_sender_phone_sign_in_is_off_and_says_so(settings):
    settings.SMS_SENDER = ""
    client = Client(headers={"accept-language": "en"})
    page = client.get("/accounts/login/").content.decode()
    assert "Signing in by phone is switched off" in page
    assert "Please write your email address." in ask_code(client, "13800138000").content.decode()
    assert not User.objects.exists()


def test_it_goes_on_where_it_was_but_never_to_a_stranger(sms_dir, last_code):
    for asked, led in [
        ("/accounts/settings/", "/accounts/settings/"),
        ("https://evil.example/", "/"),
        ("//evil.example", "/"),
    ]:
        client = Client()
        answer = client.post("/accounts/login/", {"login": "13800138000", "next": asked})
        landed = client.post(answer.url, {"code": last_code(), "next": asked})
        assert landed.url == led


def test_a_closed_account_stays_out(sms_dir, last_code):
    make_user(phone="+8613800138000", is_active=False)
    client = Client()
    ask_code(client, "13800138000")
    assert give_code(client, last_code()).url == "/accounts/inactive/"
    assert not is_in(client)
    assert client.get("/accounts/inactive/").status_code == 200


def test_residents_stay_ninety_days_and_workers_twelve_hours(zhou, lin, wang, chen, client_for, sms_dir, last_code):
    for actor, seconds in [(lin, 90 * 86400), (zhou, 43200), (wang, 43200), (chen, 43200)]:
        client = Client()
        ask_code(client, actor.user.phone)
        give_code(client, last_code())
        assert client.session.get_expiry_age() == seconds


def test_who_takes_up_work_signs_in_anew(lin, wang, sms_dir, last_code):
    client = Client()
    ask_code(client, lin.user.phone)
    give_code(client, last_code())
    grants.grant(actor=wang, user=lin.user, role=Role.WORKER, now=clock.now())
    assert client.get("/accounts/settings/").status_code == 302


def test_switching_the_user_is_one_click(lin, client_for):
    client = client_for(lin)
    answer = client.post("/accounts/logout/", {"next": "/accounts/login/"})
    assert answer.url == "/accounts/login/"
    assert not is_in(client)
    assert client.get("/accounts/logout/").status_code == 302  # nobody to sign out


def test_a_get_does_not_sign_out(lin, client_for):
    client = client_for(lin)
    assert client.get("/accounts/logout/").status_code == 200
    assert is_in(client)


def test_accounts_that_were_only_typed_are_swept(lin, sms_dir):
    typed = signing_in.account_for(Address(phone="+8613700000000"))
    mailed = signing_in.account_for(Address(email="x@example.org"))
    assert signing_in.sweep_unused(clock.now(), 10) == 0
    signing_in.sweep_unused(clock.now() + timedelta(days=3), 10)
    assert not User.objects.filter(pk__in=[typed.pk, mailed.pk]).exists()
    assert User.objects.filter(pk=lin.user_id).exists()


def test_the_pages_of_passwords_and_second_factors_do_not_exist(lin, client_for):
    for path in ("password/reset/", "password/change/", "2fa/", "email/", "reauthenticate/", "phone/verify/"):
        assert client_for(lin).get(f"/accounts/{path}").status_code == 404
