"""Staff at their queues: a row gives way to its outcome, the next has the focus, the counts follow; and the keys."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from rewards.choices import RedemptionState
from rewards.models import Redemption
from rewards.services import approving
from tasks.choices.hours import HourState
from tasks.models import HourRecord
from tasks.services import verification
from tests.factories.hours import YESTERDAY, make_hours
from tests.factories.people import make_actor
from tests.factories.rewards import give_coins, make_reward, request_one
from tests.factories.tasks import make_rule
from tests.journeys.conftest import DESK

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
NAMES = ("赵春兰", "钱守义", "孙桂芳", "李保国")


@pytest.fixture
def neighbours(jinshan):
    """Four."""
    make_rule(jinshan)
    return [make_actor(jinshan, name) for name in NAMES]


@pytest.fixture
def records(neighbours, clock):
    """A flagged record of the first, clean ones of the others, the oldest first."""
    made = [
        make_hours(one, now=clock.now, starts_at=YESTERDAY + timedelta(minutes=number))
        for number, one in enumerate(neighbours)
    ]
    HourRecord.objects.filter(pk=made[0].pk).update(flags=["long"])
    return made


@pytest.fixture
def verifying(window, zhou, records):
    """Zhou before the queue, the document marked, so that a reload shows."""
    page = window(zhou, viewport=DESK)
    page.goto("/c/jinshan/staff/verify/")
    page.evaluate("window.sameDocument = true")
    return page


def row(page: Page, name: str):
    return page.locator("tr[data-row]").filter(has_text=name)


def expect_at(page: Page, name: str, *, by_mouse: bool = False) -> None:
    """The row of that name is marked and holds the focus; to who uses keys the focus itself is seen, too."""
    expect(row(page, name)).to_have_class("flag here" if name == NAMES[0] else "here")
    expect(row(page, name).locator(":focus" if by_mouse else ":focus-visible")).to_have_count(1)
    assert by_mouse or page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def states() -> list[str]:
    return list(HourRecord.objects.order_by("starts_at").values_list("state", flat=True))


def test_j_and_k_walk_the_rows_and_stop_at_the_ends(verifying):
    page = verifying
    for key, name in [("j", 0), ("j", 1), ("j", 2), ("j", 3), ("J", 3), ("k", 2), ("k", 1), ("k", 0), ("k", 0)]:
        page.keyboard.press(key)
        expect_at(page, NAMES[name])


@pytest.mark.parametrize("scripts", [True, False])
def test_the_keys_are_told_of_only_where_they_work(window, zhou, records, scripts):
    page = window(zhou, viewport=DESK, java_script_enabled=scripts)
    page.goto("/c/jinshan/staff/verify/")
    expect(page.get_by_text("Keys:")).to_be_visible(visible=scripts)


def test_x_ticks_and_only_the_ticked_are_approved(verifying):
    page = verifying
    for key in "jjx":
        page.keyboard.press(key)
    expect(row(page, NAMES[1]).get_by_role("checkbox")).not_to_be_checked()
    page.keyboard.press("x")
    expect(row(page, NAMES[1]).get_by_role("checkbox")).to_be_checked()
    page.keyboard.press("x")
    page.get_by_role("button", name="Approve what is ticked").click()
    expect(page.get_by_role("main")).to_contain_text("2 records approved")
    assert states() == ["submitted", "submitted", "verified", "verified"]


def test_a_approves_the_row_which_gives_way_to_its_outcome(verifying):
    page = verifying
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("a")
    done = page.locator("tr.done")
    expect(done).to_contain_text("Approved: +60 time coins for 钱守义.")
    expect_at(page, NAMES[2])
    expect(page.get_by_role("heading", level=1)).to_have_text("3 records to verify")
    expect(page.get_by_role("heading", name="Nothing odd (2)")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("2 records: 120 time coins, 2 h")
    expect(page.locator("#live")).to_contain_text("Approved: +60 time coins for 钱守义.")
    assert states() == ["submitted", "verified", "submitted", "submitted"]
    # The keys work on after the swap, and walk past the outcome.
    page.keyboard.press("k")
    expect_at(page, NAMES[0])
    page.keyboard.press("a")
    expect(done).to_have_count(2)
    expect(page.get_by_role("heading", name="Look at these (0)")).to_be_visible()
    expect_at(page, NAMES[2])
    page.keyboard.press("a")
    expect_at(page, NAMES[3])
    page.keyboard.press("a")
    expect(page.get_by_role("heading", level=1)).to_have_text("0 records to verify")
    expect(page.get_by_role("main")).to_contain_text("Everything is verified.")
    expect(done.last).to_be_focused()
    assert page.evaluate("window.sameDocument")
    assert states() == [HourState.VERIFIED] * 4


def test_r_returns_with_a_reason(verifying):
    page = verifying
    for key in "jjr":
        page.keyboard.press(key)
    reason = page.get_by_label("Reason")
    expect(reason).to_be_focused()
    # What is typed is typed: none of it is taken for a key.
    page.keyboard.type("jkxar: 哪一天?")
    expect(reason).to_have_value("jkxar: 哪一天?")
    page.get_by_role("button", name="Return with a question").click()
    expect(page.get_by_role("main")).to_contain_text("Returned to 钱守义 with your question.")
    found = HourRecord.objects.get(state=HourState.RETURNED)
    assert found.reason == "jkxar: 哪一天?"
    assert states() == ["submitted", "returned", "submitted", "submitted"]


def test_a_key_held_down_and_the_enter_key_in_a_tick_box_decide_nothing_more(verifying):
    page = verifying
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.down("a")
    for _repeat in range(3):
        page.keyboard.down("a")
    page.keyboard.up("a")
    expect(page.locator("tr.done")).to_have_count(1)
    expect_at(page, NAMES[2])
    page.keyboard.press("Enter")
    page.keyboard.down("Control")
    page.keyboard.press("x")
    page.keyboard.up("Control")
    page.wait_for_timeout(300)
    assert states() == ["submitted", "verified", "submitted", "submitted"]


def test_what_a_colleague_has_decided_is_said_in_the_row(verifying, wang, records, clock):
    page = verifying
    verification.return_record(actor=wang, record_id=records[1].pk, reason="请写明地点", now=clock.now)
    verification.verify(actor=wang, record_id=records[2].pk, now=clock.now)
    row(page, NAMES[1]).get_by_role("button", name="Approve").click()
    expect(page.locator("tr.done")).to_contain_text("Somebody else has dealt with this record already.")
    expect_at(page, NAMES[2], by_mouse=True)
    expect(page.get_by_role("heading", level=1)).to_have_text("2 records to verify")
    assert states() == ["submitted", "returned", "verified", "submitted"]


def test_a_lost_network_is_told_in_the_row(verifying):
    page = verifying
    page.context.set_offline(True)
    row(page, NAMES[1]).get_by_role("button", name="Approve").click()
    expect(row(page, NAMES[1])).to_contain_text("The connection was lost.")
    page.context.set_offline(False)
    row(page, NAMES[1]).get_by_role("button", name="Approve").click()
    expect(page.locator("tr.done")).to_contain_text("Approved: +60 time coins for 钱守义.")
    assert states() == ["submitted", "verified", "submitted", "submitted"]


def test_redemptions_are_approved_row_by_row(window, neighbours, zhou, wang, clock):
    rice = make_reward(zhou, price=60)
    made = []
    for one in neighbours[:3]:
        give_coins(one.resident, 60)
        made.append(request_one(one, rice, now=clock.now))
    page = window(zhou, viewport=DESK)
    page.goto("/c/jinshan/staff/redemptions/")
    approving.approve(actor=wang, redemption_id=made[1].pk, now=clock.now)
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.locator("tr.done")).to_contain_text("Approved. The pick-up code is made, and the resident is told.")
    expect(page.get_by_role("link", name="Ready to collect 2")).to_be_visible()
    expect(page.get_by_role("link", name="Waiting for approval 1")).to_be_visible()
    expect_at(page, NAMES[1])
    page.keyboard.press("a")
    expect(page.locator("tr.done").last).to_contain_text("This redemption has moved on in the meantime.")
    expect_at(page, NAMES[2])
    page.keyboard.press("r")
    expect(page.get_by_role("heading", level=1)).to_have_text("Refuse this request")
    expect(page.get_by_label("Reason")).to_be_focused()
    assert list(Redemption.objects.order_by("requested_at", "pk").values_list("state", flat=True)) == [
        RedemptionState.READY,
        RedemptionState.READY,
        RedemptionState.REQUESTED,
    ]
