"""One address answers the page or the part that htmx asks for; a redirect elsewhere is the browser's to follow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.test import Client, RequestFactory
from django.urls import reverse

from communities.actors import Actor
from core.middleware import LeadsElsewhere
from core.parts import render_part
from tests.factories.tasks import make_rule, make_shift, make_task

pytestmark = pytest.mark.django_db
ClientFor = Callable[[Actor], Client]
HERE = "http://testserver/c/jinshan/tasks/"


def headers(target: str, **more: str) -> dict[str, str]:
    return {"HX-Request": "true", "HX-Target": target, "Accept-Language": "en", **more}


def test_the_part_is_the_page_s_own(lin: Actor, client_for: ClientFor) -> None:
    make_rule(lin.community)
    make_shift(make_task(lin.community))
    board, client = reverse("tasks:board", args=["jinshan"]), client_for(lin)
    whole = client.get(board, headers={"Accept-Language": "en"}).content.decode()
    part = client.get(board, headers=headers("results")).content.decode()
    assert part in whole
    assert part.startswith('<div id="results"')
    assert "Sweep the banyan walk" in part
    assert "<html" not in part


@pytest.mark.parametrize("target", ["", "unread", "no-such-part"])
def test_whoever_asks_for_no_part_of_it_gets_the_page(lin: Actor, client_for: ClientFor, target: str) -> None:
    answer = client_for(lin).get(reverse("tasks:board", args=["jinshan"]), headers=headers(target))
    assert "<html" in answer.content.decode()


def test_a_browser_never_keeps_the_part_for_the_page(lin: Actor, client_for: ClientFor) -> None:
    for asked in ({}, headers("results")):
        answer = client_for(lin).get(reverse("tasks:board", args=["jinshan"]), headers=asked)
        assert {"HX-Request", "HX-Target"} <= set(answer["Vary"].split(", "))


def test_a_part_that_the_template_lacks_is_a_defect() -> None:
    with pytest.raises(KeyError):
        render_part(RequestFactory().get("/"), "tasks/board.html", {}, part="no-such-part")


def led(to: str, **asked: str) -> HttpResponse:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponseRedirect(to)

    request = RequestFactory().post("/", headers={"HX-Current-URL": HERE, **asked})
    return LeadsElsewhere(view)(request)  # type: ignore[return-value]


def test_within_the_page_htmx_follows_elsewhere_the_browser_does() -> None:
    within = led("/c/jinshan/tasks/?when=today", **{"HX-Request": "true"})
    assert (within.status_code, within["Location"]) == (302, "/c/jinshan/tasks/?when=today")
    away = led("/c/jinshan/my-tasks/", **{"HX-Request": "true"})
    assert (away.status_code, away["HX-Redirect"]) == (200, "/c/jinshan/my-tasks/")
    plain = led("/c/jinshan/my-tasks/")
    assert (plain.status_code, plain["Location"]) == (302, "/c/jinshan/my-tasks/")


def test_what_a_page_asks_by_itself_leads_nowhere() -> None:
    assert led("/accounts/login/", **{"HX-Request": "true", "HX-Trigger": "unread"}).status_code == 204


@pytest.mark.parametrize(
    ("sender", "back"),
    [
        ("http://testserver/c/jinshan/tasks/?when=today", "/c/jinshan/tasks/?when=today"),
        ("https://elsewhere.example/c/jinshan/tasks/", "/c/jinshan/"),
        ("", "/c/jinshan/"),
    ],
)
def test_a_form_sent_signed_out_leads_to_sign_in_and_back_to_its_page(lin: Actor, sender: str, back: str) -> None:
    shift = make_shift(make_task(lin.community))
    client = Client()
    claim = reverse("tasks:claim", args=["jinshan", shift.pk])
    answer = client.post(claim, headers={"Referer": sender, "Accept-Language": "en"})
    assert answer["Location"] == f"{reverse('account_login')}?next={back.replace('?', '%3F').replace('=', '%3D')}"
    login = client.get(answer["Location"], headers={"Accept-Language": "en"}).content.decode()
    assert "You are no longer signed in, so nothing was done." in login


def test_the_unread_count_keeps_no_desk_open(lin: Actor, zhou: Actor, now: datetime, client_for: ClientFor) -> None:
    client, desk = client_for(zhou), reverse("rewards:desk", args=["jinshan"])
    unread = reverse("notifications:inbox", args=["jinshan"])
    with time_machine.travel(now, tick=False) as clock:
        client.get(desk)
        for _minute in range(14):
            clock.shift(timedelta(minutes=1))
            assert client.get(unread, headers=headers("unread", **{"HX-Trigger": "unread"})).status_code == 200
        clock.shift(timedelta(minutes=2))
        assert client.get(desk).status_code == 302
