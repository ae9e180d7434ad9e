"""check_ledger's share of transfers: silent when sound, and each planted fault named."""

from __future__ import annotations

import pytest
from django.db import connections

from tests.factories.people import NOW
from tests.factories.transfers import send_coins
from transfers.invariants import CHECKS
from transfers.services import deciding

pytestmark = pytest.mark.django_db(transaction=True)


def findings():
    return {check.number: found for check in CHECKS if (found := check.run())}


@pytest.fixture
def lived(rich, an, zhou, xu):
    """One sent at once, one approved."""
    send_coins(rich, an, 20)
    approved = send_coins(rich, an, 1201, by=zhou)
    deciding.approve(actor=xu, transfer_id=approved.pk, now=NOW)


def plant(sql):
    tables = ("transfers_transfer", "ledger_journalentry")
    with connections["owner"].cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(sql)
        assert cursor.rowcount == 1
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def test_sound_there_is_nothing_to_say(lived):
    assert findings() == {}


@pytest.mark.parametrize(
    ("fault", "number"),
    [
        ("UPDATE ledger_hold SET amount = amount + 1 WHERE reference LIKE 'transfer:%'", 3),
        ("UPDATE transfers_transfer SET state = 'cancelled', sent_at = NULL, ended_at = now() "
         "WHERE amount_coins = 1201", 3),
        ("UPDATE transfers_transfer SET amount_coins = 19 WHERE amount_coins = 20", 10),
        ("UPDATE ledger_journalentry SET reference = 'transfer:x' WHERE amount = 20 AND debit_seq > 0", 10),
        ("UPDATE transfers_transfer SET approved_by_id = {lin} WHERE amount_coins = 1201", 7),
    ],
)  # fmt: skip
def test_a_planted_fault_is_found(lived, lin, fault, number):
    plant(fault.format(lin=lin.user_id))
    assert number in findings()
