"""Credit lines: the community's for every passbook, and one passbook's own, set by a manager with a reason."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from communities.choices import Role
from communities.errors import OutOfBounds
from communities.errors_coins import CreditReasonMissing, NoWalletHere, OwnCredit
from communities.invariants_coins import floors_are_credit_lines
from communities.models import CreditLine, Resident
from communities.selectors import household_of
from communities.selectors_debts import below_line
from communities.services import households, lending
from communities.services.settings import change_settings
from core.errors import NotAllowed
from ledger.models import Account
from ledger.services.books import set_credit_line
from tests.communities.test_expiry import spend
from tests.communities.test_settings import PAGE, form_of
from tests.factories.people import NOW, make_actor, make_resident

pytestmark = pytest.mark.django_db


def settle(manager, coins):
    return change_settings(actor=manager, values={"credit_line_coins": coins}, reason="居民议事会", now=NOW)


def lend(manager, actor, coins, reason="独居，先要人帮忙"):
    facts = {"coins": coins, "reason": reason, "now": NOW}
    return lending.lend_to(actor=manager, resident_id=actor.resident.pk, **facts)


def wallet(actor):
    return Account.objects.get(pk=actor.resident.wallet_id)


def test_every_passbook_gets_the_line_and_new_ones_too(jinshan, wang, lin, mei, outsider):
    settle(wang, 60)
    newcomer = make_resident(jinshan, "苏文")
    assert [wallet(one).available for one in (lin, mei, outsider)] == [60, 60, 0]
    assert newcomer.wallet.available == 60
    assert floors_are_credit_lines() == []


def test_households_get_it_together(xincheng):
    manager = make_actor(xincheng, "新主任", Role.MANAGER, resident=False)
    before = make_actor(xincheng, "何建国")
    settle(manager, 30)
    after = make_actor(xincheng, "李红")
    for one in (before, after):
        assert household_of(one.resident, NOW.date()).household.wallet.floor == -30
    assert floors_are_credit_lines() == []


def test_narrowed_it_never_fails(jinshan, wang, lin, mei):
    settle(wang, 60)
    spend(jinshan, lin.resident.wallet_id, 50, NOW)
    settle(wang, 10)
    assert (wallet(lin).available, wallet(mei).available) == (0, 10)
    assert below_line(jinshan) == 1
    assert floors_are_credit_lines() == []


def test_the_page_says_who_is_left_below(jinshan, wang, lin, client_for):
    settle(wang, 60)
    spend(jinshan, lin.resident.wallet_id, 50, NOW)
    page = client_for(wang).post(
        PAGE, form_of(jinshan, credit_line_coins="10"), follow=True, headers={"accept-language": "en"}
    )
    assert "1 passbook is below the new credit line." in page.content.decode()


def test_one_passbook_has_a_line_of_its_own(jinshan, wang, lin, mei, client_for):
    settle(wang, 60)
    lend(wang, lin, 300)
    settle(wang, 20)
    assert (wallet(lin).available, wallet(mei).available) == (300, 20)
    assert floors_are_credit_lines() == []
    page = client_for(wang).get(f"/c/jinshan/people/{lin.resident.pk}/").content.decode()
    assert "独居，先要人帮忙" in page


def test_and_gives_it_back(wang, lin):
    settle(wang, 60)
    lend(wang, lin, 300)
    lend(wang, lin, None, "不再需要")
    assert wallet(lin).available == 60
    settle(wang, 20)
    assert wallet(lin).available == 20
    history = CreditLine.pgh_event_model.objects.order_by("pgh_id")
    assert list(history.values_list("coins", "reason")) == [(300, "独居，先要人帮忙"), (None, "不再需要")]


def test_nothing_at_all_is_a_line_too(wang, lin):
    settle(wang, 60)
    lend(wang, lin, 0)
    assert wallet(lin).available == 0
    assert floors_are_credit_lines() == []


@pytest.mark.parametrize("coins", [-1, 6001])
def test_within_bounds(wang, lin, coins):
    with pytest.raises(OutOfBounds):
        lend(wang, lin, coins)
    facts = {"coins": 6001, "reason": "x", "set_by": wang.user, "set_at": NOW}
    with pytest.raises(IntegrityError), transaction.atomic():
        CreditLine.objects.create(community=wang.community, wallet_id=lin.resident.wallet_id, **facts)


def test_with_a_reason(wang, lin):
    with pytest.raises(CreditReasonMissing):
        lend(wang, lin, 60, "  ")


@pytest.mark.parametrize("who", ["zhou", "lin", "mei", "chen"])
def test_managers_alone(who, request, lin, client_for):
    actor = request.getfixturevalue(who)
    with pytest.raises(NotAllowed):
        lend(actor, lin, 60)
    assert client_for(actor).get(f"/c/jinshan/people/{lin.resident.pk}/credit-line/").status_code == 403


def test_nobody_lends_to_their_own_household(jinshan, wang, zhou, lin):
    he = make_actor(jinshan, "何主任", Role.MANAGER)
    with pytest.raises(OwnCredit):
        lend(he, he, 60)
    households.open_household(actor=zhou, resident_ids=[lin.resident.pk, he.resident.pk], now=NOW)
    with pytest.raises(OwnCredit):
        lend(he, lin, 60)
    lend(wang, lin, 60)


def test_who_has_no_wallet_has_no_line(jinshan, wang, lin):
    Resident.objects.filter(pk=lin.resident.pk).update(wallet=None)
    with pytest.raises(NoWalletHere):
        lend(wang, lin, 60)


def test_a_resident_of_another_community_is_unknown(wang, outsider):
    with pytest.raises(Resident.DoesNotExist):
        lend(wang, outsider, 60)


def test_home_passbook_and_rules_explain_it(jinshan, wang, lin, client_for):
    settle(wang, 60)
    for address, said in (
        ("home/", "of which credit"),
        ("passbook/", "of which credit"),
        ("how/", "that you have not earned yet"),
    ):
        page = client_for(lin).get(f"/c/jinshan/{address}", headers={"accept-language": "en"}).content.decode()
        assert said in page


def test_the_form_sets_it_once(jinshan, wang, lin, client_for):
    where = f"/c/jinshan/people/{lin.resident.pk}/credit-line/"
    key = client_for(wang).get(where).context["form"]["form_key"].value()
    for _ in range(2):
        answer = client_for(wang).post(where, {"form_key": key, "coins": "90", "reason": "高龄"})
        assert answer.url == f"/c/jinshan/people/{lin.resident.pk}/"
    assert wallet(lin).floor == -90


def test_a_floor_set_behind_the_line_is_named(jinshan, lin):
    set_credit_line(account_ids=[lin.resident.wallet_id], line=5)
    assert [one.subject for one in floors_are_credit_lines()] == [
        f"book {jinshan.book_id} account R{lin.resident.member_number}"
    ]


@pytest.mark.django_db(transaction=True)
def test_a_new_line_and_a_registration_at_once(jinshan, wang, lin, together):
    together(4, lambda at: settle(wang, 60) if at == 0 else make_resident(jinshan, "苏文"))
    assert set(Account.objects.filter(book=jinshan.book_id, kind=1).values_list("floor", flat=True)) == {-60}
    assert floors_are_credit_lines() == []
