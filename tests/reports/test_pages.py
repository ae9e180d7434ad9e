"""The community's figures: who may see them, what they say, and that the CSV holds the same."""

from collections.abc import Callable
from datetime import datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from communities.actors import Actor
from tasks.services.verification import verify
from tests.factories.hours import make_hours
from tests.factories.tasks import make_rule

pytestmark = pytest.mark.django_db
ClientFor = Callable[[Actor], Client]
PAGES = ("reports:dashboard", "reports:hours_csv", "reports:books", "reports:books_csv")


def url(name: str, actor: Actor) -> str:
    return reverse(name, args=[actor.community.slug])


@pytest.mark.parametrize(
    ("who", "page", "status"),
    [
        ("lin", "reports:dashboard", 403),
        ("lin", "reports:books", 403),
        ("zhou", "reports:dashboard", 200),
        ("zhou", "reports:books", 403),
        ("wang", "reports:books", 200),
        ("chen", "reports:dashboard", 200),
        ("chen", "reports:books", 200),
        ("wu", "reports:dashboard", 403),
    ],
)
def test_who_may(who: str, page: str, status: int, request: pytest.FixtureRequest, client_for: ClientFor) -> None:
    actor: Actor = request.getfixturevalue(who)
    assert client_for(actor).get(url(page, actor)).status_code == status


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_finds_nothing(
    page: str, jinshan: object, wang: Actor, outsider: Actor, client_for: ClientFor
) -> None:
    assert client_for(outsider).get(url(page, wang)).status_code == 404


def test_the_month_in_figures(lin: Actor, zhou: Actor, wang: Actor, now: datetime, client_for: ClientFor) -> None:
    make_rule(lin.community)
    verify(actor=zhou, record_id=make_hours(lin, now=now, minutes=90).pk, now=now)
    with time_machine.travel(now, tick=False):
        figures = client_for(wang).get(url("reports:dashboard", wang)).context
        table = client_for(wang).get(url("reports:hours_csv", wang)).content.decode("utf-8-sig")
        books = client_for(wang).get(url("reports:books", wang)).context["outstanding"]
    assert (figures["now"].minutes, figures["now"].helpers, figures["now"].coins) == (90, 1, 90)
    assert figures["difference"] == 0
    assert table.splitlines()[1].split(",")[1:] == ["90", "0"]
    assert (books.wallets, books.issuance, books.difference) == (90, 90, 0)


def test_a_day_that_is_none_means_now(wang: Actor, client_for: ClientFor) -> None:
    page = client_for(wang).get(url("reports:books", wang), {"on": "yesterday"})
    assert page.status_code == 200
    assert page.context["on"] is None
