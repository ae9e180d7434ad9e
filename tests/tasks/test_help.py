"""Asking for help: flagged, never refused; staff publish or settle; the resident is told."""

from datetime import timedelta

import pytest
from django.urls import reverse

from communities.models import Resident
from core import clock
from core.errors import NotAllowed
from core.forms import new_key
from notifications.models import OutboxMessage
from tasks import errors
from tasks.choices import Category, Funding, HelpState
from tasks.models import HelpRequest, Task
from tasks.recurrence import Slot
from tasks.services import help as helping
from tasks.services.publishing import TaskText, Terms
from tests.factories.tasks import make_help_request
from tests.tasks.test_publish import give


@pytest.fixture
def slot(now):
    return Slot(now + timedelta(days=1), now + timedelta(days=1, hours=1))


def ask(actor, now, **more):
    return helping.ask(
        actor=actor, resident_id=actor.resident.pk, now=now, **{"category": Category.SHOPPING, "details": "买米"} | more
    )


def publish(actor, request, slot, now, **terms):
    return helping.publish_request(
        actor=actor,
        request_id=request.pk,
        text=TaskText(title_zh="买米送来"),
        dates=[slot],
        terms=Terms(**terms),
        now=now,
    )


def test_it_waits_for_staff(lin, now):
    found = ask(lin, now)
    assert (found.state, found.flags, found.asked_by) == (HelpState.WAITING, [], lin.user)
    assert not Task.objects.exists()


@pytest.mark.parametrize(
    ("words", "flags"),
    [
        ("帮我去银行取钱，密码给你", ["money"]), ("煤气管漏了", ["risky_work"]), ("我不想活了", ["danger"]),
        ("来打针", ["medical"]), ("接送孩子放学", ["alone_with_child"]),
        ("fix the wiring, bring cash", ["money", "risky_work"]),
    ],
)  # fmt: skip
def test_unsafe_words_are_flagged_not_refused(words, flags, lin, now):
    assert sorted(ask(lin, now, details=words).flags) == flags


def test_staff_ask_for_a_resident_and_neighbours_do_not(lin, mei, zhou, now):
    found = helping.ask(actor=zhou, resident_id=lin.resident.pk, category=Category.CLINIC, call_me=True, now=now)
    assert (found.resident, found.asked_by) == (lin.resident, zhou.user)
    with pytest.raises(NotAllowed):
        helping.ask(actor=mei, resident_id=lin.resident.pk, category=Category.CLINIC, now=now)


def test_another_communitys_resident_is_unknown(zhou, outsider, now):
    with pytest.raises(Resident.DoesNotExist):
        helping.ask(actor=zhou, resident_id=outsider.resident.pk, category=Category.CLINIC, now=now)


def test_five_wait_at_most(lin, now):
    for _ in range(5):
        ask(lin, now)
    with pytest.raises(errors.TooManyRequests):
        ask(lin, now)


def test_staff_publish_it_for_the_community(lin, zhou, slot, now):
    request = ask(lin, now)
    task = publish(zhou, request, slot, now)
    request.refresh_from_db()
    assert (request.state, request.task, request.handled_by) == (HelpState.PUBLISHED, task, zhou.user)
    assert (task.funding, task.beneficiary) == (Funding.COMMUNITY, lin.resident)
    assert OutboxMessage.objects.filter(kind="help-published", recipient=lin.user).exists()


def test_or_paid_by_who_asked(lin, zhou, slot, now):
    give(lin, 50, now)
    task = publish(
        zhou, ask(lin, now), slot, now, funding=Funding.REQUESTER, requester_id=lin.resident.pk, price_coins=30
    )
    assert (task.requester, task.price_coins) == (lin.resident, 30)


def test_it_is_answered_once(lin, zhou, wang, slot, now):
    request = ask(lin, now)
    publish(zhou, request, slot, now)
    with pytest.raises(errors.NothingToDecide):
        publish(wang, request, slot, now)
    with pytest.raises(errors.NothingToDecide):
        helping.settle(actor=wang, request_id=request.pk, answer="已上门", now=now)
    assert Task.objects.count() == 1


def test_settled_with_a_word(lin, zhou, now):
    request = helping.settle(actor=zhou, request_id=ask(lin, now).pk, answer="邻居已帮忙", now=now)
    assert (request.state, request.answer) == (HelpState.SETTLED, "邻居已帮忙")
    assert OutboxMessage.objects.filter(kind="help-settled", recipient=lin.user).exists()


def test_taken_back_by_the_resident_alone(lin, mei, now):
    request = ask(lin, now)
    with pytest.raises(HelpRequest.DoesNotExist):
        helping.take_back(actor=mei, request_id=request.pk, now=now)
    for _ in range(2):
        assert helping.take_back(actor=lin, request_id=request.pk, now=now).state == HelpState.WITHDRAWN


@pytest.mark.parametrize("who", ["lin", "mei", "chen"])
def test_only_staff_answer(who, lin, slot, now, request):
    asked = ask(lin, now)
    with pytest.raises(NotAllowed):
        publish(request.getfixturevalue(who), asked, slot, now)


class TestPages:
    @pytest.fixture(autouse=True)
    def _stands_still(self, monkeypatch, now):
        monkeypatch.setattr(clock, "now", lambda: now)

    def test_asking_twice_with_one_form_asks_once(self, client_for, lin):
        url = reverse("tasks:help", args=[lin.community.slug])
        data = {"form_key": new_key(), "kind": "shopping", "details": "买米", "wanted_at": "2026-11-23T09:00"}
        client = client_for(lin)
        assert [client.post(url, data).status_code for _ in range(2)] == [302, 302]
        found = HelpRequest.objects.get()
        assert found.wanted_at.hour == 1  # 9:00 in Shanghai

    def test_something_else_needs_words_or_a_call(self, client_for, lin):
        url = reverse("tasks:help", args=[lin.community.slug])
        refused = client_for(lin).post(url, {"form_key": new_key(), "kind": "other"})
        assert refused.status_code == 422
        assert client_for(lin).post(url, {"form_key": new_key(), "kind": "other", "call_me": "on"}).status_code == 302

    def test_staff_publish_the_prefilled_page(self, client_for, lin, zhou, now):
        lin.resident.building, lin.resident.door = "3号楼", "502"
        lin.resident.save()
        asked = make_help_request(lin.resident, details="买米", wanted_at=now + timedelta(days=1))
        url = reverse("tasks:call", args=[lin.community.slug, asked.pk])
        client = client_for(zhou)
        form = client.get(url).context["form"]
        data = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
        data |= {"day": "2026-11-23", "start": "09:00", "title_zh": "买米送来", "form_key": new_key()}
        response = client.post(url, data)
        assert response.status_code == 302, response.context["form"].errors
        task = Task.objects.get()
        assert (task.private_address, task.home_visit, task.beneficiary) == ("3号楼 502", True, lin.resident)

    def test_settling_on_the_page(self, client_for, lin, zhou):
        asked = make_help_request(lin.resident)
        url = reverse("tasks:call", args=[lin.community.slug, asked.pk])
        data = {"form_key": new_key(), "settle": "1", "answer": "已帮忙"}
        assert client_for(zhou).post(url, data).status_code == 302
        asked.refresh_from_db()
        assert asked.state == HelpState.SETTLED
