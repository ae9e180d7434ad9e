"""Moves between wallets where the services are gone round, at once, and with faults that check_ledger must find."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, connections, transaction

from communities import errors_moves as errors
from communities.choices import MoveState, Role
from communities.invariants_moves import CHECKS
from communities.models import HouseholdMove
from communities.selectors_moves import fund_of
from communities.services import moves
from ledger.choices import EntryKind
from ledger.errors import TooLittle
from ledger.models import JournalEntry
from ledger.services.posting import LineRequest, post
from tests.factories.moves import LATER, asked, coins_in, spend
from tests.factories.people import make_actor

pytestmark = pytest.mark.django_db


# The database says the same to whoever goes round the services.


def test_one_person_alone_is_refused_by_the_database(clerk, wang_family, li_family):
    (_, his), (_, hers) = wang_family, li_family
    move = asked(clerk, his, hers)
    decided = {"state": MoveState.CONFIRMED, "decided_at": LATER, "amount_coins": 300}
    with pytest.raises(IntegrityError, match="move_by_two_people"), transaction.atomic():
        HouseholdMove.objects.filter(pk=move.pk).update(decided_by=clerk.user, **decided)
    with pytest.raises(IntegrityError, match="move_confirmed_has_coins"), transaction.atomic():
        HouseholdMove.objects.filter(pk=move.pk).update(**{**decided, "amount_coins": 0})
    with pytest.raises(IntegrityError, match="move_asks_for_coins"), transaction.atomic():
        HouseholdMove.objects.filter(pk=move.pk).update(asked_coins=0)


def test_who_lives_off_it_is_refused_by_the_database(clerk, helper, wang_family, li_family):
    (he, his), (_, hers) = wang_family, li_family
    move = asked(clerk, his, hers)
    decided = {"state": MoveState.CONFIRMED, "decided_at": LATER, "amount_coins": 300}
    with pytest.raises(DatabaseError, match="lives off"), transaction.atomic():
        HouseholdMove.objects.filter(pk=move.pk).update(decided_by=he.user, **decided)
    with pytest.raises(DatabaseError, match="lives off"), transaction.atomic():
        HouseholdMove.objects.filter(pk=move.pk).update(asked_by=he.user)
    moves.decline(actor=helper, move_id=move.pk, now=LATER)
    with pytest.raises(DatabaseError, match="was decided"), transaction.atomic():
        HouseholdMove.objects.filter(pk=move.pk).update(state=MoveState.CONFIRMED, amount_coins=300)


# At once.


@pytest.mark.django_db(transaction=True)
def test_two_confirm_at_once(together, xincheng, clerk, wang_family, li_family):
    (_, his), (_, hers) = wang_family, li_family
    second = [make_actor(xincheng, f"干事{number}", Role.MANAGER, resident=False) for number in range(6)]
    move = asked(clerk, his, hers)
    answers = together(6, lambda at: moves.confirm(actor=second[at], move_id=move.pk, now=LATER))
    assert sum(isinstance(one, HouseholdMove) for one in answers) == 1
    assert sum(isinstance(one, errors.MoveDecided) for one in answers) == 5
    assert JournalEntry.objects.filter(reference=move.reference).count() == 1
    assert (coins_in(his), coins_in(hers)) == (0, 300)


@pytest.mark.django_db(transaction=True)
def test_confirmed_while_the_coins_are_spent(together, clerk, helper, wang_family, li_family):
    (_, his), (_, hers) = wang_family, li_family
    move = asked(clerk, his, hers, 200)

    def work(at: int) -> object:
        if at == 0:
            return moves.confirm(actor=helper, move_id=move.pk, now=LATER)
        return spend(his, 50, f"redemption:race-{at}")

    answers = together(7, work)
    assert sum(isinstance(one, TooLittle) for one in answers) > 0
    assert coins_in(his) >= 0
    spent = sum(50 for one in answers[1:] if not isinstance(one, Exception))
    assert coins_in(his) + coins_in(hers) + spent == 300
    assert findings() == {}


@pytest.mark.django_db(transaction=True)
def test_two_ask_for_one_wallet_at_once(together, clerk, helper, wang_family, li_family):
    (_, his), (_, hers) = wang_family, li_family
    answers = together(4, lambda at: asked([clerk, helper][at % 2], his, hers))
    assert sum(isinstance(one, HouseholdMove) for one in answers) == 1
    assert sum(isinstance(one, errors.MoveOpen) for one in answers) == 3


# What check_ledger finds.


def findings() -> dict[str, list[str]]:
    return {check.name: [one.subject for one in check.run()] for check in CHECKS if check.run()}


def plant(query: str, *values: object) -> None:
    """As the owner, with triggers out of the way."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE communities_householdmove DISABLE TRIGGER USER")
        try:
            cursor.execute(query, values)
        finally:
            cursor.execute("ALTER TABLE communities_householdmove ENABLE TRIGGER USER")


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_planted_faults_are_found(clerk, helper, boss, wang_family, li_family):
    (he, his), (_, hers) = wang_family, li_family
    move = asked(clerk, his, hers)
    moves.confirm(actor=helper, move_id=move.pk, now=LATER)
    assert findings() == {}
    one, told, own = (check.name for check in CHECKS)
    table = "UPDATE communities_householdmove SET"
    for change, value, back, name in [
        ("amount_coins = %s", 299, 300, one),
        ("to_wallet_id = %s", fund_of(his.community), hers.wallet_id, one),
        ("decided_by_id = %s", he.user_id, helper.user_id, own),
    ]:
        plant(f"{table} {change} WHERE id = %s", value, move.pk)
        assert findings()[name] == [f"move {move.pk}"]
        plant(f"{table} {change} WHERE id = %s", back, move.pk)
    moves.ask_reversal(actor=clerk, move_id=move.pk, reason="弄错了", now=LATER)
    moves.confirm_reversal(actor=boss, move_id=move.pk, now=LATER)
    plant(f"{table} reversed_at = NULL WHERE id = %s", move.pk)
    assert findings() == {told: [f"move {move.pk}"]}
    plant(f"{table} reversed_at = %s WHERE id = %s", LATER, move.pk)
    line = LineRequest(
        his.community.book_id, "household-move:nobody", EntryKind.HOUSEHOLD_MOVE, his.wallet_id, hers.wallet_id, 5
    )
    entry = post(line, now=LATER)
    assert findings() == {one: [f"book {his.community.book_id} entry {entry.entry_id}"]}
