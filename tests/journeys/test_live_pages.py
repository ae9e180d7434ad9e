"""Pages at work with JavaScript: a part is swapped in place, focus and words follow, and errors say what to do."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from notifications.services import outbox
from notifications.services.sweep import run_due
from rewards.models import Wish
from rewards.services import stock
from tasks.choices import SignUpState
from tasks.models import SignUp
from tasks.services.notices import PROMOTED
from tests.factories.people import NOW
from tests.factories.rewards import give_coins, make_reward
from tests.factories.tasks import make_rule, make_shift, make_task
from tests.journeys.conftest import PHONE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def shift(jinshan, clock):
    """Sweeping in three days: three places."""
    make_rule(jinshan)
    return make_shift(make_task(jinshan, created_at=clock.now), starts_at=clock.now + timedelta(days=3))


@pytest.fixture
def live(window):
    """``live(lin)``: somebody's phone with JavaScript on, its page marked, so that a reload shows."""

    def opened(actor, path: str, *, clocked: bool = False) -> Page:
        page = window(actor, viewport=PHONE)
        if clocked:
            page.clock.install()
        page.goto(path)
        page.evaluate("window.sameDocument = true")
        return page

    return opened


def same_document(page: Page) -> bool:
    return page.evaluate("window.sameDocument === true")


def focused(page: Page) -> str:
    """The words of what has the focus."""
    return page.evaluate("document.activeElement.innerText")


def task_path(shift) -> str:
    return f"/c/jinshan/tasks/{shift.task_id}/"


def test_claiming_and_withdrawing_swap_the_page_s_part_and_focus_the_result(lin, shift, live):
    page = live(lin, task_path(shift))
    page.get_by_role("button", name="I'll do it").click()
    expect(page.get_by_role("status").filter(has_text="You are in")).to_be_visible()
    assert same_document(page)
    assert "You are in" in focused(page)
    expect(page.get_by_role("main")).to_contain_text("2 of 3 places left")
    expect(page.get_by_text("You are in", exact=True)).to_be_visible()
    page.get_by_role("button", name="I cannot come: withdraw").click()
    expect(page.get_by_role("main")).to_contain_text("3 of 3 places left")
    assert same_document(page)
    assert "Withdrawn." in focused(page)
    assert list(SignUp.objects.values_list("state", flat=True)) == [SignUpState.WITHDRAWN]
    # A message is said once: the next page says nothing of it.
    page.reload()
    expect(page.get_by_role("main")).not_to_contain_text("Withdrawn. Thank you")


def test_a_refused_claim_says_why_in_place(lin, mei, jinshan, shift, live, clock):
    page = live(lin, task_path(shift))
    page.get_by_text("I bring companions").first.click()
    page.get_by_label("I bring companions").fill("999")
    page.get_by_role("button", name="I'll do it").click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("1 thing to put right")
    assert same_document(page)
    assert not SignUp.objects.exists()


def test_pressing_twice_claims_once(lin, shift, live):
    page = live(lin, task_path(shift))
    page.get_by_role("button", name="I'll do it").dblclick()
    expect(page.get_by_role("main")).to_contain_text("2 of 3 places left")
    assert SignUp.objects.count() == 1


def test_a_lost_network_is_told_beside_the_button_and_pressing_again_works(lin, shift, live):
    page = live(lin, task_path(shift))
    page.context.set_offline(True)
    page.get_by_role("button", name="I'll do it").click()
    lost = page.get_by_role("status").filter(has_text="The connection was lost.")
    expect(lost).to_be_focused()
    page.context.set_offline(False)
    page.get_by_role("button", name="I'll do it").click()
    expect(page.get_by_role("main")).to_contain_text("2 of 3 places left")
    expect(lost).to_have_count(0)


def test_a_lost_network_is_told_in_chinese(lin, shift, live):
    page = live(lin, task_path(shift))
    page.get_by_role("button", name="中文").click()
    page.context.set_offline(True)
    page.get_by_role("button", name="我来报名").click()
    expect(page.get_by_role("status").filter(has_text="网络断开了。")).to_be_focused()


def test_an_ended_session_leads_to_sign_in_which_says_that_nothing_was_done(lin, shift, live):
    page = live(lin, task_path(shift))
    Session.objects.all().delete()
    page.get_by_role("button", name="I'll do it").click()
    expect(page.get_by_role("main")).to_contain_text("You are no longer signed in, so nothing was done.")
    assert page.url.endswith(f"?next=/c/jinshan/tasks/{shift.task_id}/")
    assert not SignUp.objects.exists()


def test_a_task_that_is_gone_and_a_form_too_old_say_so(lin, shift, live):
    page = live(lin, task_path(shift))
    page.evaluate("document.querySelector('[hx-post] [name=csrfmiddlewaretoken]').value = 'x'.repeat(64)")
    page.get_by_role("button", name="I'll do it").click()
    expect(page.get_by_role("status").filter(has_text="The form had been open for too long")).to_be_focused()
    page.reload()
    shift.task.published_at, shift.task.state = None, "draft"
    shift.task.save()
    page.get_by_role("button", name="I'll do it").click()
    expect(page.get_by_role("status").filter(has_text="There is no such page")).to_be_focused()


def test_filters_of_the_board_swap_the_list_and_keep_the_address(lin, jinshan, shift, live, clock):
    make_shift(
        make_task(jinshan, title_zh="读报", title_en="Read the paper", suits_elders=True, created_at=clock.now),
        starts_at=clock.now + timedelta(days=1),
    )
    page = live(lin, "/c/jinshan/tasks/")
    page.get_by_text("Filter", exact=True).click()
    page.get_by_label("Suits elders").check()
    expect(page.get_by_role("heading", name="Sweep the banyan walk")).to_have_count(0)
    expect(page.get_by_role("heading", name="Read the paper")).to_be_visible()
    assert same_document(page)
    assert "elders=on" in page.url
    expect(page.get_by_label("Suits elders")).to_be_focused()
    expect(page.locator("#live")).to_contain_text("1 task · suits elders")
    # Back and forward show whole pages.
    page.go_back()
    expect(page.get_by_role("heading", name="Sweep the banyan walk")).to_be_visible()
    page.go_forward()
    expect(page.get_by_role("heading", name="Read the paper")).to_be_visible()
    expect(page.get_by_role("navigation", name="Main sections")).to_be_visible()
    expect(page.get_by_role("heading", name="Sweep the banyan walk")).to_have_count(0)


def test_filters_of_the_catalogue_and_of_people(lin, zhou, live):
    give_coins(lin.resident, 60)
    make_reward(zhou, price=60)
    make_reward(zhou, price=900, title_zh="电饭煲", title_en="Rice cooker")
    page = live(lin, "/c/jinshan/rewards/")
    page.get_by_text("Filter", exact=True).click()
    page.get_by_label("Only what I can afford").check()
    expect(page.get_by_role("link", name="Rice cooker")).to_have_count(0)
    expect(page.locator("#live")).to_contain_text("1 reward · Only what I can afford")
    assert same_document(page)
    desk = live(zhou, "/c/jinshan/people/")
    desk.get_by_role("textbox").fill("没有这个人")
    desk.get_by_role("button", name="Find").click()
    expect(desk.locator("#live")).to_contain_text("0 people")
    expect(desk.get_by_role("main")).to_contain_text("Nobody found")
    assert same_document(desk)


def test_the_unread_count_grows_by_itself(lin, live, clock):
    page = live(lin, "/c/jinshan/home/", clocked=True)
    cell = page.get_by_role("navigation", name="Main sections").get_by_role("link", name=re.compile(r"^Me( \d+)?$"))
    expect(cell).not_to_contain_text(re.compile(r"\d"))
    outbox.announce(kind=PROMOTED, subject="sign-up:1", recipient_user_id=lin.user_id, due_at=clock.now)
    assert run_due(now=clock.now)
    page.clock.fast_forward(61_000)
    expect(cell).to_contain_text(re.compile(r"\d"))
    assert same_document(page)


def test_the_unread_count_leads_nobody_away_whose_session_has_ended(lin, live, clock):
    page = live(lin, "/c/jinshan/home/", clocked=True)
    Session.objects.all().delete()
    with page.expect_response("**/notices/") as answer:
        page.clock.fast_forward(61_000)
    assert answer.value.status == 204
    assert same_document(page)
    assert page.url.endswith("/c/jinshan/home/")


def test_tell_me_and_no_longer_in_the_catalogue_and_on_the_page(lin, zhou, live):
    give_coins(lin.resident, 60)
    rice = make_reward(zhou, on_hand=0)
    make_reward(zhou, price=900, title_zh="电饭煲", title_en="Rice cooker")
    page = live(lin, "/c/jinshan/rewards/?affordable=on")
    tell_me = page.get_by_role("button", name=re.compile("^Tell me"))
    tell_me.click()
    stop = page.get_by_role("button", name="Do not tell me")
    expect(stop).to_be_focused()
    expect(page.locator("#live")).to_have_text("We tell you when it is back")
    assert same_document(page)
    assert list(Wish.objects.values_list("reward", "resident")) == [(rice.pk, lin.resident.pk)]
    stop.click()
    expect(tell_me).to_be_focused()
    assert not Wish.objects.exists()
    expect(page.get_by_role("link", name="Rice cooker")).to_have_count(0)
    page.get_by_role("link", name="Rice 5 kg").click()
    page.get_by_role("button", name="Tell me when it is back").click()
    expect(page.get_by_role("button", name="Do not tell me")).to_be_visible()
    # Meanwhile they came: there is nothing to wait for, and the page says so.
    Wish.objects.all().delete()
    page.reload()
    stock.receive(actor=zhou, reward_id=rice.pk, quantity=1, now=NOW)
    page.get_by_role("button", name="Tell me when it is back").click()
    expect(page.get_by_role("main")).to_contain_text("It is back already. You can redeem it now.")
    expect(page.get_by_role("button", name="Go on")).to_be_visible()
    assert not Wish.objects.exists()
