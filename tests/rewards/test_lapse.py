"""Requests lapse after 7 days, codes after 30: once, however often the sweep runs."""

from datetime import timedelta

import pytest

from ledger.choices import HoldStatus
from ledger.models import Hold
from notifications import due
from notifications.models import OutboxMessage
from rewards import errors
from rewards.choices import RedemptionState
from rewards.services import approving, lapsing
from tests.factories.people import NOW
from tests.factories.rewards import coins_of, give_coins, make_ready, make_reward, request_one

pytestmark = pytest.mark.django_db


def test_a_request_after_seven_days(lin, zhou):
    give_coins(lin.resident, 100)
    rice = make_reward(zhou)
    made = request_one(lin, rice)
    assert lapsing.lapse_requests(NOW + timedelta(days=7, seconds=-1)) == 0
    assert lapsing.lapse_requests(NOW + timedelta(days=7)) == 1
    assert lapsing.lapse_requests(NOW + timedelta(days=7)) == 0
    made.refresh_from_db()
    rice.refresh_from_db()
    assert (made.state, rice.reserved, coins_of(lin.resident)) == (RedemptionState.EXPIRED, 0, (100, 0, 100))
    assert Hold.objects.get().status == HoldStatus.EXPIRED
    assert OutboxMessage.objects.filter(kind="redemption_lapsed", recipient_id=lin.user_id).count() == 1


def test_a_code_after_thirty_days(lin, zhou):
    give_coins(lin.resident, 100)
    made = make_ready(lin, make_reward(zhou), zhou)
    assert lapsing.expire_codes(NOW + timedelta(days=30, seconds=-1)) == 0
    assert lapsing.expire_codes(NOW + timedelta(days=30)) == 1
    made.refresh_from_db()
    assert (made.state, coins_of(lin.resident)) == (RedemptionState.EXPIRED, (100, 0, 100))


def test_a_lapsed_request_is_not_approved_before_the_sweep(lin, zhou):
    give_coins(lin.resident, 100)
    made = request_one(lin, make_reward(zhou))
    with pytest.raises(errors.Ended):
        approving.approve(actor=zhou, redemption_id=made.pk, now=NOW + timedelta(days=7))


def test_it_is_due_work():
    assert {"requests", "codes", "seats"} <= {work.name for work in due.works()}


@pytest.mark.django_db(transaction=True)
def test_four_sweeps_at_once(lin, zhou, together):
    give_coins(lin.resident, 600)
    rice = make_reward(zhou)
    for _one in range(8):
        request_one(lin, rice)
    counts = together(4, lambda _at: lapsing.lapse_requests(NOW + timedelta(days=8)))
    rice.refresh_from_db()
    assert sum(counts) + lapsing.lapse_requests(NOW + timedelta(days=8)) == 8
    assert (rice.reserved, coins_of(lin.resident)) == (0, (600, 0, 600))
    assert OutboxMessage.objects.filter(kind="redemption_lapsed").count() == 8
