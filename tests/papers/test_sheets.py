"""The sheets that staff print: who is expected, what was handed over; staff alone."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from communities.actors import Actor
from tasks.choices import SignUpState
from tasks.models import Shift
from tests.factories.people import NOW
from tests.factories.rewards import give_coins, make_collected, make_reward
from tests.factories.tasks import make_shift, make_sign_up, make_task

pytestmark = pytest.mark.django_db
ClientFor = Callable[[Actor], Client]
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def shift(lin: Actor, mei: Actor) -> Shift:
    """Two with a place, one of them with companions, and one withdrawn."""
    shift = make_shift(make_task(lin.community, title_zh="小蜜蜂清扫", title_en="Bees"), places=9)
    assert lin.resident is not None
    assert mei.resident is not None
    make_sign_up(shift, lin.resident, state=SignUpState.CONFIRMED, companions=2)
    make_sign_up(shift, mei.resident, state=SignUpState.WITHDRAWN)
    return shift


def sheet_url(shift: Shift, name: str = "sign_in_sheet") -> str:
    return reverse(f"papers:{name}", kwargs={"community": shift.community.slug, "shift": shift.pk})


def test_the_sign_in_sheet(shift: Shift, zhou: Actor, client_for: ClientFor) -> None:
    client = client_for(zhou)
    page = client.get(sheet_url(shift), headers=ENGLISH).content.decode()
    assert "林秀英" in page
    assert "梅晓东" not in page
    pdf = client.get(sheet_url(shift, "sign_in_sheet_pdf"), headers={"Accept-Language": "zh-hans"})
    assert pdf["Content-Type"] == "application/pdf"
    text = PdfReader(BytesIO(pdf.content)).pages[0].extract_text()
    for word in ("林秀英", "小蜜蜂清扫"):
        assert word in text, word


def test_staff_alone(shift: Shift, lin: Actor, chen: Actor, outsider: Actor, client_for: ClientFor) -> None:
    for name in ("sign_in_sheet", "sign_in_sheet_pdf"):
        statuses = [client_for(actor).get(sheet_url(shift, name)).status_code for actor in (lin, chen, outsider)]
        assert statuses == [403, 403, 404]


def test_not_of_elsewhere(zhou: Actor, outsider: Actor, client_for: ClientFor) -> None:
    foreign = make_shift(make_task(outsider.community))
    url = reverse("papers:sign_in_sheet", kwargs={"community": zhou.community.slug, "shift": foreign.pk})
    assert client_for(zhou).get(url).status_code == 404


@pytest.mark.parametrize("day", ["", "2026-11-21", "2027-01-01", "nonsense"])
def test_an_empty_register_can_be_kept_by_hand(day: str, zhou: Actor, client_for: ClientFor) -> None:
    url = reverse("papers:register", kwargs={"community": zhou.community.slug})
    with time_machine.travel(NOW, tick=False):
        page = client_for(zhou).get(url, {"day": day}, headers=ENGLISH)
        pdf = client_for(zhou).get(f"{url}register.pdf", {"day": day}, headers=ENGLISH)
    assert page.content.decode().count("<tr") == 16
    assert "Redemption register" in PdfReader(BytesIO(pdf.content)).pages[0].extract_text()


def test_the_register_names_who_and_what(lin: Actor, zhou: Actor, wang: Actor, client_for: ClientFor) -> None:
    assert lin.resident is not None
    give_coins(lin.resident, 600)
    make_collected(lin, make_reward(wang, title_en=""), wang)
    url = reverse("papers:register", kwargs={"community": "jinshan"})
    with time_machine.travel(NOW, tick=False):
        page = client_for(zhou).get(url, headers=ENGLISH).content.decode()
        before = client_for(zhou).get(url, {"day": "2026-11-21"}, headers=ENGLISH).content.decode()
    for word in ("林秀英", "大米 5 公斤", "王海燕"):
        assert word in page, word
        assert word not in before, word
