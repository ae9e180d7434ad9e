"""Another phone number or email address, a second one, one less: by who proves to hold both."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.choices import Way
from accounts.models import User
from accounts.services import addresses, signing_in
from accounts.services.addresses import AddressTaken, LastWay
from accounts.services.signing_in import Address
from core import clock
from tests.accounts.conftest import ask_code, give_code, is_in
from tests.factories.people import make_user

pytestmark = pytest.mark.django_db
SETTINGS, CODE = "/accounts/settings/", "/accounts/settings/code/"
PHONE, EMAIL, CHECK = f"{SETTINGS}phone/", f"{SETTINGS}email/", f"{SETTINGS}check/"
OLD, NEW = "+8613800138000", "+8613900139000"


@pytest.fixture
def texts(sms_dir: Path):
    """Number and text of every message, in the order of sending."""

    def sent() -> list[tuple[str, str]]:
        rows = [json.loads(file.read_text("utf-8")) for file in sorted(sms_dir.glob("*.json"))]
        return [(row["to"], row["text"]) for row in rows]

    return sent


@pytest.fixture
def signed_in(sms_dir, last_code):
    """The browser of an account that has just signed in by a code."""

    def made(user: User) -> Client:
        client = Client(headers={"accept-language": "en"})
        ask_code(client, user.phone or user.email)
        give_code(client, last_code())
        assert is_in(client)
        client.get(SETTINGS)  # says once that they are signed in
        return client

    return made


def test_another_number(signed_in, last_code, texts):
    user = make_user(phone=OLD)
    client, elsewhere = signed_in(user), signed_in(user)
    assert client.post(PHONE, {"address": "139 0013 9000"}).url == CODE
    assert texts()[-1][0] == NEW
    user.refresh_from_db()
    assert user.phone == OLD
    page = client.post(CODE, {"code": last_code()}, follow=True).content.decode()
    assert "You can sign in with this number from now on." in page
    user.refresh_from_db()
    assert user.phone == NEW
    assert user.phone_verified_at is not None
    to, text = texts()[-1]
    assert to == OLD
    assert "这个号码" in text  # the account has no language of its own yet: the installation's
    assert client.get(SETTINGS).status_code == 200
    assert elsewhere.get(SETTINGS).status_code == 302
    ask_code(stranger := Client(), OLD)
    give_code(stranger, last_code())
    assert stranger.session["_auth_user_id"] != str(user.pk)


def test_a_second_way_and_none_of_the_first(signed_in, last_code, texts):
    user = make_user(phone=OLD, language="en")
    client = signed_in(user)
    client.post(EMAIL, {"address": "Lin@Example.org"})
    message = mail.outbox[-1]
    assert message.to == ["lin@example.org"]
    client.post(CODE, {"code": re.sub(r"\D", "", message.subject)})
    user.refresh_from_db()
    assert (user.phone, user.email) == (OLD, "lin@example.org")
    assert user.emailaddress_set.get().verified
    assert texts()[-1] == (
        OLD,
        "Time bank: how you sign in was changed just now. If it was not you, call your community's office at once.",
    )
    assert "with the other one alone" in client.get(f"{PHONE}remove/").content.decode()
    client.post(f"{PHONE}remove/")
    user.refresh_from_db()
    assert (user.phone, user.email) == (None, "lin@example.org")
    assert "no longer signs in" in texts()[-1][1]
    assert "You sign in with this one alone." in client.get(f"{EMAIL}remove/").content.decode()
    assert "Add another one first." in client.post(f"{EMAIL}remove/", follow=True).content.decode()
    user.refresh_from_db()
    assert user.email == "lin@example.org"


def test_a_number_that_gets_no_messages_is_no_second_way(settings, sms_dir):
    user = make_user(phone=OLD, email="lin@example.org")
    user.emailaddress_set.create(email=user.email, primary=True, verified=True)
    settings.SMS_SENDER = ""
    with pytest.raises(LastWay):
        addresses.remove(user_id=user.pk, way=Way.EMAIL, session_key=None)


def test_an_address_that_was_never_proved_is_no_second_way():
    user = make_user(phone=OLD, email="lin@example.org")
    assert addresses.ways(user) == [Address(phone=OLD)]
    with pytest.raises(LastWay):
        addresses.remove(user_id=user.pk, way=Way.PHONE, session_key=None)


def test_ten_minutes_after_signing_in_the_old_number_is_asked(signed_in, last_code, texts, time_machine):
    time_machine.move_to("2026-11-22 09:00 +0800", tick=False)
    client = signed_in(make_user(phone=OLD))
    time_machine.move_to("2026-11-22 09:11 +0800", tick=False)
    for path in (PHONE, EMAIL, f"{PHONE}remove/"):
        assert "First, show that it is you" in client.get(path).content.decode()
    sent = len(texts())
    client.post(PHONE, {"address": NEW})
    assert len(texts()) == sent
    assert client.post(CHECK, {"way": "phone", "next": PHONE}).url == CODE
    assert texts()[-1][0] == OLD
    assert "138****8000" in client.get(CODE).content.decode()
    assert client.post(CODE, {"code": last_code()}).url == PHONE
    assert "Change the phone number" in client.get(PHONE).content.decode()


def test_presence_leads_to_no_stranger(signed_in, last_code):
    client = signed_in(make_user(phone=OLD))
    client.post(CHECK, {"way": "phone", "next": "https://evil.example/"})
    assert client.post(CODE, {"code": last_code()}).url == SETTINGS


def test_a_session_that_came_by_no_code_proves_nothing(client_for, lin):
    assert "先验证是您本人" in client_for(lin).get(PHONE).content.decode()
    assert Client().get(PHONE).url == f"/accounts/login/?next={PHONE}"


def test_after_five_wrong_codes_the_right_one_is_refused(signed_in, last_code):
    user = make_user(phone=OLD)
    client = signed_in(user)
    client.post(PHONE, {"address": NEW})
    right = last_code()
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(4):
        assert "not the code that we sent" in client.post(CODE, {"code": wrong}).content.decode()
    client.post(CODE, {"code": wrong})
    client.post(PHONE, {"address": NEW})  # with a new code, in the same quarter of an hour
    assert client.post(CODE, {"code": last_code()}).status_code == 429
    user.refresh_from_db()
    assert user.phone == OLD


def test_a_code_is_good_for_ten_minutes(signed_in, last_code, time_machine):
    time_machine.move_to("2026-11-22 09:00 +0800", tick=False)
    user = make_user(phone=OLD)
    client = signed_in(user)
    client.post(PHONE, {"address": NEW})
    time_machine.move_to("2026-11-22 09:10:01 +0800", tick=False)
    assert client.post(CODE, {"code": last_code()}).url == SETTINGS
    user.refresh_from_db()
    assert user.phone == OLD


def test_back_and_again_changes_nothing_more(signed_in, last_code, texts):
    user = make_user(phone=OLD)
    client = signed_in(user)
    client.post(PHONE, {"address": NEW})
    right = last_code()
    client.post(CODE, {"code": right})
    sent = texts()
    assert client.get(CODE).url == SETTINGS
    assert client.post(CODE, {"code": right}).url == SETTINGS
    assert addresses.change(user_id=user.pk, address=Address(phone=NEW), session_key=None, now=clock.now()) is None
    assert texts() == sent
    assert "sign in with already" in client.post(PHONE, {"address": NEW}).content.decode()


def test_codes_are_limited_whatever_number_they_go_to(signed_in, texts):
    client = signed_in(make_user(phone=OLD))
    for number in range(signing_in.CODES_PER_ACCOUNT):
        assert client.post(PHONE, {"address": f"1390013900{number}"}).status_code == 302
    sent = len(texts())
    assert "several codes already" in client.post(PHONE, {"address": "13900139009"}).content.decode()
    assert len(texts()) == sent


def test_nobody_learns_whose_a_number_is(signed_in, lin, texts):
    client = signed_in(make_user(phone=OLD))
    sent = len(texts())
    pages = []
    for number in (lin.user.phone, NEW):
        answer = client.post(PHONE, {"address": number})
        page = client.get(answer.url).content.decode()
        wrong = client.post(CODE, {"code": "000000"}).content.decode()
        hidden = r'name="csrfmiddlewaretoken" value="[^"]+"|1\d\d \d{4} \d{4}'
        pages.append((answer.status_code, answer.url, re.sub(hidden, "…", page), re.sub(hidden, "…", wrong)))
    assert pages[0] == pages[1]
    (to_owner, told), (to_new, code) = texts()[sent:]
    assert (to_owner, to_new) == (lin.user.phone, NEW)
    assert re.search(r"\d{6}", code)
    assert not re.search(r"\d{6}", told)
    assert "没有任何改动" in told


def test_an_account_that_owns_nothing_gives_way(signed_in, last_code):
    """Who signed in with the new number first has made an empty account, and gets to the old one all the same."""
    empty = make_user(phone=NEW)
    user = make_user(phone=OLD)
    other, client = signed_in(empty), signed_in(user)
    client.post(PHONE, {"address": NEW})
    client.post(CODE, {"code": last_code()})
    user.refresh_from_db()
    empty.refresh_from_db()
    assert user.phone == NEW
    assert (empty.phone, empty.is_active) == (None, False)
    assert other.get(SETTINGS).status_code == 302


def test_a_number_that_somebody_took_meanwhile(signed_in, last_code, lin):
    user = make_user(phone=OLD)
    client = signed_in(user)
    client.post(PHONE, {"address": NEW})
    lin.user.phone = NEW
    lin.user.save()
    page = client.post(CODE, {"code": last_code()}, follow=True).content.decode()
    assert "has just been used for another account" in page
    user.refresh_from_db()
    assert user.phone == OLD


@pytest.mark.django_db(transaction=True)
def test_two_who_want_one_number_at_once(together, sms_dir):
    users = [make_user() for _ in range(6)]

    def take(at: int) -> object:
        return addresses.change(user_id=users[at].pk, address=Address(phone=NEW), session_key=None, now=timezone.now())

    answers = together(6, take)
    assert User.objects.filter(phone=NEW).count() == 1
    lost = [one for one in answers if isinstance(one, Exception)]
    assert all(isinstance(one, AddressTaken) for one in lost)
    assert len(lost) in (4, 5)  # an account without a resident may still give way to the next


@pytest.mark.django_db(transaction=True)
def test_the_last_way_stays_when_both_are_removed_at_once(together, sms_dir):
    user = make_user(phone=OLD, email="lin@example.org")
    user.emailaddress_set.create(email=user.email, primary=True, verified=True)
    answers = together(2, lambda at: addresses.remove(user_id=user.pk, way=list(Way)[at], session_key=None))
    assert sum(isinstance(one, LastWay) for one in answers) == 1
    user.refresh_from_db()
    assert bool(user.phone) != bool(user.email)


def test_history_tells_the_change_and_no_code(signed_in, last_code):
    user = make_user(phone=OLD)
    client = signed_in(user)
    client.post(PHONE, {"address": NEW})
    right = last_code()
    client.post(CODE, {"code": right})
    newest = User.pgh_event_model.objects.filter(pgh_obj_id=user.pk).order_by("-pgh_id").first()
    assert newest.phone == NEW
    assert newest.pgh_context.metadata["actor"] == user.pk
    assert right not in json.dumps(newest.pgh_context.metadata)


@pytest.mark.parametrize("way", ["phone", "email"])
def test_who_works_here_changes_theirs_too(zhou, wang, signed_in, last_code, way):
    for actor, new in [(zhou, "13900139001"), (wang, "13900139002")]:
        client = signed_in(actor.user)
        address = new if way == "phone" else f"{new}@example.org"
        client.post(f"{SETTINGS}{way}/", {"address": address})
        typed = last_code() if way == "phone" else re.sub(r"\D", "", mail.outbox[-1].subject)
        client.post(CODE, {"code": typed})
        actor.user.refresh_from_db()
        assert getattr(actor.user, way) in (address, f"+86{new}")
        assert actor.user.holds_role


@pytest.mark.parametrize(
    ("path", "typed", "said"),
    [
        (PHONE, "1390013900", "You typed 10 digits; a mobile number has 11."),
        (PHONE, "lin@example.org", "This is an email address."),
        (PHONE, "+1 202 555 0143", "We send no text messages to that country."),
        (EMAIL, "13900139000", "Write an email address"),
        (EMAIL, "lin@", "Write an email address, such as name@example.org."),
        (EMAIL, "", "Please fill this in."),
    ],
)
def test_what_cannot_be_is_said(signed_in, path, typed, said):
    assert said in signed_in(make_user(phone=OLD)).post(path, {"address": typed}).content.decode()


def test_in_chinese(signed_in, last_code):
    client = signed_in(make_user(phone=OLD))
    client.cookies["django_language"] = "zh-hans"
    assert "更换手机号" in client.get(PHONE).content.decode()
    client.post(PHONE, {"address": NEW})
    page = client.post(CODE, {"code": last_code()}, follow=True).content.decode()
    assert "今后可以用这个号码登录" in page


def test_an_unsent_notice_undoes_no_change(sms_dir, monkeypatch):
    user = make_user(phone=OLD)

    class Broken:
        def send(self, message: object) -> None:
            raise OSError

    monkeypatch.setattr("core.sms.sender", Broken)
    addresses.change(user_id=user.pk, address=Address(phone=NEW), session_key=None, now=clock.now() + timedelta(1))
    user.refresh_from_db()
    assert user.phone == NEW


def test_who_asks_for_more_codes_than_there_are_is_told(signed_in, last_code):
    client = signed_in(make_user(phone=OLD))
    client.post(PHONE, {"address": NEW})
    said = [client.post(CODE, {"action": "resend"}, follow=True).content.decode() for _again in range(4)]
    assert "Another code is on its way." in said[0]
    assert "We have sent several codes already." in said[-1]
    assert "Another code is on its way." not in said[-1]
    client.post(CODE, {"code": last_code()})
    assert User.objects.get().phone == NEW
