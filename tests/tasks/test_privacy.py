"""Threat 29: a stranger gets a lone elder's door. Six kinds of viewer × task page, board, calendar file, notice."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from core import clock
from notifications.models import OutboxMessage
from tasks.choices import SignUpState
from tasks.services import claims, publishing
from tests.factories.people import make_actor
from tests.factories.tasks import make_shift, make_sign_up, make_task

DOOR, ALONE, PERSON = "3号楼502", "独居老人", "郑桂芳"
PUBLIC_TITLE, LANDMARK = "代买馒头送来", "北门药店"
VIEWERS = ["signed_out", "outsider", "neighbour", "waiting", "asked", "withdrawn", "auditor"]


@pytest.fixture
def moment(monkeypatch, now):
    """A clock that a test can set."""
    state = {"now": now}
    monkeypatch.setattr(clock, "now", lambda: state["now"])
    return state


@pytest.fixture
def elder(jinshan):
    return make_actor(jinshan, PERSON)


@pytest.fixture
def shift(jinshan, elder, now):
    task = make_task(
        jinshan, title_zh=PUBLIC_TITLE, title_en="", landmark_zh=LANDMARK, landmark_en="", home_visit=True,
        by_phone=True, beneficiary=elder.resident, private_note=ALONE, private_address=DOOR, category="shopping",
        area="东区",
    )  # fmt: skip
    return make_shift(task, starts_at=now + timedelta(hours=3), places=1)


@pytest.fixture
def helper(mei, shift):
    make_sign_up(shift, mei.resident)
    return mei


@pytest.fixture
def browser_of(jinshan, helper, lin, chen, outsider, shift, client_for):
    """The browser of each kind of viewer."""
    waiting, asked, withdrawn = (make_actor(jinshan, name) for name in ("候补一", "申请二", "退出三"))
    make_sign_up(shift, waiting.resident, state=SignUpState.WAITLISTED)
    make_sign_up(shift, asked.resident, state=SignUpState.ASKED)
    make_sign_up(shift, withdrawn.resident, state=SignUpState.WITHDRAWN)
    actors = {
        "outsider": outsider, "neighbour": lin, "waiting": waiting, "asked": asked, "withdrawn": withdrawn,
        "auditor": chen, "helper": helper,
    }  # fmt: skip
    return lambda name: Client() if name == "signed_out" else client_for(actors[name])


def pages(shift):
    slug = shift.community.slug
    task = reverse("tasks:task", args=[slug, shift.task_id])
    return {
        "task": task,
        "task at its date": f"{task}?date={shift.pk}",
        "board": reverse("tasks:board", args=[slug]),
        "filtered board": reverse("tasks:board", args=[slug], query={"kind": "shopping"}),
        "calendar": reverse("tasks:calendar", args=[slug, shift.pk]),
        "mine": reverse("tasks:mine", args=[slug]),
    }


@pytest.mark.parametrize("viewer", VIEWERS)
def test_nobody_else_sees_the_door_the_note_or_the_name(viewer, browser_of, shift, moment):
    browser = browser_of(viewer)
    for name, url in pages(shift).items():
        text = browser.get(url).content.decode()
        for secret in (DOOR, ALONE, "独居", PERSON):
            assert secret not in text, (viewer, name, secret)


@pytest.mark.parametrize("viewer", ["signed_out", "outsider"])
def test_strangers_see_kind_area_and_minutes_alone(viewer, browser_of, shift, moment):
    for name in ("task", "board"):
        response = browser_of(viewer).get(pages(shift)[name])
        assert response.status_code == 200
        text = response.content.decode()
        assert "东区" in text
        for more in (PUBLIC_TITLE, LANDMARK, "2026-11-22T12:00"):
            assert more not in text, (name, more)


def test_the_accepted_helper_and_staff_do_see_it(browser_of, client_for, zhou, shift, moment):
    """What could leak is there: else the tests above would prove nothing."""
    for browser in (browser_of("helper"), client_for(zhou)):
        text = browser.get(pages(shift)["task"]).content.decode()
        assert all(secret in text for secret in (DOOR, ALONE, PERSON))


def test_and_not_in_the_calendar_or_the_lists(browser_of, shift, moment):
    for name in ("calendar", "mine", "board"):
        text = browser_of("helper").get(pages(shift)[name]).content.decode()
        assert not [secret for secret in (DOOR, ALONE, PERSON) if secret in text], name


def test_it_is_hidden_again_24_hours_after(browser_of, client_for, zhou, shift, moment):
    url = pages(shift)["task at its date"]
    moment["now"] = shift.ends_at + timedelta(hours=23, minutes=59)
    assert DOOR in browser_of("helper").get(url).content.decode()
    moment["now"] = shift.ends_at + timedelta(hours=24)
    for browser in (browser_of("helper"), client_for(zhou)):
        text = browser.get(url).content.decode()
        assert not [secret for secret in (DOOR, ALONE) if secret in text]


def test_another_dates_helper_sees_nothing(client_for, lin, shift, moment, now):
    other = make_shift(shift.task, starts_at=now + timedelta(days=7))
    make_sign_up(other, lin.resident)
    at_this_date, at_theirs = pages(shift)["task at its date"], pages(other)["task at its date"]
    assert DOOR not in client_for(lin).get(at_this_date).content.decode()
    assert DOOR in client_for(lin).get(at_theirs).content.decode()


def test_no_notice_carries_it(lin, zhou, helper, elder, shift, moment, now):
    """Reminders, promotion, answer, moved, called off: titles, times and landmarks alone."""
    make_sign_up(shift, lin.resident, state=SignUpState.WAITLISTED)
    claims.withdraw(actor=helper, sign_up_id=shift.sign_ups.get(resident=helper.resident).pk, now=now)
    asked = make_sign_up(shift, helper.resident, state=SignUpState.ASKED)
    claims.accept(actor=zhou, sign_up_id=asked.pk, now=now)
    publishing.cancel_task(actor=zhou, task=shift.task, now=now)
    said = "".join(f"{one.payload} {one.subject} {one.url}" for one in OutboxMessage.objects.all())
    assert {"task-promoted", "task-accepted", "task-called-off"} <= set(
        OutboxMessage.objects.values_list("kind", flat=True)
    )
    assert OutboxMessage.objects.filter(kind="help-helper-found", recipient=elder.user).exists()
    assert PUBLIC_TITLE in said
    assert not [secret for secret in (DOOR, ALONE, PERSON) if secret in said]


def test_drafts_are_staffs_alone(client_for, lin, zhou, jinshan, moment):
    draft = make_task(jinshan, state="draft")
    url = reverse("tasks:task", args=[jinshan.slug, draft.pk])
    assert client_for(lin).get(url).status_code == 404
    assert Client().get(url).status_code == 404
    assert client_for(zhou).get(url).status_code == 200


def test_an_accepted_helper_whose_residence_is_not_verified_is_asked_to_the_desk(jinshan, shift, moment, client_for):
    shift.task.home_visit = False
    shift.task.save(update_fields=["home_visit"])
    newcomer = make_actor(jinshan, "新来的", verified=False)
    make_sign_up(shift, newcomer.resident)
    page = client_for(newcomer).get(pages(shift)["task"]).content.decode()
    assert all(word not in page for word in (DOOR, ALONE, PERSON))
    assert "工作人员核对您住在这里以后" in page
    moment["now"] = shift.ends_at + timedelta(hours=24)
    assert "工作人员核对您住在这里以后" not in client_for(newcomer).get(pages(shift)["task"]).content.decode()
    moment["now"] = shift.starts_at
    newcomer.resident.residence_verified_at = moment["now"]
    newcomer.resident.save(update_fields=["residence_verified_at"])
    assert DOOR in client_for(newcomer).get(pages(shift)["task"]).content.decode()
