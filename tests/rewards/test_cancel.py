"""Cancel until it is collected: goods and coins are free again."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from core.errors import NotAllowed
from rewards import errors
from rewards.choices import RedemptionState
from rewards.models import Redemption
from rewards.services import requesting
from tests.factories.people import NOW
from tests.factories.rewards import coins_of, give_coins, make_collected, make_ready, make_reward, request_one

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=3)


def test_a_ready_one_days_later(lin, zhou):
    give_coins(lin.resident, 100)
    rice = make_reward(zhou)
    made = make_ready(lin, rice, zhou)
    made = requesting.cancel(actor=lin, redemption_id=made.pk, now=LATER)
    rice.refresh_from_db()
    assert (made.state, made.undone, rice.free, coins_of(lin.resident)) == (
        RedemptionState.CANCELLED,
        False,
        10,
        (100, 0, 100),
    )


def test_staff_for_the_resident_say_why(lin, zhou):
    give_coins(lin.resident, 100)
    made = request_one(lin, make_reward(zhou))
    made = requesting.cancel(actor=zhou, redemption_id=made.pk, now=LATER, reason="包装破损")
    assert (made.reason, made.ended_by_id) == ("包装破损", zhou.user_id)


def test_not_what_was_collected(lin, zhou):
    give_coins(lin.resident, 100)
    made = make_collected(lin, make_reward(zhou), zhou)
    with pytest.raises(errors.AlreadyCollected):
        requesting.cancel(actor=lin, redemption_id=made.pk, now=LATER)


def test_nobody_else(lin, mei, chen, zhou):
    give_coins(lin.resident, 100)
    made = request_one(lin, make_reward(zhou))
    for stranger in (mei, chen):
        with pytest.raises(NotAllowed):
            requesting.cancel(actor=stranger, redemption_id=made.pk, now=LATER)


def test_not_from_another_community(lin, outsider, zhou):
    give_coins(lin.resident, 100)
    made = request_one(lin, make_reward(zhou))
    with pytest.raises(Redemption.DoesNotExist):
        requesting.cancel(actor=outsider, redemption_id=made.pk, now=LATER)


def test_the_database_lets_it_end_once(lin, zhou):
    give_coins(lin.resident, 100)
    made = request_one(lin, make_reward(zhou))
    requesting.cancel(actor=lin, redemption_id=made.pk, now=LATER)
    for state in ("requested", "ready", "collected", "refused", "expired"):
        with pytest.raises(DatabaseError), transaction.atomic():
            Redemption.objects.filter(pk=made.pk).update(state=state)


def test_rows_are_never_deleted(lin, zhou):
    give_coins(lin.resident, 100)
    made = request_one(lin, make_reward(zhou))
    with pytest.raises(DatabaseError), transaction.atomic():
        made.delete()
