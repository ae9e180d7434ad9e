"""The checks of hours find nothing on sound books, and name each fault that is planted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connections

from communities.actors import Actor
from communities.models import Household, HouseholdMember
from core.invariants import Finding
from ledger.choices import AccountKind, EntryKind
from ledger.selectors import system_account_id
from ledger.services.posting import LineRequest, post
from tasks import invariants_hours
from tasks.models import HourRecord
from tasks.services import reversing, verification
from tests.factories.hours import YESTERDAY, make_hours
from tests.factories.tasks import make_rule

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sound(lin: Actor, mei: Actor, zhou: Actor, wang: Actor, now: datetime) -> list[HourRecord]:
    """Three credited records, one of them reversed, one over the cap that earned 0, and one that waits."""
    make_rule(lin.community)
    lin.community.settings.earning_cap_day_minutes = 60
    lin.community.settings.save()
    records = [
        make_hours(lin, now=now),
        make_hours(mei, now=now),
        make_hours(lin, now=now, starts_at=YESTERDAY + timedelta(hours=3)),
    ]
    verification.verify_many(actor=zhou, record_ids=[one.pk for one in records], now=now)
    reversing.ask_reversal(actor=zhou, record_id=records[1].pk, reason="重复登记", now=now)
    reversing.reverse_record(actor=wang, record_id=records[1].pk, now=now)
    make_hours(mei, now=now, starts_at=YESTERDAY - timedelta(days=1))
    return [HourRecord.objects.get(pk=one.pk) for one in records]


def _found(run: Callable[[], list[Finding]]) -> list[str]:
    return [f"{finding.subject}: {finding.detail}" for finding in run()]


def _plant(sql: str, *params: object) -> None:
    """As the owner, with the triggers off: what no role of the application can do."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE tasks_hourrecord DISABLE TRIGGER USER")
        try:
            cursor.execute(sql, list(params))
        finally:
            cursor.execute("ALTER TABLE tasks_hourrecord ENABLE TRIGGER USER")


def test_sound_books_have_no_findings(sound: list[HourRecord]) -> None:
    assert [one.coins_earned for one in sound] == [60, 60, 0]
    assert {check.number: check.run() for check in invariants_hours.CHECKS_HOURS} == {4: [], 7: [], 10: []}
    assert all(check.run() == [] for check in invariants_hours.CHECKS_HOURS)


def test_coins_on_a_record_that_the_ledger_never_issued(sound: list[HourRecord]) -> None:
    _plant("UPDATE tasks_hourrecord SET coins_earned = 70 WHERE id = %s", sound[0].pk)
    assert _found(invariants_hours.coins_are_entries) == [
        f"hour-record:{sound[0].pk}:verify: record earned 70, the ledger issued 60"
    ]
    assert _found(invariants_hours.totals_agree) == [
        "community jinshan: hours earned 130, issued 120; reversed 60, taken back 60"
    ]


def test_coins_issued_without_a_record(sound: list[HourRecord], lin: Actor, now: datetime) -> None:
    waiting = HourRecord.objects.get(state="submitted")
    book_id = lin.community.book_id
    post(
        LineRequest(
            book_id, waiting.reference, EntryKind.HOURS, system_account_id(book_id, AccountKind.ISSUANCE),
            lin.resident.wallet_id, 60,
        ),
        now=now,
    )  # fmt: skip
    assert _found(invariants_hours.coins_are_entries) == [
        f"{waiting.reference}: record earned nothing, the ledger issued 60"
    ]


def test_a_record_called_reversed_whose_coins_stayed(sound: list[HourRecord], zhou: Actor, wang: Actor) -> None:
    _plant(
        "UPDATE tasks_hourrecord SET state = 'reversed', reversal_asked_by_id = %s, reversed_by_id = %s,"
        " reversed_at = now() WHERE id = %s",
        zhou.user_id, wang.user_id, sound[0].pk,
    )  # fmt: skip
    assert _found(invariants_hours.reversals_are_mirrors) == [
        f"hour-record:{sound[0].pk}:reverse: record gave back 60, the ledger took back nothing"
    ]


def test_hours_decided_by_who_served(sound: list[HourRecord], lin: Actor, wang: Actor) -> None:
    _plant("UPDATE tasks_hourrecord SET decided_by_id = %s WHERE id = %s", lin.user_id, sound[0].pk)
    assert f"hour-record {sound[0].pk}: was decided by the resident" in _found(
        invariants_hours.nobody_decides_on_their_own
    )


@pytest.mark.parametrize("days", [-30, 1])
def test_hours_decided_in_the_household(sound: list[HourRecord], lin: Actor, mei: Actor, days: int) -> None:
    """They lived together on the day of service, or only on the day of the decision."""
    _plant("UPDATE tasks_hourrecord SET decided_by_id = %s WHERE id = %s", mei.user_id, sound[0].pk)
    assert not _found(invariants_hours.nobody_decides_on_their_own)
    home = Household.objects.create(community=lin.community, number="990", opened_at=YESTERDAY)
    for who in (lin, mei):
        HouseholdMember.objects.create(
            household=home, resident=who.resident, starts_date=(YESTERDAY + timedelta(days=days)).date()
        )
    assert _found(invariants_hours.nobody_decides_on_their_own) == [
        f"hour-record {sound[0].pk}: was decided by somebody of the household"
    ]


def test_who_moves_in_together_later_that_day_is_not_suspected(sound: list[HourRecord], lin: Actor, mei: Actor) -> None:
    """Memberships are days: what was decided in the morning is judged by who lived together in the morning."""
    _plant("UPDATE tasks_hourrecord SET decided_by_id = %s WHERE id = %s", mei.user_id, sound[0].pk)
    decided_at = HourRecord.objects.get(pk=sound[0].pk).decided_at
    assert decided_at is not None
    home = Household.objects.create(community=lin.community, number="990", opened_at=decided_at)
    for who in (lin, mei):
        HouseholdMember.objects.create(
            household=home, resident=who.resident, starts_date=YESTERDAY.date(), entered_at=decided_at
        )
    assert not _found(invariants_hours.nobody_decides_on_their_own)
    HouseholdMember.objects.update(entered_at=decided_at - timedelta(minutes=1))
    assert _found(invariants_hours.nobody_decides_on_their_own)
