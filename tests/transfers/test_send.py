"""Coins go to a partner community: by the resident, by staff, from and to wallets of households."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from communities.models import Partnership
from communities.services import households, partners
from core.constraints import refusal_for
from core.errors import NotAllowed
from ledger.choices import EntryKind
from ledger.errors import NotPartners, PartnerPaused, SpendingPaused, TooLittle
from ledger.models import JournalEntry
from ledger.services import books
from notifications.models import OutboxMessage
from tests.factories.people import NOW, make_actor, make_community
from tests.factories.rewards import coins_of, give_coins, set_settings
from tests.factories.transfers import become_partners, send_coins
from transfers.choices import TransferState, Via
from transfers.errors import MayNotSpend, OwnTransfer, PayeeUnknown
from transfers.models import Transfer
from transfers.policies import can_send_for
from transfers.services import notices

pytestmark = pytest.mark.django_db
SEND_FOR_LIN = {"lin": True, "zhou": True, "wang": True, "mei": False, "wu": False, "chen": False, "outsider": False}


def halves():
    return JournalEntry.objects.filter(kind=EntryKind.TRANSFER).count()


@pytest.mark.parametrize("who", SEND_FOR_LIN)
def test_who_may_send_lins_coins(who, request, lin):
    assert can_send_for(request.getfixturevalue(who), lin.resident) is SEND_FOR_LIN[who]


def test_a_resident_sends(rich, an, jinshan, haihong):
    done = send_coins(rich, an, 40)
    assert (done.state, done.via, done.sent_at, done.hold_id) == (TransferState.SENT, Via.SELF, NOW, None)
    assert coins_of(rich.resident) == (1960, 0, 1960)
    assert coins_of(an.resident) == (40, 0, 40)
    entries = JournalEntry.objects.filter(reference=done.reference)
    assert {one.book_id for one in entries} == {jinshan.book_id, haihong.book_id}


def test_both_sides_are_told_with_the_neighbour_masked(rich, an):
    send_coins(rich, an, 40)
    told = {one.recipient_id: one for one in OutboxMessage.objects.all() if one.kind.startswith("transfer")}
    assert told[rich.user_id].kind == notices.SENT
    assert told[an.user_id].kind == notices.RECEIVED
    assert told[an.user_id].payload["who"] == "林**"
    assert told[an.user_id].url.startswith("/c/haihong/transfers/")
    assert "林秀英" not in str(told[an.user_id].payload)


def test_staff_send_for_a_resident_also_for_one_who_has_left(rich, an, zhou):
    rich.resident.left_at = NOW
    rich.resident.save(update_fields=["left_at"])
    done = send_coins(rich, an, 40, by=zhou)
    assert (done.via, done.asked_by_id) == (Via.STAFF, zhou.user_id)
    assert coins_of(an.resident)[0] == 40


def test_neighbours_and_the_other_sides_staff_may_not(rich, an, mei, he):
    with pytest.raises(NotAllowed):
        send_coins(rich, an, by=mei)
    with pytest.raises(rich.resident.DoesNotExist):
        send_coins(rich, an, by=he)
    assert halves() == 0


def test_to_oneself_in_the_new_home(rich, haihong):
    there = make_actor(haihong, "林秀英")
    there.resident.user = rich.user
    there.resident.save(update_fields=["user"])
    send_coins(rich, there, 100)
    assert coins_of(there.resident)[0] == 100


def test_into_and_out_of_a_households_wallet(rich, jinshan, lin):
    other = make_community("xinbu", wallets="household")
    become_partners(jinshan, other)
    an, bo = make_actor(other, "安秀兰"), make_actor(other, "薄小林")
    worker = make_actor(other, "何平", "worker", resident=False)
    home = an.resident.memberships.get().household
    households.move(actor=worker, household_id=home.pk, resident_id=bo.resident.pk, now=NOW)
    send_coins(rich, bo, 50)
    assert coins_of(an.resident) == (50, 0, 50)
    send_coins(an, rich, 20)
    assert coins_of(bo.resident)[0] == 30
    households.let_spend(actor=worker, household_id=home.pk, resident_ids=[bo.resident.pk], now=NOW)
    with pytest.raises(MayNotSpend):
        send_coins(an, rich, 20)


def test_no_more_than_is_there(rich, an):
    with pytest.raises(TooLittle) as refusal:
        send_coins(rich, an, 2001)
    assert refusal.value.short == 1
    assert not Transfer.objects.exists()


def test_partners_alone_and_no_longer_once_it_has_ended(rich, an, outsider, wang):
    with pytest.raises(NotPartners):
        send_coins(rich, outsider)
    partners.end(actor=wang, partnership_id=Partnership.objects.get().pk, now=NOW)
    with pytest.raises(NotPartners):
        send_coins(rich, an)
    assert halves() == 0


@pytest.mark.parametrize(("paused", "error"), [("jinshan", SpendingPaused), ("haihong", PartnerPaused)])
def test_not_while_either_community_checks_its_books(rich, an, request, paused, error):
    books.pause_spending(book_id=request.getfixturevalue(paused).book_id, now=NOW)
    with pytest.raises(error):
        send_coins(rich, an)
    assert not Transfer.objects.exists()


def test_who_has_left_receives_nothing(rich, an):
    an.resident.left_at = NOW
    an.resident.save(update_fields=["left_at"])
    with pytest.raises(PayeeUnknown):
        send_coins(rich, an)


@pytest.mark.parametrize("side", ["payer", "payee"])
def test_staff_enter_nothing_for_their_own_household(rich, an, jinshan, haihong, zhou, side):
    other = rich if side == "payer" else an
    community = jinshan if side == "payer" else haihong
    there = make_actor(community, "周敏")
    there.resident.user = zhou.user
    there.resident.save(update_fields=["user"])
    helper = make_actor(community, "孙帮手", "worker", resident=False)
    households.open_household(actor=helper, resident_ids=[there.resident.pk, other.resident.pk], now=NOW)
    with pytest.raises(OwnTransfer):
        send_coins(rich, an, by=zhou)


def test_the_database_says_so_too(rich, an, zhou, jinshan):
    here = make_actor(jinshan, "周敏")
    here.resident.user = zhou.user
    here.resident.save(update_fields=["user"])
    give_coins(here.resident, 100)
    done = send_coins(rich, an)
    fields = {field.attname: getattr(done, field.attname) for field in Transfer._meta.concrete_fields}
    planted = fields | {"id": None, "via": "staff", "asked_by_id": zhou.user_id, "resident_id": here.resident.pk}
    del planted["id"]
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        Transfer.objects.create(**planted)
    assert isinstance(refusal_for(caught.value), OwnTransfer)


def test_the_limit_itself_needs_nobody_else(rich, an, jinshan):
    set_settings(jinshan, two_person_limit_coins=100)
    assert send_coins(rich, an, 100).state == TransferState.SENT
    assert send_coins(rich, an, 101).state == TransferState.REQUESTED
