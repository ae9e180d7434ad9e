"""Queries a page: the same number at 1 and at 50 rows, and within the bars."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from tasks.choices import SignUpState
from tests.factories.people import make_actor
from tests.factories.tasks import (
    make_attendance,
    make_help_request,
    make_rule,
    make_shift,
    make_sign_up,
    make_task,
)

ROWS = [1, 50]
PAGES = [
    ("lin", "mine", {}, 8), ("lin", "help", {}, 8), ("lin", "task", {"task_id": "task"}, 12),
    ("zhou", "staff_list", {}, 12), ("zhou", "staff_task", {"task_id": "task"}, 12),
    ("zhou", "staff_shift", {"shift_id": "shift"}, 12), ("mei", "led", {}, 8), ("zhou", "calls", {}, 8),
]  # fmt: skip


EXPECTED = {
    "mine": 7, "help": 5, "task": 10, "staff_list": 8, "staff_task": 6, "staff_shift": 6, "led": 5, "calls": 5,
}  # fmt: skip


@pytest.fixture(autouse=True)
def _stands_still(monkeypatch, now):
    monkeypatch.setattr(clock, "now", lambda: now)


def world(rows, jinshan, firefly, lin, now):
    """One task with many dates, many tasks, many people in one shift, many requests."""
    make_rule(jinshan)
    task = make_task(jinshan, team=firefly)
    shift = make_shift(task, starts_at=now + timedelta(minutes=20), places=100)
    for at in range(rows):
        someone = make_actor(jinshan, f"居民{at}").resident
        make_attendance(make_sign_up(shift, someone, claimed_by=lin.user), checked_in_at=now)
        make_shift(task, starts_at=now + timedelta(days=at + 1))
        other = make_shift(make_task(jinshan, team=firefly), starts_at=now + timedelta(days=at + 1))
        make_sign_up(other, lin.resident, state=SignUpState.WAITLISTED)
        past = make_shift(make_task(jinshan), starts_at=now - timedelta(days=at + 1))
        make_sign_up(past, lin.resident, state=SignUpState.ATTENDED)
        make_sign_up(
            make_shift(make_task(jinshan, home_visit=True), starts_at=now + timedelta(days=3)), someone, state="asked"
        )
        make_help_request(lin.resident, task=make_task(jinshan), state="published")
        make_help_request(lin.resident, details="煤气")
    return {"task": task.pk, "shift": shift.pk}


@pytest.mark.parametrize("rows", ROWS)
def test_queries(rows, jinshan, firefly, lin, mei, zhou, now, client_for, request):
    ids = world(rows, jinshan, firefly, lin, now)
    counted = {}
    for who, name, kwargs, most in PAGES:
        client = client_for(request.getfixturevalue(who))
        url = reverse(f"tasks:{name}", args=[jinshan.slug, *(ids[key] for key in kwargs.values())])
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        counted[name] = len(queries)
        assert len(queries) <= most, (name, [one["sql"][:100] for one in queries])
    assert counted == EXPECTED
