"""Language and text size: kept on the account and in the browser, without JavaScript, through signing out."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.accounts.conftest import ask_code, give_code

pytestmark = pytest.mark.django_db
TEXT_SIZE, LANGUAGE = "/accounts/text-size/", "/accounts/language/"


def html(client: Client, path: str = "/accounts/login/") -> str:
    return client.get(path).content.decode()


def test_chinese_unless_asked_otherwise():
    assert '<html lang="zh-Hans"' in html(Client())
    assert '<html lang="zh-Hans"' in html(Client(headers={"accept-language": "fr"}))
    assert '<html lang="en"' in html(Client(headers={"accept-language": "en-GB"}))


def test_the_cookie_goes_before_the_account_and_the_account_before_the_browser(lin, client_for):
    client = client_for(lin)
    lin.user.language = "en"
    lin.user.save()
    assert '<html lang="en"' in html(client, "/accounts/settings/")
    client.cookies["django_language"] = "zh-hans"
    assert '<html lang="zh-Hans"' in html(client, "/accounts/settings/")


def test_language_survives_signing_out(lin, client_for):
    client = client_for(lin)
    answer = client.post(LANGUAGE, {"language": "en", "next": "/accounts/settings/"})
    assert answer.url == "/accounts/settings/"
    lin.user.refresh_from_db()
    assert lin.user.language == "en"
    client.post("/accounts/logout/")
    assert '<html lang="en"' in html(client)


def test_text_size_survives_signing_out(lin, client_for):
    client = client_for(lin)
    client.post(TEXT_SIZE, {"size": "largest", "next": "/accounts/settings/"})
    lin.user.refresh_from_db()
    assert lin.user.text_size == "largest"
    client.post("/accounts/logout/")
    assert 'class="text-largest' in html(client)


def test_choices_made_before_signing_in_come_along(sms_dir, last_code):
    client = Client()
    client.post(TEXT_SIZE, {"size": "large"})
    ask_code(client, "13800138000")
    give_code(client, last_code())
    assert 'class="text-large"' in html(client, "/accounts/settings/")
    other = Client()
    ask_code(other, "13800138000")
    give_code(other, last_code())
    assert other.cookies["text_size"].value == "large"


@pytest.mark.parametrize("path", [TEXT_SIZE, LANGUAGE])
def test_a_get_changes_nothing_and_nonsense_is_asked_again(path, lin, client_for):
    client = client_for(lin)
    assert client.get(f"{path}?size=largest&language=en").status_code == 200
    assert client.post(path, {"size": "huge", "language": "fr"}).status_code == 200
    lin.user.refresh_from_db()
    assert (lin.user.language, lin.user.text_size) == ("", "")


@pytest.mark.parametrize(
    "stranger", ["https://evil.example/", "//evil.example/x", "javascript:alert(1)", "\\\\evil", ""]
)
def test_next_is_one_of_our_pages(stranger):
    assert Client().post(LANGUAGE, {"language": "en", "next": stranger}).url == "/"


def test_settings_need_an_account_and_show_no_full_number(lin, client_for):
    assert Client().get("/accounts/settings/").url.startswith("/accounts/login/?next=")
    page = html(client_for(lin), "/accounts/settings/")
    assert lin.user.phone[3:] not in page.replace(" ", "")


def test_a_name_is_kept_and_hidden_fields_change_nothing(lin, client_for):
    hidden = {"is_staff": "on", "is_active": "", "phone": "+8613999999999", "email": "x@y.z", "holds_role": "on"}
    client_for(lin).post("/accounts/settings/", {"display_name": "林阿姨", **hidden})
    lin.user.refresh_from_db()
    assert lin.user.display_name == "林阿姨"
    assert (lin.user.is_staff, lin.user.is_active, lin.user.email, lin.user.holds_role) == (False, True, None, False)


def test_sessions_elsewhere_end(lin, sms_dir, last_code):
    first, second = Client(), Client()
    for client in (first, second):
        ask_code(client, lin.user.phone)
        give_code(client, last_code())
    second.cookies["django_language"] = "en"
    page = second.get("/accounts/sessions/", headers={"user-agent": "x"}).content.decode()
    assert (page.count("This device"), page.count("Another device")) == (1, 1)
    second.post("/accounts/sessions/")
    assert first.get("/accounts/settings/").status_code == 302
    assert second.get("/accounts/settings/").status_code == 200
