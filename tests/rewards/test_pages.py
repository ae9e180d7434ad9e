"""Every page of rewards in both languages, who may see it, and forms that do their work once."""

import re

import pytest
from django.urls import reverse

from communities.choices import Role
from ledger.models import Hold, JournalEntry
from rewards.choices import RedemptionState
from rewards.models import Redemption, Reward, StockMovement, Wish
from rewards.services import reversing
from tests.factories.bookings import make_lesson
from tests.factories.people import NOW, make_actor, make_resident
from tests.factories.rewards import (
    coins_of,
    give_coins,
    make_collected,
    make_ready,
    make_reward,
    request_one,
    set_settings,
)

pytestmark = pytest.mark.django_db


def url(name, **more):
    return reverse(f"rewards:{name}", kwargs={"community": "jinshan", **more})


def key_of(page):
    return re.search(r'name="form_key" value="([^"]+)"', page.content.decode()).group(1)


@pytest.fixture
def clock_at_now(monkeypatch):
    """Views read the time of the cast."""
    monkeypatch.setattr("core.clock.now", lambda: NOW)


@pytest.fixture
def world(lin, mei, zhou, clock_at_now):
    """Goods, a lesson, and one redemption of each kind."""
    give_coins(lin.resident, 2000)
    rice = make_reward(zhou, on_hand=20, about="东北大米", made_by=mei.resident, low_stock=50)
    gone = make_reward(zhou, on_hand=0, title_zh="雨伞", title_en="")
    make_lesson(zhou)
    collected = make_collected(lin, rice, zhou)
    reversing.ask_reversal(actor=zhou, redemption_id=collected.pk, reason="发错了", now=NOW)
    return {
        "rice": rice,
        "gone": gone,
        "requested": request_one(lin, rice),
        "ready": make_ready(lin, rice, zhou),
        "collected": collected,
    }


def pages(world):
    rice, requested, ready, collected = (world[name].pk for name in ("rice", "requested", "ready", "collected"))
    residents = [
        url("catalogue"),
        url("catalogue") + "?kind=goods&affordable=on",
        url("reward", reward_id=rice),
        url("reward", reward_id=world["gone"].pk),
        url("request", reward_id=rice) + "?quantity=2",
        url("request", reward_id=rice) + "?quantity=99",
        url("request", reward_id=rice) + "?quantity=x",
        url("mine"),
        *(url("redemption", redemption_id=pk) for pk in (requested, ready, collected)),
        url("cancel", redemption_id=ready),
        url("collector", redemption_id=ready),
    ]
    staff = [
        url("staff_redemptions"),
        *(url("staff_redemptions") + f"?state={state}" for state in RedemptionState.values),
        *(url("redemption", redemption_id=pk) for pk in (requested, ready, collected)),
        url("refuse", redemption_id=requested),
        url("ask_reversal", redemption_id=collected),
        url("stock"),
        url("add_goods"),
        url("stock_goods", reward_id=rice),
        url("change_goods", reward_id=rice),
        url("desk"),
        url("desk") + f"?done={collected}",
        url("scan", token=world["ready"].qr_token),
        url("scan", token="x" * 22),
        url("counter"),
        url("counter") + "?q=林",
        url("counter") + "?q=没有",
        url("slip", redemption_id=collected),
        url("cancel", redemption_id=ready),
        url("collector", redemption_id=ready),
    ]
    return residents, staff


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_all_pages_answer(world, lin, zhou, wang, client_for, language):
    for_residents, for_staff = pages(world)
    for actor, addresses in ((lin, for_residents), (zhou, for_staff), (wang, for_staff)):
        client = client_for(actor)
        client.cookies["django_language"] = language
        for address in addresses:
            answer = client.get(address)
            assert answer.status_code == 200, address
            text = answer.content.decode()
            assert text.count("<h1") == 1, address
            assert "style=" not in text, address


def test_who_may_not(world, lin, mei, outsider, chen, client_for):
    for_residents, for_staff = pages(world)
    only_staff = [address for address in for_staff if "/redemptions/" not in address or "/staff/" in address]
    for address in only_staff:
        assert client_for(lin).get(address).status_code == 403, address
        assert client_for(outsider).get(address).status_code == 404, address
    for address in for_residents:
        assert client_for(outsider).get(address).status_code == 404, address
    own = url("redemption", redemption_id=world["ready"].pk)
    assert client_for(mei).get(own).status_code == 404
    assert client_for(chen).get(own).status_code == 200
    assert world["ready"].code not in client_for(chen).get(own).content.decode()


def test_from_catalogue_to_ticket_to_hand_over(lin, zhou, wang, client_for, clock_at_now):
    give_coins(lin.resident, 100)
    rice = make_reward(zhou, price=60)
    resident, staff = client_for(lin), client_for(wang)
    page = resident.get(url("request", reward_id=rice.pk))
    answer = resident.post(
        url("request", reward_id=rice.pk), {"form_key": key_of(page), "quantity": "１", "amount_coins": "1"}
    )
    made = Redemption.objects.get()
    assert answer.url == url("redemption", redemption_id=made.pk)
    assert (made.amount_coins, made.quantity) == (60, 1)
    page = staff.get(url("staff_redemptions"))
    assert staff.post(url("approve", redemption_id=made.pk), {"form_key": key_of(page)}).status_code == 302
    made.refresh_from_db()
    ticket = resident.get(answer.url).content.decode()
    assert made.code[:4] in ticket
    assert "<svg" in ticket
    found = staff.post(url("desk"), {"code": made.spoken_code})
    assert "林秀英" in found.content.decode()
    done = staff.post(url("hand_over"), {"form_key": key_of(found), "code": made.code})
    assert done.url == url("desk") + f"?done={made.pk}"
    assert coins_of(lin.resident) == (40, 0, 40)
    again = staff.post(url("hand_over"), {"form_key": key_of(found), "code": made.code})
    assert again.url == done.url
    taken = staff.post(url("desk"), {"code": made.code})
    assert taken.context["refusal"].code == "already_taken"


def test_a_short_balance_stays_on_the_page_and_says_what_next(lin, zhou, client_for, clock_at_now):
    give_coins(lin.resident, 60)
    rice = make_reward(zhou, price=90)
    client = client_for(lin)
    client.cookies["django_language"] = "en"
    page = client.get(url("request", reward_id=rice.pk)).content.decode()
    assert "60 available, 30 short." in page
    assert reverse("tasks:board", args=["jinshan"]) in page
    answer = client.post(url("request", reward_id=rice.pk), {"form_key": "k", "quantity": "1"})
    assert answer.status_code == 200
    assert "60 available, 30 short" in answer.content.decode()


@pytest.mark.parametrize("typed", ["0", "-1", "1.5", "100", "", "两"])
def test_bad_numbers_are_refused(lin, zhou, client_for, typed, clock_at_now):
    give_coins(lin.resident, 600)
    rice = make_reward(zhou)
    answer = client_for(lin).post(url("request", reward_id=rice.pk), {"form_key": "k", "quantity": typed})
    assert answer.status_code == 200
    assert not Redemption.objects.exists()


def test_undo_cancel_and_collector(lin, zhou, client_for, clock_at_now):
    give_coins(lin.resident, 600)
    rice = make_reward(zhou)
    client = client_for(lin)
    first, second = request_one(lin, rice), request_one(lin, rice)
    assert client.post(url("undo", redemption_id=first.pk), {"form_key": "a"}).status_code == 302
    assert (
        client.post(url("collector", redemption_id=second.pk), {"form_key": "b", "collector": "女儿"}).status_code
        == 302
    )
    assert "女儿" in client.get(url("redemption", redemption_id=second.pk)).content.decode()
    assert client.post(url("cancel", redemption_id=second.pk), {"form_key": "c"}).status_code == 302
    assert coins_of(lin.resident) == (600, 0, 600)
    assert client.post(url("undo", redemption_id=second.pk), {"form_key": "d"}).status_code == 200


def test_refusing_and_reversing(lin, zhou, wang, client_for, clock_at_now):
    give_coins(lin.resident, 600)
    rice = make_reward(zhou)
    made, collected = request_one(lin, rice), make_collected(lin, rice, zhou)
    worker, manager = client_for(zhou), client_for(wang)
    assert worker.post(url("refuse", redemption_id=made.pk), {"form_key": "a", "reason": ""}).status_code == 200
    assert worker.post(url("refuse", redemption_id=made.pk), {"form_key": "a", "reason": "无货"}).status_code == 302
    assert (
        worker.post(url("ask_reversal", redemption_id=collected.pk), {"form_key": "b", "reason": "发错"}).status_code
        == 302
    )
    assert worker.post(url("confirm_reversal", redemption_id=collected.pk), {"form_key": "c"}).status_code == 403
    assert manager.post(url("confirm_reversal", redemption_id=collected.pk), {"form_key": "c"}).status_code == 302
    assert coins_of(lin.resident) == (600, 0, 600)


def test_the_counter_page(jinshan, zhou, client_for, clock_at_now):
    elder = make_resident(jinshan, "陈阿婆")
    give_coins(elder, 200)
    rice = make_reward(zhou, price=60)
    client = client_for(zhou)
    page = client.get(url("counter") + f"?resident={elder.pk}")
    assert "陈阿婆" in page.content.decode()
    data = {"form_key": key_of(page), "resident": elder.pk, "reward": rice.pk, "quantity": "2", "collector": "女儿"}
    answer = client.post(url("counter"), data)
    made = Redemption.objects.get()
    assert answer.url == url("slip", redemption_id=made.pk)
    assert "女儿" in client.get(answer.url).content.decode()
    again = client.post(url("counter"), data)
    assert (again.url, Redemption.objects.count()) == (answer.url, 1)
    broke = client.post(url("counter"), data | {"form_key": "other", "quantity": "9"})
    assert broke.status_code == 200
    assert "80" in broke.content.decode()


def test_above_the_limit_the_counter_enters_a_request(jinshan, zhou, client_for, clock_at_now):
    set_settings(jinshan, two_person_limit_coins=100)
    elder = make_resident(jinshan, "陈阿婆")
    give_coins(elder, 200)
    rice = make_reward(zhou, price=60)
    client = client_for(zhou)
    page = client.get(url("counter") + f"?resident={elder.pk}")
    data = {"form_key": key_of(page), "resident": elder.pk, "reward": rice.pk, "quantity": "2", "collector": "女儿"}
    refused = client.post(url("counter"), data)
    assert refused.status_code == 200
    assert 'name="ask"' in refused.content.decode()
    answers = [client.post(url("counter"), data | {"ask": "1"}).url for _ in range(2)]
    made = Redemption.objects.get()
    assert answers == [url("redemption", redemption_id=made.pk)] * 2
    assert (made.state, made.via, made.needs_two, made.collector) == ("requested", "staff", True, "女儿")
    assert (made.resident, made.requested_by) == (elder, zhou.user)
    assert coins_of(elder) == (200, 120, 80)
    assert client.get(answers[0]).status_code == 200


def test_the_stock_pages(lin, zhou, client_for, clock_at_now):
    client = client_for(zhou)
    data = {
        "form_key": "a",
        "title_zh": "菜籽油",
        "title_en": "Rapeseed oil",
        "price_coins": "１８０",
        "low_stock": "3",
        "maker": "",
    }
    answer = client.post(url("add_goods"), data)
    oil = Reward.objects.get()
    assert answer.url == url("stock_goods", reward_id=oil.pk)
    here = answer.url
    assert client.post(here, {"form_key": "b", "kind": "received", "quantity": "0"}).status_code == 200
    assert client.post(here, {"form_key": "b", "kind": "received", "quantity": "8"}).status_code == 302
    assert client.post(here, {"form_key": "b", "kind": "received", "quantity": "8"}).status_code == 302
    assert client.post(here, {"form_key": "c", "kind": "written_off", "quantity": "1"}).status_code == 200
    assert client.post(here, {"form_key": "c", "kind": "counted", "quantity": "7"}).status_code == 302
    oil.refresh_from_db()
    assert (oil.on_hand, oil.price_coins, StockMovement.objects.count()) == (7, 180, 2)
    change = data | {"form_key": "d", "maker": lin.resident.member_number, "price_coins": "200"}
    assert client.post(url("change_goods", reward_id=oil.pk), change).status_code == 302
    oil.refresh_from_db()
    assert (oil.price_coins, oil.made_by_id, oil.withdrawn_at) == (200, lin.resident.pk, NOW)


@pytest.mark.parametrize("count", [1, 50])
def test_queries_do_not_grow(lin, zhou, jinshan, client_for, django_assert_max_num_queries, count, clock_at_now):
    give_coins(lin.resident, 50_000)
    rice = [make_reward(zhou, title_zh=f"米{at}") for at in range(count)]
    for one in rice:
        request_one(lin, one)
    for actor, address, most in (
        (lin, url("catalogue"), 9),
        (lin, url("mine"), 8),
        (zhou, url("staff_redemptions"), 8),
        (zhou, url("stock"), 8),
    ):
        client = client_for(actor)
        client.get(address)
        with django_assert_max_num_queries(most):
            client.get(address)


@pytest.mark.django_db(transaction=True)
def test_the_same_form_twenty_times_at_once(lin, zhou, client_for, together, monkeypatch):
    monkeypatch.setattr("core.clock.now", lambda: NOW)
    give_coins(lin.resident, 1000)
    rice = make_reward(zhou)
    key = key_of(client_for(lin).get(url("request", reward_id=rice.pk)))
    clients = [client_for(lin) for _one in range(20)]
    send = lambda at: clients[at].post(url("request", reward_id=rice.pk), {"form_key": key, "quantity": "1"})  # noqa: E731
    answers = together(20, send)
    assert {one.status_code for one in answers} == {302}
    assert len({one.url for one in answers}) == 1
    assert (Redemption.objects.count(), Hold.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_handing_over_twenty_times_at_once(lin, zhou, wang, client_for, together, monkeypatch):
    monkeypatch.setattr("core.clock.now", lambda: NOW)
    give_coins(lin.resident, 1000)
    made = make_ready(lin, make_reward(zhou), zhou)
    clients = [client_for((zhou, wang)[at % 2]) for at in range(20)]
    answers = together(20, lambda at: clients[at].post(url("hand_over"), {"form_key": f"k{at}", "code": made.code}))
    assert sorted(one.status_code for one in answers) == [200] * 19 + [302]
    assert JournalEntry.objects.filter(reference=made.collect_reference).count() == 1


def test_hidden_names_change_nothing(lin, zhou, client_for, clock_at_now):
    give_coins(lin.resident, 1000)
    rice = make_reward(zhou, price=60)
    hidden = ["amount_coins", "unit_price_coins", "price_coins", "resident", "wallet", "via", "code", "approved_by"]
    names = dict.fromkeys(hidden, "1")
    client_for(lin).post(
        url("request", reward_id=rice.pk), names | {"form_key": "k", "quantity": "1", "state": "ready"}
    )
    made = Redemption.objects.get()
    assert (made.amount_coins, made.state, made.resident_id, made.approved_by_id) == (
        60,
        "requested",
        lin.resident.pk,
        None,
    )


def test_staff_of_the_household_are_refused_kindly(jinshan, zhou, client_for, clock_at_now):
    clerk = make_actor(jinshan, "自己", Role.WORKER)
    give_coins(clerk.resident, 100)
    made = request_one(clerk, make_reward(zhou))
    answer = client_for(clerk).post(url("approve", redemption_id=made.pk), {"form_key": "k"})
    assert answer.status_code == 200
    assert answer.context["form"].errors


def test_a_price_that_changed_meanwhile_is_shown_before_it_is_charged(world, lin, client_for):
    rice, client = world["rice"], client_for(lin)
    before = coins_of(lin.resident)
    page = client.get(url("request", reward_id=rice.pk)).content.decode()
    sent = {
        name: re.search(rf'name="{name}"[^>]* value="([^"]+)"', page).group(1) for name in ("quantity", "price_seen")
    }
    Reward.objects.filter(pk=rice.pk).update(price_coins=rice.price_coins + 15)
    refused = client.post(url("request", reward_id=rice.pk), sent | {"form_key": "k1"})
    assert "价格刚刚有变" in refused.content.decode()
    assert coins_of(lin.resident) == before
    seen = re.search(r'name="price_seen"[^>]* value="([^"]+)"', refused.content.decode()).group(1)
    assert seen == str(rice.price_coins + 15)
    client.post(url("request", reward_id=rice.pk), sent | {"price_seen": seen, "form_key": "k2"})
    assert coins_of(lin.resident)[1] == before[1] + rice.price_coins + 15


def test_tell_me_without_javascript_goes_back_to_where_it_was_pressed(lin, zhou, outsider, client_for, clock_at_now):
    rice = make_reward(zhou, on_hand=0)
    resident, tell_me = client_for(lin), url("tell_me", reward_id=rice.pk)
    assert tell_me in resident.get(url("catalogue")).content.decode()
    for pressed, back in (
        ({}, url("reward", reward_id=rice.pk)),
        ({"to": "mine"}, url("mine")),
        ({"to": "catalogue", "query": "kind=goods"}, url("catalogue") + "?kind=goods"),
        ({"to": "//elsewhere.example", "query": "x"}, url("reward", reward_id=rice.pk)),
    ):
        assert resident.post(tell_me, pressed).url == back
        assert Wish.objects.count() == 1
    assert "Do not tell me" in resident.get(url("mine"), headers={"Accept-Language": "en"}).content.decode()
    staff = client_for(zhou)
    shelf = staff.get(url("stock_goods", reward_id=rice.pk), headers={"Accept-Language": "en"}).content.decode()
    assert "1 resident" in shelf
    assert resident.post(tell_me, {"stop": "1"}).url == url("reward", reward_id=rice.pk)
    assert not Wish.objects.exists()
    assert client_for(outsider).post(tell_me).status_code == 404
    assert staff.post(tell_me).status_code == 403
    assert resident.get(tell_me).status_code == 405
