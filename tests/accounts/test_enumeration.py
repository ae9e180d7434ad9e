"""Nobody learns at the sign-in who is known: same words, same status, same time."""

from __future__ import annotations

import re
from statistics import median
from time import perf_counter

import pytest
from django.test import Client

from accounts.models import GuessCount
from tests.accounts.conftest import ask_code
from tests.factories.people import make_user

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


@pytest.mark.django_db
def test_the_same_time(sms_dir):
    for number in range(ROUNDS):
        make_user(phone=f"+861380000{number:04d}")
    took: dict[str, list[float]] = {"0000": [], "1111": []}
    ask_code(Client(), "13899999999")  # the first page of all compiles its templates
    for number in range(ROUNDS):
        for known in sorted(took, reverse=bool(number % 2)):
            GuessCount.objects.all().delete()
            began = perf_counter()
            ask_code(Client(), f"138{known}{number:04d}")
            took[known].append(perf_counter() - began)
    assert abs(median(took["0000"]) - median(took["1111"])) < MOST_SECONDS
