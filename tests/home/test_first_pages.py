"""The first pages: what a passer-by, a resident and staff see at a glance."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from communities.actors import Actor
from communities.models import Community
from tasks.choices import Category
from tasks.services.verification import verify
from tests.factories.hours import make_hours
from tests.factories.tasks import make_rule, make_shift, make_sign_up, make_task

pytestmark = pytest.mark.django_db
ClientFor = Callable[[Actor], Client]


def page(client: Client, name: str, community: Community, language: str = "en") -> str:
    client.cookies["django_language"] = language
    response = client.get(reverse(f"home:{name}", args=[community.slug]))
    assert response.status_code == 200
    return response.content.decode()


def test_the_board_says_the_rule(jinshan: Community, client: Client) -> None:
    make_rule(jinshan)
    assert "Give 1 hour, save 60 time coins." in page(client, "board", jinshan)
    text = page(client, "board", jinshan, "zh-hans")
    assert "服务 1 小时" in text.replace("\u200b", "")
    assert "60 时间币" in text


def test_the_board_hides_what_is_in_a_home(jinshan: Community, lin: Actor, client: Client, now: datetime) -> None:
    make_rule(jinshan)
    task = make_task(
        jinshan, title_zh="给独居老人送馒头", title_en="Buns for a lone elder", home_visit=True, urgent=True,
        category=Category.SHOPPING, private_address="3号楼 1502", private_note="独居", beneficiary=lin.resident,
    )  # fmt: skip
    with time_machine.travel(now, tick=False):
        make_shift(task, starts_at=now + timedelta(hours=3))
        for language in ("en", "zh-hans"):
            text = page(client, "board", jinshan, language)
            for secret in ("独居", "1502", "lone elder", "馒头", "林秀英"):
                assert secret not in text
        text = page(client, "board", jinshan)
        assert "Shopping and errands" in text
        made = client.get(reverse("home:board", args=[jinshan.slug])).context["board"]
        assert not made.urgent
        (card,) = made.coming
        assert (card.start, card.end, card.coins, card.state, card.typed) == (None, None, None, {}, None)
        coming = text[text.index('id="coming"') : text.index('id="how"')]
        assert "<time" not in coming
        assert 'class="coins"' not in coming


def test_home_shows_balance_and_what_comes_next(lin: Actor, zhou: Actor, now: datetime, client_for: ClientFor) -> None:
    make_rule(lin.community)
    verify(actor=zhou, record_id=make_hours(lin, now=now, minutes=75).pk, now=now)
    with time_machine.travel(now, tick=False):
        task = make_task(lin.community, title_en="Guard the cherry blossoms")
        make_sign_up(make_shift(task, starts_at=now + timedelta(minutes=20)), lin.resident)
        text = page(client_for(lin), "home", lin.community)
    assert "75" in text
    assert "1 h 15 min" in text
    assert "Guard the cherry blossoms" in text
    assert "check in" in text


def test_the_first_day_has_three_steps(lin: Actor, client_for: ClientFor) -> None:
    make_rule(lin.community)
    assert "Your first three steps" in page(client_for(lin), "home", lin.community)


def test_staff_see_what_presses(lin: Actor, zhou: Actor, now: datetime, client_for: ClientFor) -> None:
    make_rule(lin.community)
    make_hours(lin, now=now)
    with time_machine.travel(now, tick=False):
        urgent = make_task(lin.community, title_en="Fetch medicine", urgent=True)
        make_shift(urgent, starts_at=now + timedelta(hours=1))
        client = client_for(zhou)
        shown = client.get(reverse("home:staff", args=[lin.community.slug])).context["shown"]
    assert (shown.urgent_count, shown.starting_count, shown.to_verify) == (1, 1, 1)


@pytest.mark.parametrize(("who", "name", "status"), [
    ("lin", "staff", 403), ("zhou", "home", 302), ("zhou", "staff", 200), ("chen", "me", 200), ("lin", "me", 200),
])  # fmt: skip
def test_who_may(who: str, name: str, status: int, request: pytest.FixtureRequest, client_for: ClientFor) -> None:
    actor: Actor = request.getfixturevalue(who)
    assert client_for(actor).get(reverse(f"home:{name}", args=[actor.community.slug])).status_code == status


@pytest.mark.parametrize("name", ["home", "me", "staff"])
def test_the_signed_out_are_asked_to_sign_in(name: str, jinshan: Community, client: Client) -> None:
    url = reverse(f"home:{name}", args=[jinshan.slug])
    response = client.get(url)
    assert response.status_code == 302
    assert response["Location"] == f"{reverse('account_login')}?next={url}"


def test_the_root_leads_where_one_belongs(lin: Actor, zhou: Actor, client: Client, client_for: ClientFor) -> None:
    assert client.get("/").status_code == 200
    assert client_for(lin).get("/")["Location"] == reverse("home:home", args=["jinshan"])
    assert client_for(zhou).get("/")["Location"] == reverse("home:staff", args=["jinshan"])


def test_the_root_leads_an_auditor_to_a_page_that_opens(chen: Actor, client_for: ClientFor) -> None:
    client = client_for(chen)
    page = client.get("/")["Location"]
    assert page == reverse("home:me", args=["jinshan"])
    assert client.get(page).status_code == 200


def test_no_page_is_kept_by_a_shared_cache(lin: Actor, client: Client, client_for: ClientFor) -> None:
    for reader, page in ((client, "/"), (client_for(lin), reverse("home:home", args=["jinshan"]))):
        assert reader.get(page)["Cache-Control"] == "private, no-cache"


def test_health(client: Client) -> None:
    assert client.get("/healthz").content == b"ok"


@pytest.mark.parametrize("rows", [1, 20])
def test_queries_of_the_board(rows: int, jinshan: Community, client: Client, now: datetime,
                              django_assert_max_num_queries: Callable[..., object]) -> None:  # fmt: skip
    make_rule(jinshan)
    with time_machine.travel(now, tick=False):
        for number in range(rows):
            make_shift(make_task(jinshan), starts_at=now + timedelta(hours=3 + number))
        with django_assert_max_num_queries(8):  # type: ignore[attr-defined]
            assert client.get(reverse("home:board", args=[jinshan.slug])).status_code == 200
