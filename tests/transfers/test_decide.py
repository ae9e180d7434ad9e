"""Above the limit: held, then approved by a second person, refused, taken back, or lapsed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from communities.models import Partnership
from communities.services import households, partners
from core.constraints import refusal_for
from core.errors import NotAllowed
from ledger.choices import EntryKind, HoldStatus
from ledger.errors import NotPartners, PartnerPaused
from ledger.models import JournalEntry
from ledger.services import books
from notifications.models import OutboxMessage
from tests.factories.moves import coins_in, give
from tests.factories.people import NOW, make_actor, make_community
from tests.factories.rewards import coins_of
from tests.factories.transfers import become_partners, send_coins
from transfers.choices import TransferState
from transfers.errors import EnteredBySame, HouseholdChanged, MovedOn, OwnTransfer, ReasonMissing
from transfers.models import Transfer
from transfers.policies import can_cancel, can_decide, can_see
from transfers.services import deciding, notices

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=8)
#              see while it waits, decide, cancel
ROLES = {
    "lin": (True, False, True),
    "zhou": (True, True, True),
    "wang": (True, True, True),
    "chen": (True, False, False),
    "mei": (False, False, False),
    "wu": (False, False, False),
    "an": (False, False, False),
    "he": (False, False, False),
    "outsider": (False, False, False),
}


@pytest.fixture
def waiting(rich, an, zhou):
    """1,500 coins of lin, entered by zhou; the limit is 1,200."""
    return send_coins(rich, an, 1500, by=zhou)


@pytest.mark.parametrize("who", ROLES)
def test_who_may(who, waiting, request):
    actor = request.getfixturevalue(who)
    assert (can_see(actor, waiting), can_decide(actor, waiting), can_cancel(actor, waiting)) == ROLES[who]


def test_once_sent_the_other_side_sees_it(waiting, an, he, xu):
    sent = deciding.approve(actor=xu, transfer_id=waiting.pk, now=NOW)
    assert can_see(an, sent)
    assert can_see(he, sent)
    assert not can_decide(he, sent)


def test_it_is_held_then_sent_by_a_colleague(waiting, lin, an, xu):
    assert coins_of(lin.resident) == (2000, 1500, 500)
    assert coins_of(an.resident) == (0, 0, 0)
    done = deciding.approve(actor=xu, transfer_id=waiting.pk, now=NOW)
    assert (done.state, done.approved_by_id) == (TransferState.SENT, xu.user_id)
    assert coins_of(lin.resident) == (500, 0, 500)
    assert coins_of(an.resident) == (1500, 0, 1500)
    done.refresh_from_db()
    assert done.hold.status == HoldStatus.POSTED


def test_not_by_who_entered_it(waiting, zhou):
    with pytest.raises(EnteredBySame):
        deciding.approve(actor=zhou, transfer_id=waiting.pk, now=NOW)
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        Transfer.objects.filter(pk=waiting.pk).update(approved_by=zhou.user)
    assert isinstance(refusal_for(caught.value), EnteredBySame)


def test_a_residents_own_needs_staff(rich, an, zhou, mei):
    asked = send_coins(rich, an, 1500)
    for actor, error in ((mei, NotAllowed), (rich, NotAllowed)):
        with pytest.raises(error):
            deciding.approve(actor=actor, transfer_id=asked.pk, now=NOW)
    assert deciding.approve(actor=zhou, transfer_id=asked.pk, now=NOW).state == TransferState.SENT


def test_not_by_who_lives_with_the_payee(waiting, an, haihong, xu, he):
    there = make_actor(haihong, "许文")
    there.resident.user = xu.user
    there.resident.save(update_fields=["user"])
    households.open_household(actor=he, resident_ids=[there.resident.pk, an.resident.pk], now=NOW)
    for step in (deciding.approve, lambda **args: deciding.refuse(**args, reason="x")):
        with pytest.raises(OwnTransfer):
            step(actor=xu, transfer_id=waiting.pk, now=NOW)
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        Transfer.objects.filter(pk=waiting.pk).update(approved_by=xu.user, approved_at=NOW)
    assert isinstance(refusal_for(caught.value), OwnTransfer)


def test_refused_with_a_reason_the_coins_are_free(waiting, lin, xu):
    with pytest.raises(ReasonMissing):
        deciding.refuse(actor=xu, transfer_id=waiting.pk, reason=" ", now=NOW)
    done = deciding.refuse(actor=xu, transfer_id=waiting.pk, reason="请本人到场", now=NOW)
    assert (done.state, done.reason) == (TransferState.REFUSED, "请本人到场")
    assert coins_of(lin.resident) == (2000, 0, 2000)
    assert OutboxMessage.objects.get(kind=notices.REFUSED).recipient_id == lin.user_id


def test_taken_back_by_its_resident(waiting, lin, mei):
    with pytest.raises(NotAllowed):
        deciding.cancel(actor=mei, transfer_id=waiting.pk, now=NOW)
    assert deciding.cancel(actor=lin, transfer_id=waiting.pk, now=NOW).state == TransferState.CANCELLED
    assert coins_of(lin.resident) == (2000, 0, 2000)


def test_it_lapses(waiting, lin, xu):
    assert deciding.lapse(NOW + timedelta(days=6)) == 0
    assert deciding.lapse(LATER) == 1
    assert deciding.lapse(LATER) == 0
    waiting.refresh_from_db()
    assert (waiting.state, waiting.hold.status) == (TransferState.EXPIRED, HoldStatus.EXPIRED)
    assert OutboxMessage.objects.filter(kind=notices.LAPSED, recipient_id=lin.user_id).count() == 1


def test_late_it_is_not_approved_before_the_sweep_comes(waiting, xu):
    with pytest.raises(MovedOn):
        deciding.approve(actor=xu, transfer_id=waiting.pk, now=LATER)


def test_not_twice_nor_after_an_end(waiting, xu, lin):
    deciding.approve(actor=xu, transfer_id=waiting.pk, now=NOW)
    for step in (deciding.approve, deciding.cancel):
        with pytest.raises(MovedOn):
            step(actor=xu, transfer_id=waiting.pk, now=NOW)
    assert JournalEntry.objects.filter(kind=EntryKind.TRANSFER).count() == 2


def test_a_partnership_that_ended_meanwhile(waiting, xu, wang, lin):
    partners.end(actor=wang, partnership_id=Partnership.objects.get().pk, now=NOW)
    with pytest.raises(NotPartners):
        deciding.approve(actor=xu, transfer_id=waiting.pk, now=NOW)
    assert coins_of(lin.resident) == (2000, 1500, 500)
    deciding.cancel(actor=xu, transfer_id=waiting.pk, now=NOW)
    assert coins_of(lin.resident) == (2000, 0, 2000)


def test_a_pause_over_there_leaves_it_waiting(waiting, xu, haihong):
    books.pause_spending(book_id=haihong.book_id, now=NOW)
    with pytest.raises(PartnerPaused):
        deciding.approve(actor=xu, transfer_id=waiting.pk, now=NOW)
    books.resume_spending(book_id=haihong.book_id)
    assert deciding.approve(actor=xu, transfer_id=waiting.pk, now=NOW).state == TransferState.SENT


@pytest.mark.parametrize(
    "change",
    [
        {"state": "sent", "sent_at": NOW},
        {"state": "sent"},
        {"state": "refused", "ended_at": NOW},
        {"amount_coins": 1},
        {"state": "cancelled"},
    ],
)
def test_the_database_keeps_the_steps(waiting, change):
    with pytest.raises(DatabaseError), transaction.atomic():
        Transfer.objects.filter(pk=waiting.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Transfer.objects.filter(pk=waiting.pk).delete()


def test_who_changed_households_meanwhile_is_not_paid_into_the_old_one(rich, jinshan, xu):
    other = make_community("xinbu", wallets="household")
    become_partners(jinshan, other)
    an, bo = make_actor(other, "安秀兰"), make_actor(other, "薄小林")
    waiting = send_coins(rich, an, 1500)
    _move_in(an, bo, make_actor(other, "何平", "worker", resident=False))
    with pytest.raises(HouseholdChanged):
        deciding.approve(actor=xu, transfer_id=waiting.pk, now=NOW + timedelta(days=1))
    assert coins_of(rich.resident) == (2000, 1500, 500)
    deciding.refuse(actor=xu, transfer_id=waiting.pk, reason="对方换了家庭户", now=NOW + timedelta(days=1))
    assert coins_of(rich.resident) == (2000, 0, 2000)


def test_who_left_a_household_takes_none_of_its_coins_along(lin, jinshan):
    other = make_community("xinbu", wallets="household")
    become_partners(jinshan, other)
    an, bo = make_actor(other, "安秀兰"), make_actor(other, "薄小林")
    home = an.resident.memberships.get().household
    give(home, 2000)
    waiting = send_coins(an, lin, 1500)
    worker = make_actor(other, "何平", "worker", resident=False)
    _move_in(an, bo, worker)
    with pytest.raises(HouseholdChanged):
        deciding.approve(actor=worker, transfer_id=waiting.pk, now=NOW + timedelta(days=1))
    assert (coins_in(home), coins_of(lin.resident)[0]) == (2000, 0)


def _move_in(who, whose, worker):
    home = whose.resident.memberships.get().household
    households.move(actor=worker, household_id=home.pk, resident_id=who.resident.pk, now=NOW)
