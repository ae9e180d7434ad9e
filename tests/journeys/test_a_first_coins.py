"""(a) An elder phones; a neighbour helps, earns the first coins, and brings rice home for them."""

from __future__ import annotations

import re

import pytest

from tests.factories.people import make_resident
from tests.factories.rewards import coins_of, make_reward
from tests.factories.tasks import make_rule

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def elder(jinshan):
    """何玉珍, 84, lives alone and has a telephone on the wall."""
    return make_resident(jinshan, "何玉珍", building="3栋2单元", door="401", phone="+8613900139000")


def test_first_coins(jinshan, lin, zhou, wang, elder, phone, desk, sign_in, clock, assert_books_sound):
    make_rule(jinshan)
    make_reward(wang, price=60)
    lin.resident.home_visits_cleared_at = clock.now
    lin.resident.save(update_fields=["home_visits_cleared_at"])
    staff, hers = desk(), phone()

    # 9:00: she phones; the worker writes four fields.
    sign_in(staff, zhou)
    staff.follow("Publish an urgent task")
    staff.write("What", "Buy steamed buns and bring them")
    assert staff.value_of("When") == "2026-11-22T10:00"
    staff.write("Where", "East gate")
    staff.write("For whom", "heyuzhen")
    staff.press("Publish now")
    staff.sees("Buy steamed buns and bring them")

    # A neighbour finds it at home and claims it with two clicks. Only then does she see the door.
    sign_in(hers, lin)
    hers.home()
    hers.follow("Buy steamed buns and bring them")
    hers.does_not_see("401", "何玉珍")
    hers.press("I'll do it")
    assert hers.clicks == 2
    hers.sees("You are in: Sun 22 Nov, 10:00–11:00. Thank you for helping.", "何玉珍", "139 0013 9000", "401")

    # 9:50: she is there, and the staff say the word on their screen.
    clock.pass_(minutes=50)
    staff.workbench()
    staff.follow("Buy steamed buns and bring them")
    staff.follow("Check-in code")
    word = re.search(r"\d{3} \d{3}", staff.page.get_by_role("main").inner_text()).group()
    hers.home()
    hers.follow("I'm here: check in")
    hers.follow("Check in by code word")
    hers.write("Code word", word)
    hers.press("I'm here")
    hers.sees("Checked in at 9:50")

    # 11:00: she leaves and logs her hours, three clicks from home at most.
    clock.pass_(minutes=70)
    hers.home()
    hers.follow("I'm leaving: check out")
    hers.follow("Check out by code word")
    hers.write("Code word", word)
    hers.press("I'm leaving")
    hers.sees("Checked out at 11:00")
    hers.home()
    hers.follow("Log hours")
    assert hers.clicks <= 3
    assert [hers.value_of(label) for label in ("Day", "From", "Until")] == ["2026-11-22", "10:00", "11:00"]
    hers.write("Who saw it", "何玉珍")
    hers.press("Continue")
    hers.sees("1 h", "= 60 time coins")
    hers.press("Send")
    hers.sees("Sent.")

    # The worker looks and approves.
    staff.workbench()
    staff.menu("Verify")
    staff.sees("1 record to verify", "林秀英", "60")
    staff.press("Approve what is ticked")
    assert staff.clicks <= 3
    staff.sees("1 record approved: 60 time coins, 1 h.")

    # The coins are in her passbook, one click from home.
    hers.home()
    hers.sees("60 time coins")
    hers.menu("Passbook")
    assert hers.clicks == 1
    assert hers.money() == [("", "", "0"), ("+60", "", "60")]
    assert hers.figure("Available") == "60"
    hers.follow("Print passbook")
    assert hers.clicks == 2
    assert "+60" in hers.pdf("Open the PDF")

    # Rice: three clicks; held, not paid.
    hers.home()
    hers.menu("Rewards")
    hers.follow("Redeem: Rice 5 kg")
    hers.press("Redeem this")
    assert hers.clicks <= 3
    hers.sees("60 time coins are held.", "Available now: 0 time coins")
    hers.menu("Passbook")
    assert (hers.figure("Held"), hers.figure("Available")) == ("60", "0")

    # Approved, then handed over by its code.
    staff.workbench()
    staff.follow("to approve")
    staff.press("Approve: 林秀英")
    hers.home()
    hers.follow("Rice 5 kg", under="To do")
    code = re.search(r"\b\d{4}\s+\d{4}\b", hers.page.get_by_role("main").inner_text()).group()
    staff.menu("Desk")
    staff.write("Pick-up code", code)
    staff.press("Look it up")
    staff.sees("Rice 5 kg × 1", "林秀英", "60 time coins")
    staff.press("Hand over")
    staff.sees("Handed over:", "Rice 5 kg × 1")
    staff.write("Pick-up code", code)
    staff.press("Look it up")
    staff.sees("Already taken", "Handed over on Sun 22 Nov, 11:00 by 周敏")

    # The passbook tells it all; the hour stays hers.
    hers.home()
    hers.menu("Passbook")
    assert hers.money() == [("", "", "0"), ("+60", "", "60"), ("", "−60", "0")]
    assert (hers.figure("Held"), hers.figure("Available")) == ("0", "0")
    hers.menu("Me")
    hers.follow("My hours")
    hers.sees("1 h certified in all")
    assert coins_of(lin.resident) == (0, 0, 0)
    assert_books_sound()
