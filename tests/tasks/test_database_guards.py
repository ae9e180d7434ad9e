"""Round the services: the database alone refuses too many heads, a second place, unpaid promises."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from tasks.choices import Funding, SignUpState, TaskState
from tasks.invariants import CHECKS
from tasks.models import Shift, SignUp, Task
from tests.factories.tasks import make_shift, make_sign_up, make_task


def refused(name, work):
    with pytest.raises(IntegrityError) as met, transaction.atomic():
        work()
    assert met.value.__cause__.diag.constraint_name == name


@pytest.fixture
def shift(jinshan, now):
    return make_shift(make_task(jinshan), starts_at=now + timedelta(days=1), places=2)


@pytest.fixture
def paid(jinshan, lin):
    return make_task(jinshan, state=TaskState.DRAFT, funding=Funding.REQUESTER, requester=lin.resident, price_coins=30)


def test_taken_follows_every_way_a_sign_up_changes(lin, mei, shift):
    def taken():
        shift.refresh_from_db()
        return shift.taken

    one = make_sign_up(shift, lin.resident, companions=1)
    assert taken() == 2
    SignUp.objects.filter(pk=one.pk).update(companions=0)
    assert taken() == 1
    SignUp.objects.filter(pk=one.pk).update(state=SignUpState.ABSENT)
    assert taken() == 0
    SignUp.objects.filter(pk=one.pk).update(state=SignUpState.ATTENDED)
    assert taken() == 1
    other = make_shift(shift.task, starts_at=shift.starts_at + timedelta(days=7))
    SignUp.objects.filter(pk=one.pk).update(shift=other)
    assert taken() == 0
    other.refresh_from_db()
    assert other.taken == 1
    one.refresh_from_db()
    one.delete()
    other.refresh_from_db()
    assert other.taken == 0


def test_one_head_too_many(lin, mei, shift):
    make_sign_up(shift, lin.resident, companions=1)
    refused("shift_places", lambda: make_sign_up(shift, mei.resident))
    refused("shift_places", lambda: Shift.objects.filter(pk=shift.pk).update(places=1))


def test_one_live_sign_up_a_resident(lin, shift):
    make_sign_up(shift, lin.resident, state=SignUpState.WAITLISTED)
    refused("sign_up_once", lambda: make_sign_up(shift, lin.resident))


def test_a_paid_task_has_one_place_and_one_date(paid):
    refused("shift_one_paid_place", lambda: make_shift(paid, places=2))
    make_shift(paid, places=1)
    refused("shift_one_paid_date", lambda: make_shift(paid, places=1))


def test_a_shift_cannot_deny_who_pays(paid, now):
    shift = make_shift(paid, places=1)
    Shift.objects.filter(pk=shift.pk).update(funding=Funding.COMMUNITY)
    shift.refresh_from_db()
    assert shift.funding == Funding.REQUESTER
    change = {"funding": Funding.COMMUNITY, "requester": None, "price_coins": None}
    refused("task_keeps_funding", lambda: Task.objects.filter(pk=paid.pk).update(**change))


def test_a_shift_carries_its_tasks_community(jinshan, outsider):
    task = make_task(jinshan)
    shift = make_shift(task)
    Shift.objects.filter(pk=shift.pk).update(community=outsider.community)
    shift.refresh_from_db()
    assert shift.community_id == jinshan.pk


def test_a_paid_task_is_not_published_without_its_hold(paid):
    refused("task_published_is_funded", lambda: Task.objects.filter(pk=paid.pk).update(state=TaskState.PUBLISHED))


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"price_coins": None}, "task_funding"),
        ({"requester": None}, "task_funding"),
        ({"earning": "per_task", "coins_per_task": 5}, "task_funding"),
        ({"coins_per_task": 5}, "task_earning"),
        ({"title_zh": "", "title_en": ""}, "task_has_title"),
    ],
)
def test_half_agreed_terms(change, name, paid):
    refused(name, lambda: Task.objects.filter(pk=paid.pk).update(**change))


def test_the_invariants_see_what_is_planted(jinshan, lin, mei, shift, now):
    assert [found for check in CHECKS for found in check.run()] == []
    make_sign_up(shift, lin.resident)
    Shift.objects.filter(pk=shift.pk).update(taken=2)
    found = [found for check in CHECKS for found in check.run()]
    assert [one.subject for one in found] == [f"shift {shift.pk}"]
