"""What a wrong or late input is told, in the words of the page, in English and in Chinese."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from communities.actors import Actor
from communities.choices import Role
from core import clock
from rewards.services import lapsing
from tasks.choices.hours import Flag
from tasks.models import HourRecord
from tests.factories.hours import make_hours
from tests.factories.people import make_actor, make_community
from tests.factories.rewards import give_coins, make_collected, make_ready, make_reward
from tests.factories.tasks import make_rule, make_shift, make_sign_up, make_task

pytestmark = pytest.mark.django_db
EN, ZH = "en", "zh-hans"
Talk = Callable[..., tuple[Any, str]]
HOURS = {"service_date": "2026-11-21", "start": "09:00", "end": "", "minutes": "", "form_key": "k" * 24}


@pytest.fixture(autouse=True)
def _stands_still(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: now)


@pytest.fixture
def talk(client_for: Callable[[Actor], Client]) -> Talk:
    """Send a form as somebody in a language; the answer, and its page as it is read."""

    def run(actor: Actor | None, language: str, url: str, data: dict[str, str]) -> tuple[Any, str]:
        client = client_for(actor) if actor else Client()
        client.cookies["django_language"] = language
        answer = client.post(url, data, follow=True)
        text = html.unescape(re.sub(r"<[^>]+>", "", answer.content.decode()))
        return answer, re.sub(r"\s+", " ", text)

    return run


@pytest.mark.parametrize(
    ("typed", "english", "chinese"),
    [
        ("1380013800", "You typed 10 digits; a mobile number has 11.", "您填了 10 位数字，手机号是 11 位。"),
        ("１３８００１３８０", "You typed 9 digits; a mobile number has 11.", "您填了 9 位数字，手机号是 11 位。"),
    ],
)
def test_a_phone_number_too_short(typed: str, english: str, chinese: str, talk: Talk) -> None:
    for language, said in ((EN, english), (ZH, chinese)):
        assert said in talk(None, language, reverse("account_login"), {"login": typed})[1]


def test_a_phone_number_in_full_width_digits_is_taken(talk: Talk, settings: Any, tmp_path: Any) -> None:
    settings.SMS_DIR = tmp_path
    answer, _page = talk(None, ZH, reverse("account_login"), {"login": "１３８００１３８０００"})
    assert answer.redirect_chain[-1][0] == "/accounts/code/"


MISTAKES = [
    ({"minutes": "0"}, "at least 1 minute. You wrote 0.", "请写服务了多久，至少 1 分钟。您写的是 0。"),
    ({"minutes": "-5"}, "at least 1 minute. You wrote -5.", "请写服务了多久，至少 1 分钟。您写的是 -5。"),
    ({"minutes": "1.5"}, "You wrote “1.5”: for one hour and a half write 90.", "您写的是“1.5”：一个半小时请写 90。"),
    ({"minutes": "721"}, "One record holds at most 12 h", "一条记录最多 12 小时"),
    ({"end": "10:00", "service_date": "2026-11-23"}, "These hours are not over yet.", "这段时间还没有过完"),
]


@pytest.mark.parametrize(("typed", "english", "chinese"), MISTAKES, ids=["0", "-5", "1.5", "over 12 h", "the future"])
def test_hours_that_cannot_be(
    typed: dict[str, str], english: str, chinese: str, lin: Actor, talk: Talk, jinshan: Any
) -> None:
    make_rule(jinshan)
    data = HOURS | {"item": f"t:{make_task(jinshan).pk}"} | typed
    for language, said in ((EN, english), (ZH, chinese)):
        assert said in talk(lin, language, reverse("tasks:log_hours", args=["jinshan"]), data)[1]
    assert not HourRecord.objects.exists()


def test_over_eight_hours_is_looked_at(lin: Actor, talk: Talk, jinshan: Any) -> None:
    make_rule(jinshan)
    data = HOURS | {"item": f"t:{make_task(jinshan).pk}", "minutes": "481", "confirm": "1"}
    talk(lin, ZH, reverse("tasks:log_hours", args=["jinshan"]), data)
    assert Flag.LONG in HourRecord.objects.get().flags


def test_hours_that_overlap_name_the_other_record(lin: Actor, talk: Talk, now: datetime, jinshan: Any) -> None:
    make_rule(jinshan)
    make_hours(lin, now=now)
    data = HOURS | {"item": f"t:{make_task(jinshan).pk}", "minutes": "30"}
    url = reverse("tasks:log_hours", args=["jinshan"])
    assert "This overlaps with “Sweep the banyan walk”, Sat 21 Nov, 9:00–10:00" in talk(lin, EN, url, data)[1]
    assert "与已登记的“打扫榕树长廊”（11月21日（周六）上午9:00–10:00）时间重叠" in talk(lin, ZH, url, data)[1]


def test_a_task_just_filled_gives_the_place_on_the_wait_list(
    lin: Actor, mei: Actor, zhou: Actor, talk: Talk, now: datetime, jinshan: Any
) -> None:
    shift = make_shift(make_task(jinshan), starts_at=now + timedelta(days=3), places=1)
    make_sign_up(shift, mei.resident)
    url = reverse("tasks:claim", args=["jinshan", shift.pk])
    other = make_actor(jinshan, "何玉珍")
    data = {"form_key": "k" * 24, "companions": "0"}
    assert "You are number 1 on the wait list" in talk(lin, EN, url, data)[1]
    assert "您是候补第 2 位" in talk(other, ZH, url, data)[1]


FOUR = {
    "used": ("Already taken", "已经领过"),
    "expired": ("Expired", "已过期"),
    "foreign": ("Another community's code", "其他社区的领取码"),
    "unknown": ("Unknown code", "没有这个领取码"),
}


@pytest.mark.parametrize("what", FOUR)
def test_a_code_that_is_not_handed_over(what: str, lin: Actor, zhou: Actor, talk: Talk, now: datetime) -> None:
    give_coins(lin.resident, 300)
    rice = make_reward(zhou)
    made = make_collected(lin, rice, zhou) if what == "used" else make_ready(lin, rice, zhou)
    staff = zhou
    if what == "expired":
        lapsing.expire_codes(made.expires_at)
    if what == "foreign":
        staff = make_actor(make_community("yifang"), "劳动", Role.WORKER, resident=False)
    code = f"{(int(made.code) + 1) % 10**8:08d}" if what == "unknown" else made.code
    for language, said in zip((EN, ZH), FOUR[what], strict=True):
        page = talk(staff, language, reverse("rewards:desk", args=[staff.community.slug]), {"code": code})[1]
        assert said in page
        assert not [other for name, pair in FOUR.items() if name != what for other in pair if other in page]


def test_spending_more_than_there_is(lin: Actor, zhou: Actor, talk: Talk) -> None:
    give_coins(lin.resident, 60)
    rice = make_reward(zhou, price=90)
    url = reverse("rewards:request", args=["jinshan", rice.pk])
    data = {"form_key": "k" * 24, "quantity": "1", "price_seen": "90"}
    assert "60 available, 30 short." in talk(lin, EN, url, data)[1]
    assert "可用 60，还差 30。" in talk(lin, ZH, url, data)[1]
