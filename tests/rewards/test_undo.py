"""Undo within ten minutes leaves no line; after that there is cancel."""

from datetime import timedelta

import pytest

from core.errors import NotAllowed
from ledger.choices import HoldStatus
from ledger.models import Hold, JournalEntry
from rewards import errors
from rewards.choices import RedemptionState
from rewards.models import Redemption
from rewards.services import desk, requesting
from tests.factories.people import NOW
from tests.factories.rewards import coins_of, give_coins, make_ready, make_reward, request_one

pytestmark = pytest.mark.django_db
SOON = NOW + timedelta(minutes=9, seconds=59)


def undo(actor, made, now=SOON):
    return requesting.undo(actor=actor, redemption_id=made.pk, now=now)


def test_leaves_no_line(lin, zhou):
    give_coins(lin.resident, 100)
    rice = make_reward(zhou)
    made = undo(lin, request_one(lin, rice))
    rice.refresh_from_db()
    assert (made.state, made.undone, rice.reserved) == (RedemptionState.CANCELLED, True, 0)
    assert coins_of(lin.resident) == (100, 0, 100)
    assert JournalEntry.objects.filter(reference__startswith="redemption:").count() == 0
    assert Hold.objects.get().status == HoldStatus.RELEASED


def test_also_when_it_is_ready(lin, zhou):
    give_coins(lin.resident, 100)
    assert undo(lin, make_ready(lin, make_reward(zhou), zhou)).undone


def test_after_ten_minutes_it_is_too_late(lin, zhou):
    give_coins(lin.resident, 100)
    made = request_one(lin, make_reward(zhou))
    with pytest.raises(errors.TooLateToUndo):
        undo(lin, made, NOW + timedelta(minutes=10))


def test_nobody_else(lin, mei, zhou):
    give_coins(lin.resident, 100)
    made = request_one(lin, make_reward(zhou))
    with pytest.raises(NotAllowed):
        undo(mei, made)


def test_twice(lin, zhou):
    give_coins(lin.resident, 100)
    made = request_one(lin, make_reward(zhou))
    undo(lin, made)
    with pytest.raises(errors.Ended):
        undo(lin, made)


@pytest.mark.django_db(transaction=True)
def test_undo_and_hand_over_at_once_one_wins(lin, zhou, together):
    give_coins(lin.resident, 1000)
    rice = make_reward(zhou, on_hand=20)
    for _round in range(5):
        made = make_ready(lin, rice, zhou)
        steps = [
            lambda made=made: undo(lin, made),
            lambda made=made: desk.hand_over(actor=zhou, typed=made.code, now=SOON),
        ]
        answers = together(2, lambda at, steps=steps: steps[at]())
        made.refresh_from_db()
        assert sum(isinstance(one, Redemption) for one in answers) == 1
        assert made.state in (RedemptionState.CANCELLED, RedemptionState.COLLECTED)
        assert JournalEntry.objects.filter(reference=made.collect_reference).count() == (
            made.state == RedemptionState.COLLECTED
        )
    rice.refresh_from_db()
    assert rice.reserved == 0
