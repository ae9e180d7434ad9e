"""Guessing codes: after the limit the right one is refused too, at every door, and a forged header opens none."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import GuessCount
from accounts.services import limits
from accounts.services.signing_in import CODES_PER_ACCOUNT, GUESSES_PER_ACCOUNT, GUESSES_PER_ADDRESS
from tests.accounts.conftest import CODE, ask_code, give_code, is_in
from tests.factories.people import NOW, make_user

PHONE = "13800138000"
DOORS = ["/accounts/login/", "/accounts/register/", "/admin/login/", "/admin/"]


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def at_the_door(client: Client, door: str, **extra: str) -> None:
    """Ask for a code through a door; those of the admin lead to the sign-in."""
    if door.startswith("/admin"):
        answer = client.get(door)
        while answer.status_code == 302 and "/accounts/login/" not in answer.url:
            answer = client.get(answer.url)
        assert answer.url.startswith("/accounts/login/?next=")
        door = answer.url
    ask_code(client, PHONE, path=door, **extra)


@pytest.mark.django_db
@pytest.mark.parametrize("door", DOORS)
def test_the_right_code_is_refused_after_the_limit(door, sms_dir, last_code):
    make_user(phone=f"+86{PHONE}", is_staff=True)
    for _ in range(GUESSES_PER_ACCOUNT):
        client = Client()  # each guess from a fresh session, with a fresh code
        at_the_door(client, "/accounts/login/" if _ % 2 else door)
        give_code(client, wrong(last_code()))
        GuessCount.objects.filter(key__startswith="code:").delete()
    for address in ("10.0.0.9", "10.0.0.10"):
        client = Client(REMOTE_ADDR=address)
        at_the_door(client, door)
        answer = give_code(client, last_code(), headers={"x-forwarded-for": "203.0.113.7"})
        assert answer.status_code == 429
        assert not is_in(client)


@pytest.mark.django_db
def test_five_wrong_in_one_session(sms_dir, last_code):
    client = Client()
    ask_code(client, PHONE)
    for _ in range(GUESSES_PER_ACCOUNT):
        give_code(client, wrong(last_code()))
    give_code(client, last_code())
    assert not is_in(client)
    assert client.get(CODE).status_code == 302  # the code is void


@pytest.mark.django_db
def test_after_the_window_it_opens_again(sms_dir, last_code, time_machine):
    time_machine.move_to(NOW, tick=False)
    client = Client()
    ask_code(client, PHONE)
    for _ in range(GUESSES_PER_ACCOUNT):
        give_code(client, wrong(last_code()))
    time_machine.shift(15 * 60 + 1)
    ask_code(client, PHONE)
    give_code(client, last_code())
    assert is_in(client)


@pytest.mark.django_db
def test_one_address_may_not_guess_at_many_accounts(sms_dir, last_code):
    for number in range(GUESSES_PER_ADDRESS):
        client = Client()
        ask_code(client, f"138{number:08d}")
        give_code(client, wrong(last_code()))
        GuessCount.objects.filter(key__startswith="code:").delete()
    client = Client()
    ask_code(client, PHONE)
    answer = give_code(client, last_code(), headers={"x-forwarded-for": "198.51.100.4"})
    assert answer.status_code == 429
    assert not is_in(client)
    other = Client(REMOTE_ADDR="10.9.9.9")
    ask_code(other, PHONE)
    give_code(other, last_code())
    assert is_in(other)


@pytest.mark.django_db
def test_no_flood_of_codes(sms_dir):
    client = Client(headers={"accept-language": "en"})
    for _ in range(CODES_PER_ACCOUNT + 3):
        answer = ask_code(client, PHONE, headers={"x-forwarded-for": f"203.0.113.{_}"})
    assert "We have sent several codes already." in answer.content.decode()
    assert len(list(sms_dir.glob("*.json"))) == CODES_PER_ACCOUNT


@pytest.mark.django_db(transaction=True)
def test_guesses_at_once_are_all_counted(sms_dir, together):
    browsers = [Client(REMOTE_ADDR=f"10.0.{at}.1") for at in range(12)]
    for client in browsers:
        ask_code(client, PHONE)
        GuessCount.objects.filter(key__startswith="code:").delete()
    answers = together(12, lambda at: give_code(browsers[at], "000000").status_code)
    assert answers.count(429) == 12 - GUESSES_PER_ACCOUNT
    assert answers.count(200) == GUESSES_PER_ACCOUNT


@pytest.mark.django_db(transaction=True)
def test_a_limit_lets_exactly_its_number_through(together):
    from datetime import timedelta

    def one(at: int) -> bool:
        return limits.hit(key="x", limit=7, window=timedelta(minutes=15), now=NOW)

    assert together(20, one).count(True) == 7


@pytest.mark.django_db
def test_no_number_stands_in_the_counts(sms_dir):
    ask_code(Client(), PHONE)
    assert not [row for row in GuessCount.objects.all() if PHONE in row.key or "127.0.0.1" in row.key]
