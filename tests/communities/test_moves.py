"""Coins move between wallets on a split, a merge or a death: one of the staff asks, a second confirms."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from communities import errors_moves as errors
from communities.choices import MoveKind, MoveState, Role
from communities.invariants_moves import CHECKS
from communities.models import HouseholdMove
from communities.selectors import household_of
from communities.selectors_moves import fund_of
from communities.services import households, moves
from communities.services.moves import Terms
from core.errors import NotAllowed
from core.sources import source_of
from ledger.choices import AccountKind, EntryKind
from ledger.errors import TooLittle
from ledger.models import JournalEntry
from ledger.selectors import balance, system_account_id
from ledger.services.books import set_floor
from ledger.services.holds import hold
from ledger.services.posting import LineRequest, post
from notifications.models import OutboxMessage
from tests.factories.people import JOINED, NOW, make_actor, make_resident

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def clerk(xincheng):
    """钱干事, a worker."""
    return make_actor(xincheng, "钱干事", Role.WORKER, resident=False)


@pytest.fixture
def helper(xincheng):
    """孙干事, another worker."""
    return make_actor(xincheng, "孙干事", Role.WORKER, resident=False)


@pytest.fixture
def boss(xincheng):
    """赵主任, a manager."""
    return make_actor(xincheng, "赵主任", Role.MANAGER, resident=False)


@pytest.fixture
def wang_family(xincheng):
    """汪大成, in a household of his own with 300 points."""
    actor = make_actor(xincheng, "汪大成")
    household = household_of(actor.resident, NOW.date()).household
    give(household, 300)
    return actor, household


@pytest.fixture
def li_family(xincheng):
    """李秀芳, in a household of her own, without a point."""
    actor = make_actor(xincheng, "李秀芳")
    return actor, household_of(actor.resident, NOW.date()).household


def give(household, coins: int, *, now=JOINED) -> None:
    book_id = household.community.book_id
    opening = system_account_id(book_id, AccountKind.OPENING)
    number = JournalEntry.objects.count()
    post(
        LineRequest(book_id, f"opening:{number}", EntryKind.OPENING_BALANCE, opening, household.wallet_id, coins),
        now=now,
    )


def spend(household, coins: int, reference: str) -> object:
    book_id = household.community.book_id
    redeemed = system_account_id(book_id, AccountKind.REDEEMED)
    return post(LineRequest(book_id, reference, EntryKind.REDEMPTION, household.wallet_id, redeemed, coins), now=LATER)


def asked(actor, source, target, coins=None, kind=MoveKind.MERGE, reason="两户合并"):
    to_wallet = target if isinstance(target, int) else target.wallet_id
    return moves.ask(actor=actor, terms=Terms(kind, source.wallet_id, to_wallet, coins, reason), now=NOW)


def coins_in(holder) -> int:
    return balance(holder.wallet_id).balance


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
    set_floor(account_id=his.wallet_id, floor=-500)
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
    assert findings() == {}


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


# The pages.


def test_from_asking_to_the_signed_slip(clerk, boss, wang_family, li_family, client_for, now_is_later):
    (_, his), (_, hers) = wang_family, li_family
    base = "/c/xincheng/people/moves/"
    browser, second = client_for(clerk), client_for(boss)
    page = browser.get(f"{base}new/?from={his.number}").content.decode()
    assert f'value="{his.number}"' in page
    sent = {
        "form_key": "k1",
        "kind": "merge",
        "from_number": his.number.lstrip("0"),
        "to_number": hers.number,
        "coins": "",
        "reason": "两户合并",
    }
    led = browser.post(f"{base}new/", sent)
    assert browser.post(f"{base}new/", sent).url == led.url
    move = HouseholdMove.objects.get()
    assert f"/{move.pk}/confirm/" not in browser.get(led.url).content.decode()
    assert f"/{move.pk}/confirm/" in second.get(led.url).content.decode()
    for _ in range(2):  # a second click of the same form
        second.post(f"{base}{move.pk}/confirm/", {"form_key": "k2"})
    assert coins_in(hers) == 300
    slip = second.get(f"{base}{move.pk}/paper/").content.decode()
    for said in ("叁佰", "300", "钱干事", "赵主任", "汪大成", "李秀芳", his.number, hers.number):
        assert said in slip
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_journalentry WHERE kind = 51")
        assert cursor.fetchone() == (1,)


@pytest.fixture
def now_is_later(time_machine) -> None:
    time_machine.move_to(LATER, tick=True)


def test_the_auditor_reads_and_residents_see_nothing(xincheng, clerk, wang_family, li_family, client_for):
    (he, his), (_, hers) = wang_family, li_family
    move = asked(clerk, his, hers)
    auditor = client_for(make_actor(xincheng, "审计员", Role.AUDITOR, resident=False))
    url = f"/c/xincheng/people/moves/{move.pk}/"
    assert auditor.get(url).status_code == 200
    assert auditor.post(f"{url}confirm/", {"form_key": "k"}).status_code == 403
    assert client_for(he).get(url).status_code == 403
    assert coins_in(hers) == 0
