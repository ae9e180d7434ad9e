"""Withdrawing, and who moves up."""

from datetime import timedelta

import pytest

from core.errors import NotAllowed
from notifications.models import OutboxMessage
from tasks import errors
from tasks.choices import SignUpState
from tasks.models import SignUp
from tasks.services import claims
from tests.factories.people import make_actor
from tests.factories.tasks import make_shift, make_sign_up, make_task


@pytest.fixture
def shift(jinshan, now):
    return make_shift(make_task(jinshan), starts_at=now + timedelta(days=3), places=2)


@pytest.fixture
def people(jinshan):
    return [make_actor(jinshan, name).resident for name in ("赵一", "钱二", "孙三", "李四", "周五")]


def states(shift):
    return list(shift.sign_ups.order_by("line").values_list("state", flat=True))


def test_the_place_is_free_again_and_the_reminders_are_dropped(lin, shift, now):
    sign_up = claims.claim(actor=lin, shift_id=shift.pk, resident_id=lin.resident.pk, now=now)
    claims.withdraw(actor=lin, sign_up_id=sign_up.pk, now=now)
    shift.refresh_from_db()
    assert shift.taken == 0
    assert set(OutboxMessage.objects.values_list("state", flat=True)) == {"dropped"}


def test_only_ones_own_reminders_are_dropped(lin, mei, shift, now):
    for actor in (lin, mei):
        sign_up = claims.claim(actor=actor, shift_id=shift.pk, resident_id=actor.resident.pk, now=now)
    claims.withdraw(actor=mei, sign_up_id=sign_up.pk, now=now)
    assert set(OutboxMessage.objects.filter(recipient=lin.user).values_list("state", flat=True)) == {"pending"}


def test_the_first_waiting_moves_up_at_once_and_is_told(lin, mei, people, shift, now):
    mine = make_sign_up(shift, lin.resident)
    make_sign_up(shift, people[0])
    first = make_sign_up(shift, mei.resident, state=SignUpState.WAITLISTED)
    make_sign_up(shift, people[1], state=SignUpState.WAITLISTED)
    claims.withdraw(actor=lin, sign_up_id=mine.pk, now=now)
    first.refresh_from_db()
    assert first.state == SignUpState.CONFIRMED
    assert states(shift) == ["withdrawn", "confirmed", "confirmed", "waitlisted"]
    told = OutboxMessage.objects.filter(recipient=mei.user, channel="inbox").values_list("kind", flat=True)
    assert set(told) == {"task-promoted", "task-reminder-day", "task-reminder-soon"}


def test_a_group_keeps_its_turn_and_one_who_fits_is_let_by(lin, people, shift, now):
    mine = make_sign_up(shift, lin.resident)
    make_sign_up(shift, people[0])
    make_sign_up(shift, people[1], state=SignUpState.WAITLISTED, companions=1)
    make_sign_up(shift, people[2], state=SignUpState.WAITLISTED)
    claims.withdraw(actor=lin, sign_up_id=mine.pk, now=now)
    assert states(shift) == ["withdrawn", "confirmed", "waitlisted", "confirmed"]
    claims.withdraw(actor=make_staff(shift), sign_up_id=shift.sign_ups.get(resident=people[0]).pk, now=now)
    claims.withdraw(actor=make_staff(shift), sign_up_id=shift.sign_ups.get(resident=people[2]).pk, now=now)
    assert states(shift) == ["withdrawn", "withdrawn", "confirmed", "withdrawn"]


def make_staff(shift):
    from communities.choices import Role

    return make_actor(shift.community, "刘工", Role.WORKER, resident=False)


def test_one_who_asked_is_not_promoted_without_staff(lin, people, shift, now):
    mine = make_sign_up(shift, lin.resident)
    make_sign_up(shift, people[0], state=SignUpState.ASKED)
    claims.withdraw(actor=lin, sign_up_id=mine.pk, now=now)
    assert states(shift) == ["withdrawn", "asked"]


def test_leaving_the_wait_list(lin, people, shift, now):
    make_sign_up(shift, people[0], companions=1)
    waiting = make_sign_up(shift, lin.resident, state=SignUpState.WAITLISTED)
    assert claims.withdraw(actor=lin, sign_up_id=waiting.pk, now=now).state == SignUpState.WITHDRAWN


def test_twice_changes_nothing(lin, shift, now):
    mine = make_sign_up(shift, lin.resident)
    claims.withdraw(actor=lin, sign_up_id=mine.pk, now=now)
    later = claims.withdraw(actor=lin, sign_up_id=mine.pk, now=now + timedelta(hours=1))
    assert later.state_at == now


def test_not_once_it_has_begun(lin, shift, now):
    mine = make_sign_up(shift, lin.resident)
    with pytest.raises(errors.ShiftHasBegun):
        claims.withdraw(actor=lin, sign_up_id=mine.pk, now=shift.starts_at)


def test_nobody_is_promoted_once_it_has_begun(lin, people, shift, now):
    make_sign_up(shift, people[0], state=SignUpState.WAITLISTED)
    assert claims.promote(shift=shift, now=shift.starts_at) == []


@pytest.mark.parametrize("who", ["mei", "chen", "wu"])
def test_nobody_withdraws_a_neighbour(who, lin, shift, now, request):
    mine = make_sign_up(shift, lin.resident)
    with pytest.raises(NotAllowed):
        claims.withdraw(actor=request.getfixturevalue(who), sign_up_id=mine.pk, now=now)


def test_another_communitys_is_unknown(lin, outsider, shift, now):
    mine = make_sign_up(shift, lin.resident)
    with pytest.raises(SignUp.DoesNotExist):
        claims.withdraw(actor=outsider, sign_up_id=mine.pk, now=now)
