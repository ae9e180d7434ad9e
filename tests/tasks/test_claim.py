"""Claiming a shift: first come first served, a wait list, who may visit homes, what is refused."""

from datetime import date, timedelta

import pytest

from communities.models import Resident
from core.errors import NotAllowed
from notifications.models import OutboxMessage
from tasks import errors
from tasks.choices import SignUpState, TaskState
from tasks.models import Shift, SignUp
from tasks.services import claims
from tests.factories.people import make_actor
from tests.factories.tasks import make_shift, make_sign_up, make_task


@pytest.fixture
def shift(jinshan, now):
    return make_shift(make_task(jinshan), starts_at=now + timedelta(days=3), places=2)


@pytest.fixture
def visit(jinshan, now):
    return make_shift(make_task(jinshan, home_visit=True), starts_at=now + timedelta(days=3), places=1)


def claim(actor, shift, now, **more):
    return claims.claim(actor=actor, shift_id=shift.pk, resident_id=actor.resident.pk, now=now, **more)


def clear(actor, now):
    Resident.objects.filter(pk=actor.resident.pk).update(residence_verified_at=now, home_visits_cleared_at=now)


def test_it_is_confirmed_while_there_is_room(lin, shift, now):
    sign_up = claim(lin, shift, now, companions=1)
    shift.refresh_from_db()
    assert (sign_up.state, sign_up.line, sign_up.claimed_by) == (SignUpState.CONFIRMED, 1, lin.user)
    assert (shift.taken, shift.places_left) == (2, 0)


def test_reminders_are_due_24_and_2_hours_before(lin, shift, now):
    claim(lin, shift, now)
    due = OutboxMessage.objects.filter(recipient=lin.user, channel="inbox").values_list("kind", "due_at")
    assert set(due) == {
        ("task-reminder-day", shift.starts_at - timedelta(hours=24)),
        ("task-reminder-soon", shift.starts_at - timedelta(hours=2)),
    }


def test_a_late_claim_has_only_the_reminders_to_come(lin, jinshan, now):
    claim(lin, make_shift(make_task(jinshan), starts_at=now + timedelta(hours=5)), now)
    assert [one.kind for one in OutboxMessage.objects.filter(channel="inbox")] == ["task-reminder-soon"]


def test_the_full_shift_has_a_wait_list(lin, mei, zhou, shift, now):
    make_sign_up(shift, make_actor(lin.community, "黄一").resident, companions=1)
    assert claim(lin, shift, now).state == SignUpState.WAITLISTED
    assert claim(mei, shift, now).line == 3


def test_a_group_waits_and_one_who_fits_is_let_by(lin, mei, shift, now):
    make_sign_up(shift, make_actor(lin.community, "黄一").resident)
    assert claim(lin, shift, now, companions=1).state == SignUpState.WAITLISTED
    assert claim(mei, shift, now).state == SignUpState.CONFIRMED


def test_staff_claim_for_a_resident_and_both_are_named(zhou, lin, shift, now):
    sign_up = claims.claim(actor=zhou, shift_id=shift.pk, resident_id=lin.resident.pk, now=now)
    assert (sign_up.resident, sign_up.claimed_by) == (lin.resident, zhou.user)


@pytest.mark.parametrize("who", ["mei", "wu", "chen"])
def test_nobody_else_claims_for_a_neighbour(who, lin, shift, now, request):
    with pytest.raises(NotAllowed):
        claims.claim(actor=request.getfixturevalue(who), shift_id=shift.pk, resident_id=lin.resident.pk, now=now)
    assert not SignUp.objects.exists()


def test_another_communitys_shift_is_unknown(outsider, zhou, shift, now):
    with pytest.raises(Shift.DoesNotExist):
        claim(outsider, shift, now)
    with pytest.raises(Resident.DoesNotExist):
        claims.claim(actor=zhou, shift_id=shift.pk, resident_id=outsider.resident.pk, now=now)


def test_twice_is_refused_and_after_withdrawing_it_is_a_new_turn(lin, shift, now):
    first = claim(lin, shift, now)
    with pytest.raises(errors.AlreadySignedUp):
        claim(lin, shift, now)
    claims.withdraw(actor=lin, sign_up_id=first.pk, now=now)
    assert claim(lin, shift, now).line == 2


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"cancelled_at": "now"}, errors.ShiftCancelled),
        ({"starts_at": "now"}, errors.ShiftHasBegun),
        ({"state": TaskState.DRAFT}, errors.NotPublished),
        ({"state": TaskState.CANCELLED}, errors.NotPublished),
    ],
)
def test_what_is_not_open_is_refused(change, refusal, lin, shift, now):
    change = {name: now if value == "now" else value for name, value in change.items()}
    target = shift.task if "state" in change else shift
    for name, value in change.items():
        setattr(target, name, value)
    target.save()
    with pytest.raises(refusal):
        claim(lin, shift, now)


def test_more_heads_than_places_are_refused(lin, shift, now):
    with pytest.raises(errors.TooManyTogether, match="2"):
        claim(lin, shift, now, companions=2)


def test_who_is_helped_does_not_help(lin, jinshan, now):
    shift = make_shift(make_task(jinshan, beneficiary=lin.resident), starts_at=now + timedelta(days=1))
    with pytest.raises(errors.OwnTask):
        claim(lin, shift, now)


class TestHomeVisits:
    """Threat 29: who stands before a lone elder's door."""

    def test_verified_adults_whom_staff_cleared_are_in_at_once(self, lin, visit, now):
        clear(lin, now)
        assert claim(lin, visit, now).state == SignUpState.CONFIRMED

    def test_others_ask_and_hold_no_place(self, lin, mei, visit, now):
        assert claim(lin, visit, now).state == SignUpState.ASKED
        visit.refresh_from_db()
        assert visit.taken == 0
        clear(mei, now)
        assert claim(mei, visit, now).state == SignUpState.CONFIRMED

    def test_verified_alone_is_not_enough(self, lin, visit, now):
        Resident.objects.filter(pk=lin.resident.pk).update(residence_verified_at=now)
        assert claim(lin, visit, now).state == SignUpState.ASKED

    def test_staff_accept_and_the_resident_is_told(self, lin, zhou, visit, now):
        asked = claim(lin, visit, now)
        assert claims.accept(actor=zhou, sign_up_id=asked.pk, now=now).state == SignUpState.CONFIRMED
        assert OutboxMessage.objects.filter(kind="task-accepted", recipient=lin.user).exists()

    def test_accepted_late_one_waits(self, lin, mei, zhou, visit, now):
        asked = claim(lin, visit, now)
        clear(mei, now)
        claim(mei, visit, now)
        assert claims.accept(actor=zhou, sign_up_id=asked.pk, now=now).state == SignUpState.WAITLISTED

    def test_staff_decline_once(self, lin, zhou, visit, now):
        asked = claim(lin, visit, now)
        assert claims.decline(actor=zhou, sign_up_id=asked.pk, now=now).state == SignUpState.DECLINED
        with pytest.raises(errors.NothingToDecide):
            claims.accept(actor=zhou, sign_up_id=asked.pk, now=now)

    def test_residents_answer_nobody(self, lin, mei, visit, now):
        asked = claim(lin, visit, now)
        for actor in (lin, mei):
            with pytest.raises(NotAllowed):
                claims.accept(actor=actor, sign_up_id=asked.pk, now=now)

    def test_nobody_under_18_goes(self, jinshan, visit, now):
        boy = make_actor(jinshan, "王小明", birth_date=date(2010, 1, 1))
        clear(boy, now)
        with pytest.raises(errors.MinorsNotAlone):
            claim(boy, visit, now)


def test_children_under_14_bring_somebody_or_come_with_a_team(jinshan, firefly, shift, now):
    child = make_actor(jinshan, "李小花", birth_date=date(2014, 1, 1))
    with pytest.raises(errors.ChildrenInCompany):
        claim(child, shift, now)
    team_shift = make_shift(make_task(jinshan, team=firefly), starts_at=now + timedelta(days=4))
    assert claim(child, team_shift, now).state == SignUpState.CONFIRMED
    assert claim(child, shift, now, companions=1).state == SignUpState.CONFIRMED
