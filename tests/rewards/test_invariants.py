"""check_ledger's checks of rewards: clean after use, and each planted fault is found and named."""

import pytest
from django.db import connections

from rewards.invariants import CHECKS
from rewards.services import requesting, reversing
from tests.factories.people import NOW
from tests.factories.rewards import give_coins, make_collected, make_ready, make_reward, request_one

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def findings():
    return {check.name: [one.subject for one in check.run()] for check in CHECKS if check.run()}


def plant(query, *values):
    """As the owner, with triggers and rights out of the way: what no service and no app role can do."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE rewards_redemption DISABLE TRIGGER USER")
        cursor.execute("ALTER TABLE rewards_stockmovement DISABLE TRIGGER USER")
        try:
            cursor.execute(query, values)
        finally:
            cursor.execute("ALTER TABLE rewards_redemption ENABLE TRIGGER USER")
            cursor.execute("ALTER TABLE rewards_stockmovement ENABLE TRIGGER USER")


@pytest.fixture
def used(lin, zhou, wang):
    """One of each state, a reversal among them."""
    give_coins(lin.resident, 2000)
    rice = make_reward(zhou, on_hand=20)
    made = {
        "rice": rice,
        "requested": request_one(lin, rice),
        "ready": make_ready(lin, rice, zhou),
        "collected": make_collected(lin, rice, zhou),
        "cancelled": requesting.cancel(actor=lin, redemption_id=request_one(lin, rice).pk, now=NOW),
        "reversed": make_collected(lin, rice, zhou),
    }
    reversing.ask_reversal(actor=zhou, redemption_id=made["reversed"].pk, reason="发错了", now=NOW)
    reversing.confirm_reversal(actor=wang, redemption_id=made["reversed"].pk, now=NOW)
    return made


def test_clean_after_use(used):
    assert findings() == {}


def test_a_state_without_its_hold(used):
    plant("UPDATE rewards_redemption SET state = 'cancelled', ended_at = now() WHERE id = %s", used["ready"].pk)
    found = findings()
    assert f"redemption {used['ready'].pk}" in found["a redemption ends once, and its hold with it"]
    assert f"goods {used['rice'].pk}" in found["stock on hand equals movements, reserved equals live redemptions"]


def test_collected_without_an_entry(used):
    plant(
        "UPDATE rewards_redemption SET state = 'collected', ended_at = now(), collected_at = now(),"
        " handed_over_by_id = approved_by_id WHERE id = %s",
        used["ready"].pk,
    )
    found = findings()
    assert f"redemption {used['ready'].pk}" in found["a collected redemption is one entry"]
    assert "community jinshan" in found["collected redemptions equal the ledger's redemption entries"]
    assert f"redemption {used['ready'].pk}" in found["what was collected left the shelf"]


def test_a_shelf_that_moved_by_itself(used):
    plant("UPDATE rewards_reward SET on_hand = on_hand + 1 WHERE id = %s", used["rice"].pk)
    assert findings() == {
        "stock on hand equals movements, reserved equals live redemptions": [f"goods {used['rice'].pk}"]
    }


def test_a_changed_movement(used):
    plant("UPDATE rewards_stockmovement SET quantity = -2 WHERE redemption_id = %s", used["collected"].pk)
    assert f"redemption {used['collected'].pk}" in findings()["what was collected left the shelf"]


def test_who_approved_for_themselves(used, lin):
    plant(
        "UPDATE rewards_redemption SET approved_by_id = %s, via = 'counter' WHERE id = %s",
        lin.user_id,
        used["collected"].pk,
    )
    assert findings() == {
        "nobody approves or hands over for their own household": [f"redemption {used['collected'].pk}"]
    }


def test_a_reversal_that_is_not_told(used):
    plant("UPDATE rewards_redemption SET reversed_at = NULL WHERE id = %s", used["reversed"].pk)
    assert findings() == {"a reversed redemption has a confirmed reversal": [f"redemption {used['reversed'].pk}"]}
