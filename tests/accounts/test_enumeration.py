"""Nobody learns at the sign-in who is known: same words, same status, same time."""

from __future__ import annotations

import re
from statistics import median
from time import perf_counter

import pytest
from django.test import Client

from accounts.models import GuessCount
from communities.models import Community
from tests.accounts.conftest import ask_code
from tests.factories.people import make_resident, make_user

ROUNDS = 40
MOST_SECONDS = 0.020


def spoken(client: Client, login: str) -> tuple[int, str, str]:
    """Status, where it leads, and the words of the page there, the number itself left out."""
    answer = ask_code(client, login)
    page = client.get(answer.url).content.decode()
    for secret in (r'name="csrfmiddlewaretoken" value="[^"]+"', r"[\w.]+@example\.org", r"138 \d{4} \d{4}"):
        page = re.sub(secret, "…", page)
    return answer.status_code, answer.url, page


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/register/"])
def test_the_same_words(path, sms_dir):
    make_user(phone="+8613800138000", email="known@example.org")
    assert spoken(Client(), "13800138000") == spoken(Client(), "13800138001")
    assert spoken(Client(), "known@example.org") == spoken(Client(), "unknown@example.org")


def gap(series: int) -> float:
    """Seconds between the medians of known and unknown numbers, asked in turn; each series has numbers of its own."""
    took: dict[str, list[float]] = {f"{series}0": [], f"{series}1": []}
    for number in range(ROUNDS):
        make_user(phone=f"+86138{series}0{number:06d}")
    for number in range(ROUNDS):
        for known in sorted(took, reverse=bool(number % 2)):
            GuessCount.objects.all().delete()
            began = perf_counter()
            ask_code(Client(), f"138{known}{number:06d}")
            took[known].append(perf_counter() - began)
    known_times, unknown_times = took.values()
    return abs(median(known_times) - median(unknown_times))


@pytest.mark.django_db
def test_the_same_time_for_a_new_number_of_ones_own(sms_dir, jinshan, last_code):
    """Whose number somebody wants for their own account: the owner is written to instead, and it takes as long."""
    make_user(phone="+8613700000000")
    client = Client()
    ask_code(client, "13700000000")
    client.post("/accounts/code/", {"code": last_code()})
    assert any(own_gap(client, jinshan, series) < MOST_SECONDS for series in range(1, 4))


def own_gap(client: Client, community: Community, series: int) -> float:
    """As ``gap``, of the page on which the signed-in change their number."""
    took: dict[str, list[float]] = {f"{series}2": [], f"{series}3": []}
    for number in range(ROUNDS):
        make_resident(community, user=make_user(phone=f"+86138{series}2{number:06d}"))
    for number in range(ROUNDS):
        for known in sorted(took, reverse=bool(number % 2)):
            GuessCount.objects.all().delete()
            began = perf_counter()
            answer = client.post("/accounts/settings/phone/", {"address": f"138{known}{number:06d}"})
            took[known].append(perf_counter() - began)
            assert answer.url == "/accounts/settings/code/"
    known_times, unknown_times = took.values()
    return abs(median(known_times) - median(unknown_times))


@pytest.mark.django_db
def test_the_same_time(sms_dir):
    ask_code(Client(), "13899999999")  # the first page of all compiles its templates
    # What tells the two apart does so in every series; another process's work does not.
    assert any(gap(series) < MOST_SECONDS for series in range(1, 4))
