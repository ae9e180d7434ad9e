"""(d) A household's passbook: two earn, one spends, one leaves. The hours go with her, the coins stay."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from communities.choices import Role
from communities.selectors import household_of
from communities.services import households
from rewards.models import Redemption
from rewards.services import approving
from rewards.services import desk as desks
from tasks.choices import RuleKind
from tests.factories.hours import make_hours
from tests.factories.people import JOINED, make_actor
from tests.factories.rewards import coins_of, make_reward
from tests.factories.tasks import make_rule, make_shift, make_sign_up, make_task

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def sun(xincheng):
    """孙丽, the worker at the desk."""
    return make_actor(xincheng, "孙丽", Role.WORKER, resident=False)


@pytest.fixture
def tang(xincheng):
    """唐主任, the manager."""
    return make_actor(xincheng, "唐主任", Role.MANAGER, resident=False)


@pytest.fixture
def family(xincheng, tang):
    """卫国强 and his daughter 卫小雨, one household."""
    make_rule(xincheng, kind=RuleKind.PER_ATTENDANCE, coins=10)
    father, daughter = make_actor(xincheng, "卫国强"), make_actor(xincheng, "卫小雨", birth_date=date(1990, 5, 1))
    home = household_of(father.resident, JOINED.date()).household
    moved = JOINED + timedelta(days=1)
    households.move(actor=tang, household_id=home.pk, resident_id=daughter.resident.pk, now=moved)
    return father, daughter


def test_household(xincheng, sun, tang, family, phone, desk, clock, assert_books_sound):
    father, daughter = family
    reward = make_reward(tang, price=15)
    task = make_task(xincheng, created_at=clock.now - timedelta(days=7))
    shift = make_shift(task, starts_at=clock.now - timedelta(hours=2))
    for actor in family:
        make_sign_up(shift, actor.resident)

    # Both came: one sheet, one save; a second person verifies.
    staff, manager = desk(sun), desk(tang)
    staff.workbench("xincheng")
    staff.follow("Enter a printed sign-in sheet")
    staff.follow("Sweep the banyan walk")
    staff.tick("卫国强", exact=True)
    staff.tick("卫小雨", exact=True)
    staff.press("Save the sheet")
    staff.sees("2 people entered. Another person verifies the hours.")
    manager.workbench("xincheng")
    manager.menu("Verify")
    manager.press("Approve what is ticked")
    manager.sees("2 records approved: 20 points")

    # The passbook is both of theirs, and says who earned what.
    his, hers = phone(father), phone(daughter)
    for reader in (his, hers):
        reader.home("xincheng")
        reader.menu("Passbook")
        assert reader.money() == [("", "", "0"), ("+10", "", "10"), ("+10", "", "20")]
    items = " ".join(row[1] for row in his.rows())
    assert "卫国强" in items
    assert "卫小雨" in items

    # She spends for the family.
    hers.home("xincheng")
    hers.menu("Rewards")
    hers.follow("Redeem: Rice 5 kg")
    hers.press("Redeem this")
    hers.sees("15 points are held.", "Available now: 5 points")
    ready = approving.approve(actor=tang, redemption_id=Redemption.objects.get(reward=reward).pk, now=clock.now)
    desks.hand_over(actor=sun, typed=ready.code, now=clock.now)
    his.home("xincheng")
    his.menu("Passbook")
    assert his.money()[-1] == ("", "−15", "5")

    # Yesterday's hours of hers still wait when she leaves.
    waiting = make_hours(daughter, now=clock.now)
    staff.menu("People")
    staff.write("Whom do you look for?", "卫小雨")
    staff.press("Find")
    staff.follow("卫小雨")
    staff.follow(household_of(father.resident, JOINED.date()).household.number, exact=True)
    staff.press("Leaves the household 卫小雨")
    staff.sees("They have left the household. Its coins stay with it.")

    # They pay the household of that day; her own passbook begins at nothing, her hours are hers.
    manager.workbench("xincheng")
    manager.menu("Verify")
    manager.press("Approve what is ticked")
    manager.sees("1 record approved: 10 points")
    his.home("xincheng")
    his.menu("Passbook")
    assert his.money()[-1] == ("+10", "", "15")
    hers.home("xincheng")
    hers.menu("Passbook")
    assert hers.money() == [("", "", "0")]
    hers.home("xincheng")
    hers.menu("Me")
    hers.follow("My hours")
    hers.sees("2 h certified in all")
    waiting.refresh_from_db()
    assert waiting.state == "verified"
    assert (coins_of(father.resident), coins_of(daughter.resident)) == ((15, 0, 15), (0, 0, 0))
    assert_books_sound()
