"""Coins move between wallets on a split, a merge or a death: one of the staff asks, a second confirms."""

from __future__ import annotations

from datetime import timedelta

import pytest

from communities import errors_moves as errors
from communities.choices import MoveKind, MoveState, Role
from communities.invariants_moves import CHECKS
from communities.models import HouseholdMove
from communities.selectors_moves import fund_of
from communities.services import households, moves
from core.errors import NotAllowed
from core.sources import source_of
from ledger.choices import AccountKind, EntryKind
from ledger.errors import TooLittle
from ledger.models import JournalEntry
from ledger.selectors import balance, system_account_id
from ledger.services.books import set_credit_line
from ledger.services.holds import hold
from ledger.services.posting import LineRequest, post
from notifications.models import OutboxMessage
from tests.factories.moves import LATER, asked, coins_in, give, spend
from tests.factories.people import JOINED, NOW, make_actor, make_resident

pytestmark = pytest.mark.django_db


def test_two_people_move_all_the_coins(clerk, boss, wang_family, li_family):
    (_, his), (_, hers) = wang_family, li_family
    move = asked(clerk, his, hers)
    assert (coins_in(his), coins_in(hers)) == (300, 0)
    moves.confirm(actor=boss, move_id=move.pk, now=LATER)
    move.refresh_from_db()
    assert (coins_in(his), coins_in(hers)) == (0, 300)
    assert (move.state, move.amount_coins, move.decided_by) == (MoveState.CONFIRMED, 300, boss.user)
    entry = JournalEntry.objects.get(reference=move.reference)
    assert (entry.kind, entry.amount, entry.actor_id) == (EntryKind.HOUSEHOLD_MOVE, 300, boss.user_id)


def test_a_part_of_them(clerk, helper, wang_family, li_family):
    (_, his), (_, hers) = wang_family, li_family
    move = asked(clerk, his, hers, 120, MoveKind.SPLIT, "分户")
    moves.confirm(actor=helper, move_id=move.pk, now=LATER)
    assert (coins_in(his), coins_in(hers)) == (180, 120)


def test_after_a_death_to_the_fund(xincheng, clerk, helper, wang_family):
    _, his = wang_family
    move = asked(clerk, his, fund_of(xincheng), None, MoveKind.DEATH, "无继承人")
    moves.confirm(actor=helper, move_id=move.pk, now=LATER)
    assert coins_in(his) == 0
    assert balance(fund_of(xincheng)).balance == 300


def test_a_residents_own_wallet_goes_to_who_lived_with_them(jinshan, zhou, wang, lin):
    heir, stranger = make_resident(jinshan, "林小华"), make_resident(jinshan, "陈邻居")
    household = households.open_household(actor=zhou, resident_ids=[lin.resident.pk, heir.pk], now=NOW)
    households.leave(actor=zhou, household_id=household.pk, resident_id=heir.pk, now=NOW + timedelta(days=1))
    opening = system_account_id(jinshan.book_id, AccountKind.OPENING)
    post(
        LineRequest(jinshan.book_id, "opening:1", EntryKind.OPENING_BALANCE, opening, lin.resident.wallet_id, 90),
        now=JOINED,
    )
    for kind, target, refusal in [
        (MoveKind.DEATH, stranger, errors.NotOfTheHousehold),
        (MoveKind.SPLIT, heir, errors.DeathAlone),
    ]:
        with pytest.raises(refusal):
            asked(zhou, lin.resident, target, kind=kind)
    move = asked(zhou, lin.resident, heir, kind=MoveKind.DEATH)
    moves.confirm(actor=wang, move_id=move.pk, now=LATER)
    assert (coins_in(lin.resident), coins_in(heir)) == (0, 90)


def test_held_coins_stay_and_are_paid_from_what_stays(clerk, helper, wang_family, li_family):
    (_, his), (_, hers) = wang_family, li_family
    redeemed = system_account_id(his.community.book_id, AccountKind.REDEEMED)
    hold(
        book_id=his.community.book_id,
        reference="redemption:1",
        kind=EntryKind.REDEMPTION,
        debit_id=his.wallet_id,
        credit_id=redeemed,
        amount=100,
        actor_id=None,
        now=NOW,
    )
    with pytest.raises(errors.MoreThanFree):
        asked(clerk, his, hers, 201)
    moves.confirm(actor=helper, move_id=asked(clerk, his, hers).pk, now=LATER)
    found = balance(his.wallet_id)
    assert (found.balance, found.held, coins_in(hers)) == (100, 100, 200)


def test_a_credit_line_is_no_coins(clerk, helper, wang_family, li_family):
    (_, his), (_, hers) = wang_family, li_family
    set_credit_line(account_ids=[his.wallet_id], line=500)
    with pytest.raises(errors.MoreThanFree):
        asked(clerk, his, hers, 301)
    move = asked(clerk, his, hers, 300)
    spend(his, 50, "redemption:2")
    with pytest.raises(errors.MoreThanFree):
        moves.confirm(actor=helper, move_id=move.pk, now=LATER)
    assert (coins_in(his), coins_in(hers)) == (250, 0)
    assert HouseholdMove.objects.get(pk=move.pk).is_open


def test_what_was_spent_meanwhile_is_refused(clerk, helper, wang_family, li_family):
    (_, his), (_, hers) = wang_family, li_family
    move = asked(clerk, his, hers, 300)
    spend(his, 50, "redemption:3")
    with pytest.raises(TooLittle):
        moves.confirm(actor=helper, move_id=move.pk, now=LATER)
    assert (coins_in(his), coins_in(hers)) == (250, 0)


@pytest.mark.parametrize("who", ["asker", "resident", "of the household", "auditor", "stranger"])
def test_who_may_not_confirm(who, xincheng, clerk, wang_family, li_family, zhou):
    (he, his), (_, hers) = wang_family, li_family
    move = asked(clerk, his, hers)
    people = {
        "asker": clerk,
        "resident": he,
        "of the household": make_actor(xincheng, "李干事", Role.WORKER),
        "auditor": make_actor(xincheng, "审计员", Role.AUDITOR, resident=False),
        "stranger": zhou,
    }
    own = people["of the household"]
    households.move(actor=clerk, household_id=hers.pk, resident_id=own.resident.pk, now=NOW)
    refusal = {"asker": errors.MoveOfOwn, "stranger": HouseholdMove.DoesNotExist}.get(who, NotAllowed)
    with pytest.raises(refusal):
        moves.confirm(actor=people[who], move_id=move.pk, now=LATER)
    assert coins_in(hers) == 0


def test_nobody_asks_for_their_own_household(xincheng, clerk, wang_family, li_family):
    (_, his), (_, hers) = wang_family, li_family
    own = make_actor(xincheng, "李干事", Role.WORKER)
    households.move(actor=clerk, household_id=his.pk, resident_id=own.resident.pk, now=NOW)
    with pytest.raises(errors.LivesOffWallet):
        asked(own, his, hers)
    with pytest.raises(errors.LivesOffWallet):
        asked(own, hers, his)


def test_above_the_limit_a_manager_confirms(xincheng, clerk, helper, boss, wang_family, li_family):
    (_, his), (_, hers) = wang_family, li_family
    xincheng.settings.two_person_limit_coins = 299
    xincheng.settings.save()
    move = asked(clerk, his, hers)
    with pytest.raises(errors.ManagerConfirms):
        moves.confirm(actor=helper, move_id=move.pk, now=LATER)
    moves.confirm(actor=boss, move_id=move.pk, now=LATER)
    assert coins_in(hers) == 300


def test_what_is_not_asked(clerk, wang_family, li_family, xincheng, lin):
    (_, his), (_, hers) = wang_family, li_family
    for refusal, arguments in [
        (errors.MoveReasonMissing, (his, hers, None, MoveKind.MERGE, "  ")),
        (errors.SameWallet, (his, his)),
        (errors.NothingFree, (hers, his)),
        (errors.MoreThanFree, (his, hers, 301)),
        (errors.FundAfterDeathAlone, (his, fund_of(xincheng))),
        (NotAllowed, (his, lin.resident)),  # of another book
    ]:
        with pytest.raises(refusal):
            asked(clerk, *arguments)
    assert not HouseholdMove.objects.exists()


def test_one_open_request_a_wallet(clerk, helper, wang_family, li_family):
    (_, his), (_, hers) = wang_family, li_family
    first = asked(clerk, his, hers, 10)
    with pytest.raises(errors.MoveOpen):
        asked(clerk, his, hers, 20)
    moves.decline(actor=clerk, move_id=first.pk, now=LATER)
    second = asked(clerk, his, hers, 20)
    moves.confirm(actor=helper, move_id=second.pk, now=LATER)
    for decide in (moves.confirm, moves.decline):
        for move in (first, second):
            with pytest.raises(errors.MoveDecided):
                decide(actor=helper, move_id=move.pk, now=LATER)
    assert coins_in(hers) == 20


def test_pending_hours_still_pay_the_household_of_the_service_date(clerk, helper, wang_family, li_family):
    (he, his), (_, hers) = wang_family, li_family
    households.move(actor=clerk, household_id=hers.pk, resident_id=he.resident.pk, now=NOW)
    moves.confirm(actor=helper, move_id=asked(clerk, his, hers).pk, now=LATER)
    give(his, 60, now=LATER)  # hours of before the merge, verified after it
    moves.confirm(actor=helper, move_id=asked(clerk, his, hers).pk, now=LATER)
    assert (coins_in(his), coins_in(hers)) == (0, 360)


def test_a_reversal_by_two(clerk, helper, boss, wang_family, li_family):
    (_, his), (_, hers) = wang_family, li_family
    move = asked(clerk, his, hers)
    with pytest.raises(errors.NotMoved):
        moves.ask_reversal(actor=clerk, move_id=move.pk, reason="弄错了", now=LATER)
    moves.confirm(actor=helper, move_id=move.pk, now=LATER)
    moves.ask_reversal(actor=clerk, move_id=move.pk, reason="弄错了", now=LATER)
    with pytest.raises(errors.MoveReversalOpen):
        moves.ask_reversal(actor=helper, move_id=move.pk, reason="再来", now=LATER)
    for actor, refusal in [(helper, NotAllowed), (clerk, NotAllowed)]:
        with pytest.raises(refusal):
            moves.confirm_reversal(actor=actor, move_id=move.pk, now=LATER)
    moves.decline_reversal(actor=boss, move_id=move.pk, now=LATER)
    assert coins_in(hers) == 300
    moves.ask_reversal(actor=clerk, move_id=move.pk, reason="确实弄错了", now=LATER)
    spend(hers, 100, "redemption:4")
    moves.confirm_reversal(actor=boss, move_id=move.pk, now=LATER)
    assert coins_in(his) == 300
    with pytest.raises(errors.NotMoved):
        moves.ask_reversal(actor=clerk, move_id=move.pk, reason="又错了", now=LATER)
    assert [one.run() for one in CHECKS] == [[]] * len(CHECKS)


def test_both_households_are_told(clerk, helper, wang_family, li_family, xincheng):
    (he, his), (she, hers) = wang_family, li_family
    make_actor(xincheng, "路人")
    move = asked(clerk, his, hers, 120)
    assert not OutboxMessage.objects.filter(subject=move.reference).exists()
    moves.confirm(actor=helper, move_id=move.pk, now=LATER)
    told = OutboxMessage.objects.filter(subject=move.reference)
    assert {one.recipient_id: one.payload["in"] for one in told} == {he.user_id: False, she.user_id: True}


def test_both_passbooks_say_it(clerk, helper, wang_family, li_family):
    (_, his), (_, hers) = wang_family, li_family
    move = asked(clerk, his, hers)
    moves.confirm(actor=helper, move_id=move.pk, now=LATER)
    line = source_of(move.reference)
    assert line.title_en == f"Household {his.number} → Household {hers.number}"
    assert line.title_zh == f"家庭户 {his.number} → 家庭户 {hers.number}"
    assert line.url.endswith(f"/people/moves/{move.pk}/")
    assert source_of("household-move:nonsense") is None
