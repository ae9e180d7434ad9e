"""Every page of tasks answers to those who may, with and without content, in both languages."""

from datetime import timedelta

import pytest
from django.urls import reverse

from core import clock
from tasks import check_in_codes
from tasks.choices import SignUpState
from tests.factories.tasks import (
    make_attendance,
    make_help_request,
    make_rule,
    make_shift,
    make_sign_up,
    make_task,
)

LANGUAGES = ["en", "zh-hans"]


@pytest.fixture(autouse=True)
def _stands_still(monkeypatch, now):
    monkeypatch.setattr(clock, "now", lambda: now)


@pytest.fixture
def world(jinshan, firefly, lin, mei, now):
    """A task of each sort, with people in each state."""
    make_rule(jinshan)
    task = make_task(
        jinshan, team=firefly, description="扫落叶", needs="手套", risks="台阶", contact_phone="0898 1234", area="东区",
        suits_elders=True, urgent=True, private_note="带热水", private_address="3栋502",
    )  # fmt: skip
    shift = make_shift(task, starts_at=now + timedelta(minutes=10), places=4)
    make_shift(task, starts_at=now + timedelta(days=7))
    mine = make_sign_up(shift, lin.resident, companions=1)
    make_attendance(mine, checked_in_at=now, burst=True)
    make_sign_up(shift, mei.resident, state=SignUpState.WAITLISTED)
    request = make_help_request(lin.resident, details="煤气不通", offers_coins=30, wanted_at=now + timedelta(days=1))
    return {"task": task, "shift": shift, "request": request, "sign_up": mine}


PAGES = [
    ("lin", "board", {}), ("lin", "mine", {}), ("lin", "task", {"task_id": "task"}), ("lin", "help", {}),
    ("mei", "task", {"task_id": "task"}), ("zhou", "task", {"task_id": "task"}),
    ("lin", "check_in_word", {"shift_id": "shift"}), ("mei", "check_in_word", {"shift_id": "shift"}),
    ("mei", "led", {}), ("mei", "staff_shift", {"shift_id": "shift"}), ("mei", "code", {"shift_id": "shift"}),
    ("zhou", "staff_list", {}), ("zhou", "publish", {}), ("zhou", "publish_urgent", {}),
    ("zhou", "staff_task", {"task_id": "task"}), ("zhou", "edit_text", {"task_id": "task"}),
    ("zhou", "cancel_task", {"task_id": "task"}), ("zhou", "staff_shift", {"shift_id": "shift"}),
    ("zhou", "edit_date", {"shift_id": "shift"}), ("zhou", "code", {"shift_id": "shift"}),
    ("zhou", "calls", {}), ("zhou", "call", {"request_id": "request"}), ("lin", "calendar", {"shift_id": "shift"}),
]  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("who", "name", "ids"), PAGES)
def test_it_answers(who, name, ids, language, world, jinshan, client_for, request):
    kwargs = {key: world[value].pk for key, value in ids.items()}
    client = client_for(request.getfixturevalue(who))
    client.cookies["django_language"] = language
    response = client.get(reverse(f"tasks:{name}", kwargs={"community": jinshan.slug, **kwargs}))
    assert response.status_code == 200
    assert "id_form_key_" not in response.content.decode()


@pytest.mark.parametrize("state", ["", "draft", "over"])
def test_the_staff_list_in_each_state(state, world, jinshan, zhou, client_for):
    url = reverse("tasks:staff_list", args=[jinshan.slug], query={"state": state})
    assert client_for(zhou).get(url).status_code == 200


def test_the_scanned_page_has_one_button(world, jinshan, lin, client_for, now):
    shift = world["shift"]
    token = check_in_codes.make_token(shift_id=shift.pk, secret=shift.check_in_secret, now=now)
    html = client_for(lin).get(reverse("tasks:check_in", args=[jinshan.slug, token])).content.decode()
    assert html.count("button--main") == 1


@pytest.mark.parametrize("name", ["board", "mine", "help"])
def test_empty_pages_say_what_to_do_next(name, jinshan, lin, client_for):
    assert client_for(lin).get(reverse(f"tasks:{name}", args=[jinshan.slug])).status_code == 200


STAFF_ONLY = [
    ("staff_list", {}), ("publish", {}), ("publish_urgent", {}), ("staff_task", {"task_id": "task"}),
    ("edit_text", {"task_id": "task"}), ("cancel_task", {"task_id": "task"}), ("edit_date", {"shift_id": "shift"}),
    ("calls", {}), ("call", {"request_id": "request"}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "ids"), STAFF_ONLY)
def test_staff_pages_are_403_for_neighbours_and_404_for_outsiders(name, ids, world, jinshan, lin, outsider, client_for):
    kwargs = {key: world[value].pk for key, value in ids.items()}
    url = reverse(f"tasks:{name}", kwargs={"community": jinshan.slug, **kwargs})
    assert client_for(lin).get(url).status_code == 403
    assert client_for(outsider).get(url).status_code == 404
    elsewhere = reverse(f"tasks:{name}", kwargs={"community": outsider.community.slug, **kwargs})
    assert client_for(lin).get(elsewhere).status_code == 404
