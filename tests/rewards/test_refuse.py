"""Refusing with a reason: coins and goods are free again, the resident reads why."""

import pytest

from core.errors import NotAllowed
from notifications import kinds
from notifications.models import OutboxMessage
from rewards import errors
from rewards.choices import RedemptionState
from rewards.services import approving
from tests.factories.people import NOW
from tests.factories.rewards import coins_of, give_coins, make_ready, make_reward, request_one

pytestmark = pytest.mark.django_db


def refuse(actor, made, reason="今天没有货"):
    return approving.refuse(actor=actor, redemption_id=made.pk, reason=reason, now=NOW)


def test_frees_and_tells(lin, zhou):
    give_coins(lin.resident, 100)
    rice = make_reward(zhou)
    made = refuse(zhou, request_one(lin, rice))
    rice.refresh_from_db()
    assert (made.state, rice.reserved, coins_of(lin.resident)) == (RedemptionState.REFUSED, 0, (100, 0, 100))
    told = OutboxMessage.objects.get(subject=made.reference, recipient_id=lin.user_id)
    assert "今天没有货" in kinds.render(told.kind, told.payload).body


def test_needs_a_reason(lin, zhou):
    give_coins(lin.resident, 100)
    made = request_one(lin, make_reward(zhou))
    with pytest.raises(errors.ReasonMissing):
        refuse(zhou, made, "  ")


def test_residents_may_not(lin, mei, zhou):
    give_coins(lin.resident, 100)
    made = request_one(lin, make_reward(zhou))
    with pytest.raises(NotAllowed):
        refuse(mei, made)


def test_not_what_is_ready(lin, zhou, wang):
    give_coins(lin.resident, 100)
    made = make_ready(lin, make_reward(zhou), zhou)
    with pytest.raises(errors.Ended):
        refuse(wang, made)
