"""Many at once: never one too many, never one too few, and the queue keeps its order."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from core import clock
from core.forms import new_key
from tasks.choices import SignUpState
from tasks.invariants import CHECKS
from tasks.models import SignUp
from tasks.services import claims
from tests.conftest import run_together
from tests.factories.people import make_actor
from tests.factories.tasks import make_shift, make_sign_up, make_task

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def crowd(jinshan):
    return [make_actor(jinshan, f"居民{at}") for at in range(40)]


@pytest.fixture
def shift(jinshan, now):
    return make_shift(make_task(jinshan), starts_at=now + timedelta(days=3), places=20)


def claim(actor, shift, now):
    return claims.claim(actor=actor, shift_id=shift.pk, resident_id=actor.resident.pk, now=now)


def findings():
    return [found for check in CHECKS for found in check.run()]


def test_40_claims_on_20_places(crowd, shift, now):
    answers = run_together(40, lambda at: claim(crowd[at], shift, now))
    assert all(isinstance(one, SignUp) for one in answers)
    shift.refresh_from_db()
    assert shift.taken == 20
    in_order = list(shift.sign_ups.order_by("line").values_list("line", "state"))
    assert [line for line, _state in in_order] == list(range(1, 41))
    assert [state for _line, state in in_order] == ["confirmed"] * 20 + ["waitlisted"] * 20
    assert findings() == []


def test_withdrawals_and_claims_at_once_leave_no_place_empty(crowd, shift, now):
    for actor in crowd[:20]:
        make_sign_up(shift, actor.resident)
    waiting = [make_sign_up(shift, actor.resident, state=SignUpState.WAITLISTED) for actor in crowd[20:30]]

    def work(at):
        if at < 10:
            return claims.withdraw(
                actor=crowd[at], sign_up_id=shift.sign_ups.get(resident=crowd[at].resident).pk, now=now
            )
        return claim(crowd[20 + at], shift, now)

    answers = run_together(20, work)
    assert not [one for one in answers if isinstance(one, Exception)]
    shift.refresh_from_db()
    assert shift.taken == 20
    states = dict(shift.sign_ups.values_list("resident_id", "state"))
    assert all(states[one.resident_id] == SignUpState.CONFIRMED for one in waiting)  # they were there before
    late = [states[actor.resident.pk] for actor in crowd[30:40]]
    assert late == [SignUpState.WAITLISTED] * 10
    assert findings() == []


def test_companions_never_overfill(crowd, shift, now):
    run_together(20, lambda at: claims.claim(
        actor=crowd[at], shift_id=shift.pk, resident_id=crowd[at].resident.pk, companions=at % 3, now=now
    ))  # fmt: skip
    shift.refresh_from_db()
    assert shift.taken <= 20
    free = shift.places_left
    assert all(one.heads > free for one in shift.sign_ups.waiting())


def test_the_same_form_20_times_at_once(lin, shift, now, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: now)
    url = reverse("tasks:claim", args=[lin.community.slug, shift.pk])
    client = Client()
    client.force_login(lin.user)
    cookies, key = dict(client.cookies), new_key()

    def send(_at):
        browser = Client()
        for name, morsel in cookies.items():
            browser.cookies[name] = morsel.value
        return browser.post(url, {"form_key": key, "companions": "1"})

    answers = run_together(20, send)
    assert {answer.status_code for answer in answers} == {302}
    assert len({answer["Location"] for answer in answers}) == 1
    assert shift.sign_ups.count() == 1


def test_one_resident_from_two_doors_at_once(lin, zhou, shift, now):
    """The resident's phone and the desk: one sign-up."""
    actors = [lin, zhou] * 5
    answers = run_together(10, lambda at: claims.claim(
        actor=actors[at], shift_id=shift.pk, resident_id=lin.resident.pk, now=now
    ))  # fmt: skip
    assert sum(isinstance(one, SignUp) for one in answers) == 1
    assert {type(one).__name__ for one in answers} == {"SignUp", "AlreadySignedUp"}
