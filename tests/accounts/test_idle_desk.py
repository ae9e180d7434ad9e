"""A desk left alone for 15 minutes asks who is there; a phone elsewhere stays signed in."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from communities.actors import Actor

pytestmark = pytest.mark.django_db
ClientFor = Callable[[Actor], Client]


def test_an_idle_desk_is_signed_out(zhou: Actor, now: datetime, client_for: ClientFor) -> None:
    client, desk = client_for(zhou), reverse("rewards:desk", args=[zhou.community.slug])
    with time_machine.travel(now, tick=False) as clock:
        assert client.get(desk).status_code == 200
        clock.shift(timedelta(minutes=14))
        assert client.get(reverse("home:staff", args=[zhou.community.slug])).status_code == 200
        clock.shift(timedelta(minutes=14))
        assert client.get(desk).status_code == 200
        clock.shift(timedelta(minutes=16))
        left = client.get(desk)
        assert left.status_code == 302
        assert left["Location"] == f"{reverse('account_login')}?next={desk}"
        assert client.get(desk).status_code == 302


def test_a_form_sent_too_late_leads_back_to_its_page(zhou: Actor, now: datetime, client_for: ClientFor) -> None:
    counter = reverse("rewards:counter", args=[zhou.community.slug])
    for sender, led in ((f"http://testserver{counter}?q=1", f"{counter}%3Fq%3D1"), ("http://evil.example/x", "/")):
        client = client_for(zhou)
        with time_machine.travel(now, tick=False) as clock:
            client.get(counter)
            clock.shift(timedelta(minutes=16))
            left = client.post(counter, {}, headers={"referer": sender, "accept-language": "en"})
            assert left["Location"] == f"{reverse('account_login')}?next={led}"
            assert "so nothing was done" in client.get(left["Location"]).content.decode()


def test_who_was_not_at_the_desk_stays(zhou: Actor, now: datetime, client_for: ClientFor) -> None:
    client, today = client_for(zhou), reverse("home:staff", args=[zhou.community.slug])
    with time_machine.travel(now, tick=False) as clock:
        assert client.get(today).status_code == 200
        clock.shift(timedelta(minutes=40))
        assert client.get(today).status_code == 200
