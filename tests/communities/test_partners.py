"""Partner communities: one asks, the other answers, either ends; nothing between different units."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from communities.choices import PartnershipState, Role
from communities.errors import NotItself, OwnPartnership, PartnershipAsked, PartnershipMovedOn
from communities.models import Partnership
from communities.policies import can_keep_partners
from communities.selectors import may_ask, partners_of
from communities.services import founding, partners
from core.constraints import refusal_for
from core.errors import NotAllowed
from ledger.choices import AccountKind
from ledger.errors import DifferentUnits
from ledger.models import Account
from notifications.models import OutboxMessage
from tests.factories.people import NOW, make_actor, make_community

pytestmark = pytest.mark.django_db
MANAGERS = {"wang": True, "zhou": False, "lin": False, "mei": False, "wu": False, "chen": False, "outsider": False}


@pytest.fixture
def haihong(db):
    """A community of the same unit and street."""
    return make_community("haihong", name_zh="海虹社区", name_en="Haihong Community")


@pytest.fixture
def zheng(haihong):
    """郑红, its manager."""
    return make_actor(haihong, "郑红", Role.MANAGER, resident=False)


@pytest.fixture
def asked(wang, haihong):
    return partners.ask(actor=wang, partner_id=haihong.pk, now=NOW)


def clearing():
    return Account.objects.filter(kind=AccountKind.CLEARING)


def told(kind):
    return set(OutboxMessage.objects.filter(kind=kind).values_list("recipient_id", flat=True))


@pytest.mark.parametrize("who", MANAGERS)
def test_who_keeps_partners(who, request, haihong):
    actor = request.getfixturevalue(who)
    assert can_keep_partners(actor) is MANAGERS[who]
    if not MANAGERS[who]:
        with pytest.raises(NotAllowed):
            partners.ask(actor=actor, partner_id=haihong.pk, now=NOW)


def test_asked_and_accepted_they_are_partners(wang, zheng, asked, jinshan, haihong):
    assert asked.state == PartnershipState.ASKED
    assert partners_of(jinshan) == []
    assert not clearing().exists()
    assert told(partners.ASKED) == {zheng.user_id}
    partners.accept(actor=zheng, partnership_id=asked.pk, now=NOW)
    assert (partners_of(jinshan), partners_of(haihong)) == ([haihong], [jinshan])
    assert {(one.book_id, one.partner_id) for one in clearing()} == {
        (jinshan.book_id, haihong.book_id),
        (haihong.book_id, jinshan.book_id),
    }
    assert told(partners.ANSWERED) == {wang.user_id}


def test_declined_it_may_be_asked_anew_also_from_the_other_side(zheng, asked, jinshan):
    partners.decline(actor=zheng, partnership_id=asked.pk, now=NOW)
    assert not clearing().exists()
    again = partners.ask(actor=zheng, partner_id=jinshan.pk, now=NOW)
    assert again.state == PartnershipState.ASKED


def test_ended_the_accounts_stay(wang, zheng, asked, jinshan, haihong):
    partners.accept(actor=zheng, partnership_id=asked.pk, now=NOW)
    partners.end(actor=zheng, partnership_id=asked.pk, now=NOW)
    assert partners_of(jinshan) == []
    assert clearing().count() == 2
    assert told(partners.ENDED) == {wang.user_id}
    again = partners.ask(actor=wang, partner_id=haihong.pk, now=NOW)
    partners.accept(actor=zheng, partnership_id=again.pk, now=NOW)
    assert clearing().count() == 2


def test_who_asked_takes_it_back_and_does_not_answer(wang, zheng, asked):
    with pytest.raises(PartnershipMovedOn):
        partners.accept(actor=wang, partnership_id=asked.pk, now=NOW)
    with pytest.raises(PartnershipMovedOn):
        partners.end(actor=zheng, partnership_id=asked.pk, now=NOW)
    partners.end(actor=wang, partnership_id=asked.pk, now=NOW)
    for step in (partners.accept, partners.decline):
        with pytest.raises(PartnershipMovedOn):
            step(actor=zheng, partnership_id=asked.pk, now=NOW)


def test_a_manager_of_both_does_not_answer_their_own_question(jinshan, haihong):
    here = make_actor(jinshan, "孙街道", Role.MANAGER, resident=False)
    founding.install_role(user=here.user, role=Role.MANAGER, now=NOW, community=haihong)
    asked = partners.ask(actor=here, partner_id=haihong.pk, now=NOW)
    there = type(here)(user=here.user, community=haihong, roles=frozenset({Role.MANAGER}))
    with pytest.raises(OwnPartnership):
        partners.accept(actor=there, partnership_id=asked.pk, now=NOW)
    assert not clearing().exists()


def test_another_unit_is_refused_naming_both(wang, xincheng):
    with pytest.raises(DifferentUnits) as refusal:
        partners.ask(actor=wang, partner_id=xincheng.pk, now=NOW)
    assert "时间币" in str(refusal.value)
    assert "积分" in str(refusal.value)
    assert not Partnership.objects.exists()


def test_neither_itself_nor_twice(wang, zheng, asked, jinshan, haihong):
    with pytest.raises(NotItself):
        partners.ask(actor=wang, partner_id=jinshan.pk, now=NOW)
    for actor, partner in ((wang, haihong), (zheng, jinshan)):
        with pytest.raises(PartnershipAsked):
            partners.ask(actor=actor, partner_id=partner.pk, now=NOW)


def test_a_stranger_finds_no_partnership(asked, outsider):
    manager = make_actor(outsider.community, "外人主任", Role.MANAGER, resident=False)
    with pytest.raises(Partnership.DoesNotExist):
        partners.accept(actor=manager, partnership_id=asked.pk, now=NOW)


def test_those_of_the_street_are_offered_first(jinshan, asked, haihong, xincheng):
    make_community("aaa", street="zhaozhen", name_zh="啊社区")
    assert [one.slug for one in may_ask(jinshan)] == ["xincheng", "aaa"]


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"state": "accepted"}, "partnership_state"),
        ({"state": "declined", "decided_at": NOW}, "partnership_state"),
        ({"state": "accepted", "decided_at": NOW, "own": True}, "partnership_two_people"),
        ({"state": "accepted", "decided_at": NOW, "ended_at": NOW, "own": False}, "partnership_state"),
    ],
)
def test_the_database_keeps_the_steps(asked, wang, zheng, change, constraint):
    if "own" in change:
        change = change | {"decided_by": wang.user if change["own"] else zheng.user}
        del change["own"]
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        Partnership.objects.filter(pk=asked.pk).update(**change)
    assert caught.value.__cause__.diag.constraint_name == constraint


def test_nor_goes_back_or_away(asked, zheng, wang, haihong, xincheng):
    partners.decline(actor=zheng, partnership_id=asked.pk, now=NOW)
    back = {"state": "asked", "decided_at": None, "decided_by": None}
    for change, error in ((back, PartnershipMovedOn), ({"partner": xincheng}, None)):
        with pytest.raises(DatabaseError) as caught, transaction.atomic():
            Partnership.objects.filter(pk=asked.pk).update(**change)
        assert error is None or isinstance(refusal_for(caught.value), error)
    with pytest.raises(DatabaseError), transaction.atomic():
        Partnership.objects.filter(pk=asked.pk).delete()


def test_on_the_pages(wang, zheng, zhou, haihong, xincheng, client_for):
    here, there = "/c/jinshan/people/partners/", "/c/haihong/people/partners/"
    ours, theirs = client_for(wang), client_for(zheng)
    assert "积分" in ours.get(f"{here}ask/").content.decode()
    assert ours.post(f"{here}ask/", {"partner": xincheng.pk}).status_code == 200
    assert ours.post(f"{here}ask/", {"partner": haihong.pk}).url == here
    pk = Partnership.objects.get().pk
    assert client_for(zhou).get(here).status_code == 403
    assert client_for(zhou).post(f"{here}{pk}/end/").status_code == 403
    assert "海虹社区" in ours.get(here).content.decode()
    assert theirs.post(f"{there}{pk}/accept/").url == there
    assert Partnership.objects.get().state == PartnershipState.ACCEPTED
    assert ours.post(f"{here}{pk}/end/").url == here
    assert Partnership.objects.get().state == PartnershipState.ENDED


@pytest.mark.django_db(transaction=True)
def test_asked_by_both_at_once_it_is_one(wang, zheng, jinshan, haihong, together):
    def work(at):
        actor, partner = (wang, haihong) if at % 2 else (zheng, jinshan)
        return partners.ask(actor=actor, partner_id=partner.pk, now=NOW)

    answers = [type(one) for one in together(6, work)]
    assert answers.count(Partnership) == 1
    assert set(answers) == {Partnership, PartnershipAsked}


@pytest.mark.django_db(transaction=True)
def test_accepted_and_declined_at_once_it_ends_one_way(wang, zheng, haihong, together):
    asked = partners.ask(actor=wang, partner_id=haihong.pk, now=NOW)

    def work(at):
        step = partners.accept if at % 2 else partners.decline
        return step(actor=zheng, partnership_id=asked.pk, now=NOW)

    answers = [type(one) for one in together(6, work)]
    assert answers.count(Partnership) == 1
    assert answers.count(PartnershipMovedOn) == 5
