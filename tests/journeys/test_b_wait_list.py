"""(b) Twenty places, twenty-five neighbours who want to come; some cannot after all, and the next in line move up."""

from __future__ import annotations

from datetime import timedelta

import pytest

from notifications.services.sweep import run_due
from tasks.choices import SignUpState
from tasks.models import SignUp
from tasks.services import claims
from tests.factories.people import make_actor
from tests.factories.tasks import make_rule, make_shift, make_task

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔"


@pytest.fixture
def neighbours(jinshan):
    """Twenty-five."""
    return [make_actor(jinshan, f"{surname}小春") for surname in SURNAMES]


@pytest.fixture
def shift(jinshan, clock):
    """Guarding the cherry blossoms in three days: twenty places."""
    make_rule(jinshan)
    task = make_task(jinshan, title_zh="樱花守护", title_en="Guard the cherry blossoms", created_at=clock.now)
    return make_shift(task, starts_at=clock.now + timedelta(days=3), minutes=120, places=20)


def test_wait_list(jinshan, shift, neighbours, phone, clock, assert_books_sound):
    # The first finds it at home: two clicks.
    first = phone(neighbours[0])
    first.home()
    first.follow("Guard the cherry blossoms")
    first.sees("20 of 20 places left", "120 time coins")
    first.press("I'll do it")
    assert first.clicks == 2
    first.sees("You are in", "19 of 20 places left")

    # The 20th takes the last place, the 21st and the 25th find themselves on the wait list.
    claim_by_service(shift, neighbours[1:19], clock.now)
    last = phone(neighbours[19])
    find(last)
    last.sees("1 of 20 places left")
    last.press("I'll do it")
    last.sees("You are in", "0 of 20 places left")
    next_in_line = phone(neighbours[20])
    find(next_in_line)
    next_in_line.press("Join the wait list")
    next_in_line.sees("You are number 1 on the wait list")
    claim_by_service(shift, neighbours[21:24], clock.now)
    latest = phone(neighbours[24])
    find(latest)
    latest.sees("You would be number 5 on the wait list.")
    latest.press("Join the wait list")
    latest.sees("You are number 5 on the wait list")

    # Two cannot come, one grows tired of waiting.
    first.home()
    first.follow("Look at it, or withdraw")
    first.press("I cannot come: withdraw")
    first.sees("Withdrawn.")
    withdraw_by_service(neighbours[1], clock.now)
    withdraw_by_service(neighbours[22], clock.now)

    # The next in line is in, and told so; the latest has moved up.
    assert run_due(now=clock.now)
    next_in_line.home()
    next_in_line.sees("Signed up", "Guard the cherry blossoms")
    next_in_line.menu("Me")
    next_in_line.follow("Notices")
    next_in_line.sees("To do", "A place is free: you are in", "Guard the cherry blossoms")
    next_in_line.press("Open it A place is free: you are in")
    next_in_line.sees("You are in")
    latest.home()
    latest.follow("Look at it, or withdraw")
    latest.sees("You are number 2 on the wait list.")

    assert in_order(shift, SignUpState.CONFIRMED) == [actor.resident for actor in neighbours[2:22]]
    assert in_order(shift, SignUpState.WAITLISTED) == [neighbours[23].resident, neighbours[24].resident]
    shift.refresh_from_db()
    assert shift.taken == 20
    assert_books_sound()


def find(reader):
    """From home to the task through the list of all."""
    reader.home()
    reader.menu("Tasks")
    reader.follow("Guard the cherry blossoms")


def claim_by_service(shift, actors, now):
    for actor in actors:
        claims.claim(actor=actor, shift_id=shift.pk, resident_id=actor.resident.pk, now=now)


def withdraw_by_service(actor, now):
    claims.withdraw(actor=actor, sign_up_id=SignUp.objects.get(resident=actor.resident).pk, now=now)


def in_order(shift, state):
    """Who is in this state, in the order in which they came."""
    return [one.resident for one in shift.sign_ups.filter(state=state).order_by("line").select_related("resident")]
