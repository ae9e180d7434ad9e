"""The tick: the leader's or staff's word on who came, in one save."""

from datetime import timedelta

import pytest
from django.urls import reverse

from core import clock
from core.errors import NotAllowed
from tasks import errors
from tasks.choices import Decision, SignUpState
from tasks.models import Attendance, Shift
from tasks.services import attendance
from tests.factories.people import make_actor
from tests.factories.tasks import make_attendance, make_shift, make_sign_up, make_task

P, A, E = Decision.PRESENT, Decision.ABSENT, Decision.EXCUSED


@pytest.fixture
def shift(jinshan, firefly, now):
    return make_shift(make_task(jinshan, team=firefly), starts_at=now, places=3)


@pytest.fixture
def people(shift, jinshan):
    return [make_sign_up(shift, make_actor(jinshan, name).resident) for name in ("赵一", "钱二", "孙三")]


def decide(actor, shift, ticks, now):
    return attendance.decide(actor=actor, shift_id=shift.pk, decisions={one.pk: tick for one, tick in ticks}, now=now)


def states(people):
    for one in people:
        one.refresh_from_db()
    return [one.state for one in people]


@pytest.mark.parametrize("who", ["mei", "zhou", "wang"])
def test_one_save_for_all(who, people, shift, now, request):
    actor = request.getfixturevalue(who)
    assert decide(actor, shift, zip(people, (P, A, E), strict=True), now) == 3
    assert states(people) == [SignUpState.ATTENDED, SignUpState.ABSENT, SignUpState.EXCUSED]
    tick = Attendance.objects.get(sign_up=people[0])
    assert (tick.decision, tick.decided_by, tick.decided_at, tick.checked_in_at) == (P, actor.user, now, None)


@pytest.mark.parametrize("who", ["lin", "wu", "chen"])
def test_nobody_else_ticks(who, people, shift, now, request):
    with pytest.raises(NotAllowed):
        decide(request.getfixturevalue(who), shift, [(people[0], P)], now)


def test_a_leader_of_another_team_does_not(people, shift, jinshan, mei, now):
    own = make_shift(make_task(jinshan), starts_at=now)
    mine = make_sign_up(own, people[0].resident)
    with pytest.raises(NotAllowed):
        decide(mei, own, [(mine, P)], now)


def test_nobody_ticks_themselves(mei, people, shift, now):
    make_sign_up(shift, mei.resident, state=SignUpState.WAITLISTED)
    mine = shift.sign_ups.get(resident=mei.resident)
    with pytest.raises(errors.OwnTick):
        decide(mei, shift, [(people[0], P), (mine, P)], now)
    assert states([people[0]]) == [SignUpState.CONFIRMED]


def test_twice_changes_nothing_and_a_tick_can_be_corrected(zhou, people, shift, now):
    decide(zhou, shift, [(people[0], P)], now)
    assert decide(zhou, shift, [(people[0], P)], now + timedelta(minutes=1)) == 0
    assert decide(zhou, shift, [(people[0], A)], now + timedelta(minutes=2)) == 1


def test_the_check_in_stays_as_it_was(zhou, people, shift, now):
    make_attendance(people[0], checked_in_at=now, method="qr")
    decide(zhou, shift, [(people[0], A)], now)
    found = Attendance.objects.get()
    assert (found.checked_in_at, found.method, found.decision) == (now, "qr", A)


def test_who_waited_takes_the_place_of_who_did_not_come(zhou, lin, people, shift, now):
    waiting = make_sign_up(shift, lin.resident, state=SignUpState.WAITLISTED)
    decide(zhou, shift, [(waiting, P), (people[0], A)], now)
    assert states([waiting]) == [SignUpState.ATTENDED]


def test_more_came_than_there_are_places(zhou, lin, people, shift, now):
    waiting = make_sign_up(shift, lin.resident, state=SignUpState.WAITLISTED)
    url = reverse("tasks:staff_shift", args=[shift.community.slug, shift.pk])
    assert url
    with pytest.raises(Exception, match=r"places|名额"):
        decide(zhou, shift, [(waiting, P)], now)


def test_not_before_check_in_opens(zhou, people, shift, now):
    with pytest.raises(errors.TooEarly):
        decide(zhou, shift, [(people[0], P)], now - timedelta(minutes=31))


def test_another_communitys_is_unknown_and_foreign_ids_are_left_alone(zhou, outsider, people, shift, now):
    foreign = make_sign_up(make_shift(make_task(outsider.community), starts_at=now), outsider.resident)
    assert decide(zhou, shift, [(foreign, P)], now) == 0
    with pytest.raises(Shift.DoesNotExist):
        decide(zhou, foreign.shift, [(foreign, P)], now)


class TestPage:
    @pytest.fixture(autouse=True)
    def _stands_still(self, monkeypatch, now):
        monkeypatch.setattr(clock, "now", lambda: now)

    def test_the_leader_saves_the_list_and_sees_masked_names(self, client_for, mei, people, shift):
        url = reverse("tasks:staff_shift", args=[shift.community.slug, shift.pk])
        client = client_for(mei)
        page = client.get(url).content.decode()
        assert "赵**" in page
        assert "赵一" not in page
        assert client.post(url, {f"tick-{people[0].pk}": "present", "tick-nonsense": "present"}).status_code == 302
        assert states(people[:1]) == [SignUpState.ATTENDED]

    def test_the_auditor_reads_no_lists(self, client_for, chen, people, shift):
        url = reverse("tasks:staff_shift", args=[shift.community.slug, shift.pk])
        assert client_for(chen).get(url).status_code == 403
