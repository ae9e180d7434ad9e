"""Approving: a code is made; nobody decides for their own; above the limit two people."""

import pytest
from django.db import DatabaseError, transaction

from communities.choices import Role
from communities.models import Household
from communities.services import households
from core.errors import NotAllowed
from notifications.models import OutboxMessage
from rewards import errors, rules
from rewards.choices import RedemptionState
from rewards.models import Redemption
from rewards.services import approving, requesting
from tests.factories.people import NOW, make_actor
from tests.factories.rewards import BEFORE, give_coins, make_ready, make_reward, request_one, set_settings

pytestmark = pytest.mark.django_db


def approve(actor, made, now=NOW):
    return approving.approve(actor=actor, redemption_id=made.pk, now=now)


def test_makes_a_code_and_tells_the_resident(lin, zhou):
    give_coins(lin.resident, 100)
    made = make_ready(lin, make_reward(zhou), zhou)
    assert (made.state, made.approved_by_id) == (RedemptionState.READY, zhou.user_id)
    assert made.code.isdigit()
    assert len(made.code) == 8
    assert len(made.qr_token) == rules.TOKEN_LENGTH
    assert (made.expires_at - NOW).days == 30
    told = OutboxMessage.objects.filter(subject=made.reference, recipient_id=lin.user_id)
    assert {one.kind for one in told} == {"redemption_approved", "redemption_expiring"}


@pytest.mark.parametrize(
    ("role", "may"),
    [(Role.WORKER, True), (Role.MANAGER, True), (Role.AUDITOR, False), (Role.MERCHANT, False), (None, False)],
)
def test_who_may(jinshan, lin, zhou, role, may):
    give_coins(lin.resident, 100)
    made = request_one(lin, make_reward(zhou))
    someone = make_actor(jinshan, "某人", *([role] if role else []), resident=role is None)
    if may:
        assert approve(someone, made).state == RedemptionState.READY
    else:
        with pytest.raises(NotAllowed):
            approve(someone, made)


def test_not_for_oneself(jinshan, zhou):
    clerk = make_actor(jinshan, "自己", Role.MANAGER)
    give_coins(clerk.resident, 100)
    made = request_one(clerk, make_reward(zhou))
    with pytest.raises(errors.OwnRedemption):
        approve(clerk, made)


def share_home(jinshan, zhou, one, other):
    home = households.new_household(jinshan, BEFORE)
    for member in (one, other):
        households.add_member(home, member.resident, BEFORE)
    assert Household.objects.count() == 1


def test_not_for_the_household_and_the_database_says_the_same(jinshan, lin, zhou):
    son = make_actor(jinshan, "林子", Role.WORKER)
    share_home(jinshan, zhou, lin, son)
    give_coins(lin.resident, 100)
    made = request_one(lin, make_reward(zhou))
    with pytest.raises(errors.OwnRedemption):
        approve(son, made)
    for column in ("approved_by_id", "second_approved_by_id", "handed_over_by_id"):
        with pytest.raises(DatabaseError, match="cannot decide"), transaction.atomic():
            Redemption.objects.filter(pk=made.pk).update(**{column: son.user_id, "approved_at": NOW})


def test_not_by_who_entered_it(lin, zhou, wang):
    give_coins(lin.resident, 100)
    rice = make_reward(zhou)
    made = requesting.request_redemption(
        actor=zhou, reward_id=rice.pk, resident_id=lin.resident.pk, quantity=1, now=NOW
    )
    with pytest.raises(errors.EnteredBySame):
        approve(zhou, made)
    with pytest.raises(DatabaseError, match="rewards_redemption_not_enterer"), transaction.atomic():
        Redemption.objects.filter(pk=made.pk).update(approved_by=zhou.user)
    assert approve(wang, made).state == RedemptionState.READY


def test_above_the_limit_two_people(jinshan, lin, zhou, wang):
    set_settings(jinshan, two_person_limit_coins=100, automatic_approval_up_to=5000)
    give_coins(lin.resident, 1000)
    made = request_one(lin, make_reward(zhou, price=101))
    made = approve(zhou, made)
    assert (made.state, made.code) == (RedemptionState.REQUESTED, "")
    with pytest.raises(errors.NeedsSecond):
        approve(zhou, made)
    with pytest.raises(DatabaseError, match="rewards_redemption_"), transaction.atomic():
        Redemption.objects.filter(pk=made.pk).update(second_approved_by=zhou.user)
    with pytest.raises(DatabaseError, match="rewards_redemption_approved"), transaction.atomic():
        Redemption.objects.filter(pk=made.pk).update(state="ready", code="12345678", qr_token="t", expires_at=NOW)
    made = approve(wang, made)
    assert (made.state, made.second_approved_by_id) == (RedemptionState.READY, wang.user_id)


def test_twice(lin, zhou, wang):
    give_coins(lin.resident, 100)
    made = make_ready(lin, make_reward(zhou), zhou)
    with pytest.raises(errors.Ended):
        approve(wang, made)


def test_live_codes_are_unique(lin, zhou, monkeypatch):
    give_coins(lin.resident, 1000)
    rice = make_reward(zhou)
    drawn = iter(["11111111", "11111111", "22222222"])
    monkeypatch.setattr(rules, "new_code", lambda: next(drawn))
    first, second = make_ready(lin, rice, zhou), make_ready(lin, rice, zhou)
    assert (first.code, second.code) == ("11111111", "22222222")
    with pytest.raises(DatabaseError, match="rewards_redemption_code"), transaction.atomic():
        Redemption.objects.filter(pk=second.pk).update(code="11111111")


@pytest.mark.django_db(transaction=True)
def test_eight_approve_at_once_one_code(lin, zhou, jinshan, together):
    give_coins(lin.resident, 100)
    made = request_one(lin, make_reward(zhou))
    staff = [make_actor(jinshan, f"员{at}", Role.WORKER, resident=False) for at in range(8)]
    answers = together(8, lambda at: approve(staff[at], made))
    assert sum(isinstance(one, Redemption) for one in answers) == 1
    assert sum(isinstance(one, errors.Ended) for one in answers) == 7
