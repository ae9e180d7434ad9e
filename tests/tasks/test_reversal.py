"""Credited hours are taken back by two people: the coins return line by line, the hours are no longer certified."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation

from communities.actors import Actor
from communities.choices import Role
from communities.models import Community, Household, HouseholdMember
from core.errors import DomainError
from ledger.choices import AccountKind, EntryKind
from ledger.models import Account, JournalEntry
from ledger.selectors import balance, system_account_id
from ledger.services.posting import LineRequest, post
from notifications.models import OutboxMessage
from tasks.choices.hours import HourState
from tasks.errors_hours import (
    AskedByYou,
    HouseholdHours,
    ManagersOnly,
    NoReversalAsked,
    NotCertified,
    OwnHours,
    PaidByYou,
    ReasonMissing,
    ReversalPending,
    StaffOnly,
)
from tasks.models import HourRecord
from tasks.selectors.hours import certified_minutes
from tasks.services import reversing, verification
from tests.factories.hours import YESTERDAY, make_hours, make_paid_task
from tests.factories.people import make_actor
from tests.factories.tasks import make_rule

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english(jinshan: Community, now: datetime, monkeypatch: pytest.MonkeyPatch) -> object:
    make_rule(jinshan)
    monkeypatch.setattr("core.clock.now", lambda: now)
    with translation.override("en"):
        yield


@pytest.fixture
def credited(lin: Actor, zhou: Actor, now: datetime) -> HourRecord:
    """An hour of lin's, verified by zhou."""
    return verification.verify(actor=zhou, record_id=make_hours(lin, now=now).pk, now=now)


def _ask(actor: Actor, record: HourRecord, now: datetime, reason: str = "重复登记") -> HourRecord:
    return reversing.ask_reversal(actor=actor, record_id=record.pk, reason=reason, now=now)


def _reverse(actor: Actor, record: HourRecord, now: datetime) -> HourRecord:
    return reversing.reverse_record(actor=actor, record_id=record.pk, now=now)


def test_two_people_take_the_coins_back(
    credited: HourRecord, lin: Actor, zhou: Actor, wang: Actor, now: datetime
) -> None:
    _ask(zhou, credited, now)
    assert balance(lin.resident.wallet_id).balance == 60
    done = _reverse(wang, credited, now)
    assert (done.state, done.reversal_asked_by, done.reversed_by) == (HourState.REVERSED, zhou.user, wang.user)
    assert (balance(lin.resident.wallet_id).balance, certified_minutes(lin.resident)) == (0, 0)
    mirror = JournalEntry.objects.get(reference=f"hour-record:{credited.pk}:reverse")
    assert (mirror.amount, mirror.kind, mirror.reverses.reference) == (60, EntryKind.REVERSAL, credited.reference)
    said = OutboxMessage.objects.get(kind="hours-reversed")
    assert (said.recipient, said.payload["reason"]) == (lin.user, "重复登记")


def test_spent_coins_become_a_recovery(
    credited: HourRecord, lin: Actor, zhou: Actor, wang: Actor, now: datetime
) -> None:
    book_id = lin.community.book_id
    redeemed = system_account_id(book_id, AccountKind.REDEEMED)
    post(LineRequest(book_id, "spent", EntryKind.REDEMPTION, lin.resident.wallet_id, redeemed, 50), now=now)
    _ask(zhou, credited, now)
    _reverse(wang, credited, now)
    assert balance(lin.resident.wallet_id).balance == 0
    assert Account.objects.get(book_id=book_id, kind=AccountKind.RECOVERY).balance == -50


def test_what_was_reversed_no_longer_fills_the_cap(
    credited: HourRecord, lin: Actor, zhou: Actor, wang: Actor, now: datetime
) -> None:
    lin.community.settings.earning_cap_day_minutes = 60
    lin.community.settings.save()
    _ask(zhou, credited, now)
    _reverse(wang, credited, now)
    again = make_hours(lin, now=now, starts_at=YESTERDAY + timedelta(hours=3))
    assert verification.verify(actor=zhou, record_id=again.pk, now=now).coins_earned == 60


def test_hours_that_earned_nothing_are_reversed_without_an_entry(
    credited: HourRecord, lin: Actor, zhou: Actor, wang: Actor, now: datetime
) -> None:
    lin.community.settings.earning_cap_day_minutes = 60
    lin.community.settings.save()
    later = make_hours(lin, now=now, starts_at=YESTERDAY + timedelta(hours=3))
    verification.verify(actor=zhou, record_id=later.pk, now=now)
    _ask(zhou, later, now)
    assert _reverse(wang, later, now).state == HourState.REVERSED
    assert JournalEntry.objects.count() == 1


def test_who_may_not(
    credited: HourRecord, lin: Actor, mei: Actor, zhou: Actor, wang: Actor, chen: Actor, now: datetime
) -> None:
    for actor, refusal in ((lin, StaffOnly), (mei, StaffOnly), (chen, StaffOnly)):
        with pytest.raises(refusal):
            _ask(actor, credited, now)
    _ask(wang, credited, now)
    with pytest.raises(ManagersOnly):
        _reverse(zhou, credited, now)
    with pytest.raises(AskedByYou):
        _reverse(wang, credited, now)
    with pytest.raises(StaffOnly):
        _reverse(lin, credited, now)


def test_not_ones_own_nor_the_households(jinshan: Community, zhou: Actor, now: datetime) -> None:
    boss = make_actor(jinshan, "何主任", Role.MANAGER)
    own = verification.verify(actor=zhou, record_id=make_hours(boss, now=now).pk, now=now)
    with pytest.raises(OwnHours):
        _ask(boss, own, now)
    other = make_actor(jinshan, "何太太")
    home = Household.objects.create(community=jinshan, number="990", opened_at=YESTERDAY)
    for who in (boss, other):
        HouseholdMember.objects.create(household=home, resident=who.resident, starts_date=now.date())
    theirs = verification.verify(actor=zhou, record_id=make_hours(other, now=now).pk, now=now)
    _ask(zhou, theirs, now)
    with pytest.raises(HouseholdHours):
        _reverse(boss, theirs, now)


def test_who_paid_does_not_take_it_back(
    jinshan: Community, lin: Actor, zhou: Actor, wang: Actor, now: datetime
) -> None:
    payer = make_actor(jinshan, "何主任", Role.MANAGER)
    record = make_hours(lin, now=now, task=make_paid_task(payer, zhou, now=now))
    verification.verify(actor=zhou, record_id=record.pk, now=now)
    with pytest.raises(PaidByYou):
        _ask(payer, record, now)
    _ask(zhou, record, now)
    with pytest.raises(PaidByYou):
        _reverse(payer, record, now)
    _reverse(wang, record, now)
    assert (balance(lin.resident.wallet_id).balance, balance(payer.resident.wallet_id).balance) == (0, 60)


def test_what_is_refused(credited: HourRecord, lin: Actor, zhou: Actor, wang: Actor, now: datetime) -> None:
    with pytest.raises(ReasonMissing):
        _ask(zhou, credited, now, reason=" ")
    with pytest.raises(NoReversalAsked):
        _reverse(wang, credited, now)
    with pytest.raises(NotCertified):
        _ask(zhou, make_hours(lin, now=now, starts_at=YESTERDAY + timedelta(hours=3)), now)
    _ask(zhou, credited, now)
    with pytest.raises(ReversalPending):
        _ask(wang, credited, now)


def test_declined_and_asked_anew(credited: HourRecord, lin: Actor, zhou: Actor, wang: Actor, now: datetime) -> None:
    _ask(zhou, credited, now)
    reversing.decline_reversal(actor=wang, record_id=credited.pk, now=now)
    assert balance(lin.resident.wallet_id).balance == 60
    _ask(zhou, credited, now)
    _reverse(wang, credited, now)
    assert [event.step for event in credited.events.all()] == ["reversal_asked", "reversal_declined", "reversal_asked"]


def test_the_database_wants_two_people(credited: HourRecord, zhou: Actor, now: datetime) -> None:
    with (
        pytest.raises(DatabaseError, match="hours_reversed_by_two"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "UPDATE tasks_hourrecord SET state = 'reversed', reversal_asked_by_id = %s, reversal_asked_at = %s,"
            " reversed_by_id = %s, reversed_at = %s WHERE id = %s",
            [zhou.user_id, now, zhou.user_id, now, credited.pk],
        )


def test_the_pages(
    credited: HourRecord, zhou: Actor, wang: Actor, lin: Actor, client_for: Callable[[Actor], Client]
) -> None:
    slug = credited.community.slug
    ask, decide = (reverse(f"tasks:{name}", args=[slug, credited.pk]) for name in ("reversal_ask", "reversal_decide"))
    staff, manager = client_for(zhou), client_for(wang)
    assert client_for(lin).get(ask).status_code == 403
    assert staff.get(ask).status_code == 200
    assert staff.post(ask, {"form_key": "a" * 24, "reason": "重复登记"}).status_code == 302
    assert "重复登记" in staff.get(reverse("tasks:reversals", args=[slug])).content.decode()
    assert staff.get(decide).status_code == 403
    assert manager.get(decide).status_code == 200
    assert manager.post(decide, {"form_key": "b" * 24, "confirm": "1"}).status_code == 302
    credited.refresh_from_db()
    assert credited.state == HourState.REVERSED


@pytest.mark.django_db(transaction=True)
def test_twenty_confirmations_are_one(
    lin: Actor, zhou: Actor, wang: Actor, now: datetime, together: Callable[..., list[object]]
) -> None:
    record = verification.verify(actor=zhou, record_id=make_hours(lin, now=now).pk, now=now)
    _ask(zhou, record, now)
    results = together(20, lambda _at: _reverse(wang, record, now))
    assert sum(isinstance(one, HourRecord) for one in results) == 1
    assert all(isinstance(one, HourRecord | DomainError) for one in results), results
    assert JournalEntry.objects.filter(kind=EntryKind.REVERSAL).count() == 1
    assert balance(lin.resident.wallet_id).balance == 0
