"""Write-offs: what a wallet owes is let go by two people, who do not live off it; the fund pays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import translation

from communities import errors_coins as errors
from communities.choices import Role, WriteOffState
from communities.invariants_coins import nobody_writes_off_for_own, write_offs_are_entries
from communities.models import WriteOff
from communities.selectors_debts import debt_of, owed_by
from communities.services import households, write_offs
from core.errors import DomainError, NotAllowed
from core.sources import source_of
from core.transactions import sqlstate
from ledger.choices import AccountKind, EntryKind
from ledger.models import Account, JournalEntry
from ledger.selectors import balance, system_account_id
from ledger.services import reversals
from ledger.services.posting import LineRequest, post
from notifications import kinds
from notifications.models import OutboxMessage
from tests.factories.debts import fill_fund, make_debt
from tests.factories.people import NOW, make_actor
from tests.factories.rewards import give_coins

pytestmark = pytest.mark.django_db
LIST = "/c/jinshan/people/owing/"
DAY = timedelta(days=1)


def fund_of(place):
    return balance(system_account_id(place.book_id, AccountKind.FUND)).balance


def ask(actor, wallet, coins=None):
    return write_offs.ask(actor=actor, wallet_id=wallet, coins=coins, reason="长者困难", now=NOW)


@pytest.fixture
def debt(jinshan, lin):
    """lin owes 60, and the fund has 100."""
    fill_fund(jinshan, 100)
    return make_debt(lin.resident, 60)


@pytest.fixture
def he(jinshan):
    """A second manager, who lives here."""
    return make_actor(jinshan, "何主任", Role.MANAGER)


def test_one_asks_another_manager_confirms_and_the_fund_pays(jinshan, debt, zhou, wang, lin):
    asked = ask(zhou, debt)
    assert owed_by(debt) == 60
    done = write_offs.confirm(actor=wang, write_off_id=asked.pk, now=NOW + DAY)
    assert (done.state, done.coins, done.decided_by) == (WriteOffState.CONFIRMED, 60, wang.user)
    assert (owed_by(debt), fund_of(jinshan)) == (0, 40)
    entry = JournalEntry.objects.get(kind=EntryKind.WRITE_OFF)
    assert (entry.reference, entry.amount, entry.actor_id) == (f"write-off:{asked.pk}", 60, wang.user_id)
    assert write_offs_are_entries() == nobody_writes_off_for_own() == []
    assert OutboxMessage.objects.get(kind=write_offs.WRITTEN_OFF).recipient_id == lin.user_id
    assert source_of(entry.reference).title_en == f"Passbook {lin.resident.member_number}"


def test_part_of_it(jinshan, debt, zhou, wang):
    write_offs.confirm(actor=wang, write_off_id=ask(zhou, debt, 25).pk, now=NOW)
    assert (owed_by(debt), fund_of(jinshan)) == (35, 75)


def test_what_was_repaid_meanwhile_is_not_written_off(jinshan, debt, zhou, wang, lin):
    asked = ask(zhou, debt)
    issuance = system_account_id(jinshan.book_id, AccountKind.ISSUANCE)
    post(LineRequest(jinshan.book_id, "more", EntryKind.HOURS, issuance, debt, 40), now=NOW)
    assert write_offs.confirm(actor=wang, write_off_id=asked.pk, now=NOW).coins == 20
    assert owed_by(debt) == 0


def test_a_reversed_write_off_is_told_no_more(jinshan, debt, zhou, wang, he):
    """No page reverses one; the ledger can."""
    done = write_offs.confirm(actor=wang, write_off_id=ask(zhou, debt).pk, now=NOW)
    wallet = Account.objects.get(pk=debt)
    assert [coins for _day, coins in debt_of(wallet, jinshan).written_off] == [60]
    asked = reversals.ask(
        book_id=jinshan.book_id, reference=done.reference, reason="误核销", actor_id=wang.user_id, now=NOW
    )
    reversals.confirm(request_id=asked.pk, actor_id=he.user_id, now=NOW)
    assert (debt_of(wallet, jinshan).owed, debt_of(wallet, jinshan).written_off) == (60, [])


def test_the_notice_reads_well():
    payload = {
        "coins": 20,
        "left": 40,
        "coin": ["时间币", "time coin", "time coins"],
        "place_zh": "金山",
        "place_en": "",
    }
    with translation.override("en"):
        said = kinds.render(write_offs.WRITTEN_OFF, payload)
        assert said.title == "20 time coins that you owed were written off"
        assert said.body == "Two of the staff decided it. 40 time coins are still owed."
    with translation.override("zh-hans"):
        said = kinds.render(write_offs.WRITTEN_OFF, payload)
        assert said.title == "您待补扣的20 时间币已核销"
        assert said.body == "由两名工作人员决定。还有40 时间币待补扣。"
        assert str(WriteOffState.CONFIRMED.label) == "已核销", "not 报损: that is goods"


def test_who_asked_does_not_confirm(debt, wang):
    asked = ask(wang, debt)
    with pytest.raises(errors.WriteOffOfOwn):
        write_offs.confirm(actor=wang, write_off_id=asked.pk, now=NOW)
    assert write_offs.decline(actor=wang, write_off_id=asked.pk, now=NOW).state == WriteOffState.DECLINED
    assert owed_by(debt) == 60


def test_a_worker_does_not_confirm(debt, zhou, wang):
    asked = ask(wang, debt)
    with pytest.raises(NotAllowed):
        write_offs.confirm(actor=zhou, write_off_id=asked.pk, now=NOW)


@pytest.mark.parametrize("who", ["lin", "mei", "chen", "wu"])
def test_nobody_else_asks(who, request, debt):
    with pytest.raises(NotAllowed):
        ask(request.getfixturevalue(who), debt)


def test_nobody_writes_off_their_own_debt_or_their_households(jinshan, zhou, wang, he, lin):
    fill_fund(jinshan, 100)
    own = make_debt(he.resident, 60)
    with pytest.raises(errors.OwnDebt):
        ask(he, own)
    asked = ask(wang, own)
    with pytest.raises(errors.OwnDebt):
        write_offs.confirm(actor=he, write_off_id=asked.pk, now=NOW)
    theirs = make_debt(lin.resident, 60)
    households.open_household(actor=zhou, resident_ids=[lin.resident.pk, he.resident.pk], now=NOW)
    with pytest.raises(errors.OwnDebt):
        ask(he, theirs)


def test_the_database_holds_it_too(debt, jinshan, he, zhou, wang):
    own = make_debt(he.resident, 60)
    facts = {"community": jinshan, "wallet_id": own, "asked_coins": 5, "reason": "x", "asked_at": NOW}
    with pytest.raises(DatabaseError) as told, transaction.atomic():
        WriteOff.objects.create(asked_by=he.user, **facts)
    assert sqlstate(told.value) == "CM003"
    asked = WriteOff.objects.create(asked_by=zhou.user, **facts)
    decided = {"state": "confirmed", "coins": 5, "decided_at": NOW}
    rows = WriteOff.objects.filter(pk=asked.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(decided_by=he.user, **decided)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(decided_by=zhou.user, **decided)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(decided_by=wang.user, **decided | {"coins": 6})
    rows.update(decided_by=wang.user, **decided)
    with pytest.raises(DatabaseError) as told, transaction.atomic():
        rows.update(state="declined", coins=None)
    assert sqlstate(told.value) == "CM004"
    assert [one.detail for one in write_offs_are_entries()] == ["is confirmed without an entry"]


def test_more_than_is_owed_is_refused(debt, zhou):
    with pytest.raises(errors.MoreThanIsOwed):
        ask(zhou, debt, 61)


def test_nothing_owed_nothing_written_off(jinshan, zhou, wang, lin, mei):
    with pytest.raises(errors.NothingOwed):
        ask(zhou, give_coins(mei.resident, 5))


def test_two_requests_at_a_time_are_one(debt, zhou, wang):
    ask(zhou, debt)
    with pytest.raises((errors.WriteOffOpen, IntegrityError)), transaction.atomic():
        ask(wang, debt)


def test_the_fund_must_have_it(jinshan, zhou, wang, lin):
    fill_fund(jinshan, 30)
    asked = ask(zhou, make_debt(lin.resident, 60))
    with pytest.raises(errors.FundTooLow, match="30"):
        write_offs.confirm(actor=wang, write_off_id=asked.pk, now=NOW)
    assert WriteOff.objects.get().is_open


def test_another_communitys_is_unknown(debt, zhou, outsider, xincheng):
    stranger = make_actor(xincheng, "外人", Role.MANAGER, resident=False)
    with pytest.raises(Account.DoesNotExist):
        ask(stranger, debt)
    with pytest.raises(WriteOff.DoesNotExist):
        write_offs.confirm(actor=stranger, write_off_id=ask(zhou, debt).pk, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_two_confirmations_at_once_have_one_effect(jinshan, debt, zhou, wang, he, together):
    asked = ask(zhou, debt)
    answers = together(6, lambda at: write_offs.confirm(actor=(wang, he)[at % 2], write_off_id=asked.pk, now=NOW))
    assert sum(isinstance(answer, WriteOff) for answer in answers) == 1
    assert sum(isinstance(answer, errors.WriteOffDecided) for answer in answers) == 5
    assert (owed_by(debt), fund_of(jinshan)) == (0, 40)


@pytest.mark.django_db(transaction=True)
def test_a_write_off_and_a_repayment_race(jinshan, debt, zhou, wang, together):
    asked = ask(zhou, debt)
    issuance = system_account_id(jinshan.book_id, AccountKind.ISSUANCE)

    def work(at):
        if at == 0:
            return write_offs.confirm(actor=wang, write_off_id=asked.pk, now=NOW)
        return post(LineRequest(jinshan.book_id, f"more:{at}", EntryKind.HOURS, issuance, debt, 15), now=NOW)

    answers = together(4, work)
    assert all(not isinstance(answer, Exception) or isinstance(answer, DomainError) for answer in answers)
    done = WriteOff.objects.get().coins or 0
    assert owed_by(debt) == max(0, 60 - 45 - done)
    assert 100 - fund_of(jinshan) == done


def test_pages_from_list_to_passbook(jinshan, debt, lin, zhou, wang, client_for):
    en = {"headers": {"accept-language": "en"}}
    page = client_for(zhou).get(LIST, **en).content.decode()
    assert "林秀英" in page
    form = client_for(zhou).get(f"{LIST}{lin.resident.pk}/").context["form"]
    sent = {"form_key": form["form_key"].value(), "coins": "20", "reason": "长者困难"}
    for _ in range(2):
        assert client_for(zhou).post(f"{LIST}{lin.resident.pk}/", sent).url == LIST
    found = WriteOff.objects.get()
    where = f"/c/jinshan/people/write-offs/{found.pk}/"
    assert "长者困难" in client_for(wang).get(LIST).content.decode()
    key = client_for(wang).get(where).context["form"]["form_key"].value()
    assert client_for(wang).post(where, {"form_key": key, "confirm": "1"}).url == LIST
    page = client_for(lin).get("/c/jinshan/passbook/", **en).content.decode()
    assert "40 time coins</span> are still owed" in page
    assert "20 time coins</span> were written off on" in page
    wallet = Account.objects.get(pk=debt)
    assert (debt_of(wallet, jinshan).owed, len(debt_of(wallet, jinshan).written_off)) == (40, 1)


def test_who_sees_the_pages(debt, lin, mei, chen, zhou, wang, client_for):
    asked = ask(zhou, debt)
    where = f"/c/jinshan/people/write-offs/{asked.pk}/"
    for path in (LIST, where):
        assert client_for(lin).get(path).status_code == 403
        page = client_for(chen).get(path)
        assert page.status_code == 200
        assert "林秀英" not in page.content.decode()
    for actor in (chen, zhou):
        assert client_for(actor).post(where, {"confirm": "1"}).status_code == 403
    assert client_for(chen).get(f"{LIST}{lin.resident.pk}/").status_code == 403
