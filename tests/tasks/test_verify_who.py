"""Nobody certifies their own hours, nor their household's: role × kinship × route, and the policies as a table."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from communities.access import actor_in
from communities.actors import Actor
from communities.choices import Role
from communities.models import Community, Household, HouseholdMember, Resident
from core.errors import DomainError
from ledger.models import JournalEntry
from tasks.choices.hours import HourState
from tasks.models import HourRecord
from tasks.policies import hours as policies
from tasks.services import verification
from tests.factories.hours import YESTERDAY, plant_hours
from tests.factories.people import make_actor, make_resident
from tests.factories.tasks import make_rule

pytestmark = pytest.mark.django_db

Route = Callable[[Actor, HourRecord, datetime], object]
SERVED = YESTERDAY.date()
LONG_AGO = SERVED - timedelta(days=300)


@pytest.fixture(autouse=True)
def _rules(jinshan: Community) -> None:
    make_rule(jinshan)


def _page(actor: Actor, record: HourRecord, now: datetime) -> object:
    url = reverse("tasks:verify_one", args=[actor.community.slug, record.pk])
    return _client(actor).post(url, {"action": "approve", "form_key": record.pk.hex})


def _bulk_page(actor: Actor, record: HourRecord, now: datetime) -> object:
    url = reverse("tasks:verify_bulk", args=[actor.community.slug])
    return _client(actor).post(url, {"record": [str(record.pk)], "form_key": record.pk.hex})


def _row(actor: Actor, record: HourRecord, now: datetime) -> object:
    url = reverse("tasks:verify_bulk", args=[actor.community.slug])
    data = {"only": str(record.pk), "form_key": record.pk.hex}
    return _client(actor).post(url, data, headers={"HX-Request": "true"})


def _client(actor: Actor) -> Client:
    client = Client()
    client.force_login(actor.user)
    return client


def _service(actor: Actor, record: HourRecord, now: datetime) -> object:
    return verification.verify(actor=actor, record_id=record.pk, now=now)


def _many(actor: Actor, record: HourRecord, now: datetime) -> object:
    return verification.verify_many(actor=actor, record_ids=[record.pk], now=now)


def _bulk(actor: Actor, record: HourRecord, now: datetime) -> object:
    return verification.verify_bulk(actor=actor, record_ids=[record.pk], now=now)


def _sql(actor: Actor, record: HourRecord, now: datetime) -> object:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE tasks_hourrecord SET state = 'verified', decided_by_id = %s, decided_at = %s,"
            " paid_minutes = minutes, coins_earned = minutes, wallet_id = %s WHERE id = %s",
            [actor.user_id, now, record.resident.wallet_id, record.pk],
        )
    return None


def _orm(actor: Actor, record: HourRecord, now: datetime) -> object:
    """What an admin's form would do."""
    record.state, record.decided_by, record.decided_at = HourState.VERIFIED, actor.user, now
    record.paid_minutes = record.coins_earned = record.minutes
    record.wallet = record.resident.wallet
    with transaction.atomic():
        record.save()
    return None


ROUTES = {
    "page": _page,
    "bulk page": _bulk_page,
    "row": _row,
    "service": _service,
    "many": _many,
    "bulk": _bulk,
    "sql": _sql,
    "orm": _orm,
}


def _own(actor: Actor) -> HourRecord:
    assert actor.resident is not None
    return plant_hours(actor.resident)


def _household_then(actor: Actor) -> HourRecord:
    """They lived together on the day of service and no longer do."""
    other = _together(actor, LONG_AGO)
    HouseholdMember.objects.filter(resident=other).update(ends_date=SERVED)
    return plant_hours(other)


def _household_now(actor: Actor) -> HourRecord:
    """They moved together after the day of service."""
    return plant_hours(_together(actor, SERVED + timedelta(days=1)))


def _together(actor: Actor, since: object) -> Resident:
    assert actor.resident is not None
    other = make_actor(actor.community, "何家人").resident
    assert other is not None
    home = Household.objects.create(community=actor.community, number="990", opened_at=YESTERDAY)
    for one in (actor.resident, other):
        HouseholdMember.objects.create(household=home, resident=one, starts_date=since)
    return other


def _entered(actor: Actor) -> HourRecord:
    neighbour = make_resident(actor.community, "丁大爷")
    return plant_hours(neighbour, entered_by=actor.user)


KINSHIP = {"own": _own, "household then": _household_then, "household now": _household_now, "entered": _entered}


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("kinship", KINSHIP)
@pytest.mark.parametrize("role", [Role.WORKER, Role.MANAGER])
def test_no_route_lets_staff_approve_their_own(
    role: Role, kinship: str, route: str, jinshan: Community, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.clock.now", lambda: now)
    actor = make_actor(jinshan, "何主任", role)
    record = KINSHIP[kinship](actor)
    with suppress(DomainError, DatabaseError):
        ROUTES[route](actor, record, now)
    record.refresh_from_db()
    assert (record.state, record.coins_earned) == (HourState.SUBMITTED, None)
    assert not JournalEntry.objects.filter(reference=record.reference).exists()


@pytest.mark.parametrize("route", ROUTES)
def test_every_route_works_for_a_colleague(
    route: str, lin: Actor, zhou: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without this, the table above would prove nothing."""
    monkeypatch.setattr("core.clock.now", lambda: now)
    assert lin.resident is not None
    record = plant_hours(lin.resident)
    ROUTES[route](zhou, record, now)
    record.refresh_from_db()
    assert (record.state, record.coins_earned, record.decided_by_id) == (HourState.VERIFIED, 60, zhou.user_id)


@pytest.mark.parametrize("route", ["page", "bulk page", "service", "many", "bulk"])
@pytest.mark.parametrize("who", ["lin", "mei", "wu", "chen", "outsider"])
def test_only_staff_of_the_community_verify(
    who: str, route: str, request: pytest.FixtureRequest, jinshan: Community, now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("core.clock.now", lambda: now)
    record = plant_hours(make_actor(jinshan, "白阿姨").resident)  # type: ignore[arg-type]
    actor: Actor = request.getfixturevalue(who)
    try:
        answer = ROUTES[route](replace(actor, community=jinshan), record, now)
        assert getattr(answer, "status_code", 403) in (403, 404)
    except DomainError:
        pass
    record.refresh_from_db()
    assert record.state == HourState.SUBMITTED


# who: log for lin, see, change, verify, ask a reversal, confirm one that zhou asked
TABLE = {
    "lin": (True, True, True, False, False, False),
    "mei": (False, False, False, False, False, False),
    "zhou": (True, True, False, True, True, False),
    "wang": (True, True, False, True, True, True),
    "wu": (False, False, False, False, False, False),
    "chen": (False, True, False, False, False, False),
    "outsider": (False, False, False, False, False, False),
}


@pytest.mark.parametrize("who", TABLE)
def test_the_policies_as_a_table(who: str, request: pytest.FixtureRequest, lin: Actor, zhou: Actor) -> None:
    actor: Actor = request.getfixturevalue(who)
    assert lin.resident is not None
    record = plant_hours(lin.resident)
    record.reversal_asked_by_id = zhou.user_id
    assert (
        policies.can_log_for(actor, lin.resident),
        policies.can_see_record(actor, record),
        policies.can_change_record(actor, record),
        policies.can_verify(actor, record, kin=False),
        policies.can_ask_reversal(actor, record, kin=False),
        policies.can_reverse(actor, record, kin=False),
    ) == TABLE[who]


def test_kinship_bars_every_decision(lin: Actor, wang: Actor) -> None:
    assert lin.resident is not None
    record = plant_hours(lin.resident)
    assert not policies.can_verify(wang, record, kin=True)
    assert not policies.can_ask_reversal(wang, record, kin=True)
    assert not policies.can_reverse(wang, record, kin=False, payer_kin=True)


def test_staff_of_another_community_are_strangers(lin: Actor, outsider: Actor) -> None:
    actor = actor_in(
        user=make_actor(outsider.community, "丁强", Role.MANAGER, resident=False).user, community=outsider.community
    )
    assert lin.resident is not None
    assert actor is not None
    record = plant_hours(lin.resident)
    assert not policies.can_verify(actor, record, kin=False)
    assert not policies.can_see_record(actor, record)


BROKEN = {
    "does not go from submitted to reversed": "UPDATE tasks_hourrecord SET state = 'reversed' WHERE id = %s",
    "hours_decided_by_somebody": "UPDATE tasks_hourrecord SET state = 'returned', reason = 'x' WHERE id = %s",
    "hours_credited_whole": "UPDATE tasks_hourrecord SET coins_earned = 60 WHERE id = %s",
    "whose hours these are": "UPDATE tasks_hourrecord SET entered_by_id = entered_by_id + 1 WHERE id = %s",
    "Cannot delete": "DELETE FROM tasks_hourrecord WHERE id = %s",
}


@pytest.mark.parametrize("said", BROKEN)
def test_the_database_keeps_the_steps(said: str, lin: Actor) -> None:
    assert lin.resident is not None
    record = plant_hours(lin.resident)
    with pytest.raises(DatabaseError, match=said), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(BROKEN[said], [record.pk])


KEPT = ("minutes = 50, ends_at = ends_at - interval '10 minutes'", "coins_earned = 61", "decided_at = now()",
        "paid_minutes = 1", "wallet_id = wallet_id + 1", "service_date = service_date + 1")  # fmt: skip


@pytest.mark.parametrize("change", KEPT)
def test_certified_hours_are_never_rewritten(change: str, lin: Actor, zhou: Actor, now: datetime) -> None:
    assert lin.resident is not None
    record = plant_hours(lin.resident)
    verification.verify(actor=zhou, record_id=record.pk, now=now)
    with pytest.raises(DatabaseError, match="not rewritten"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE tasks_hourrecord SET {change} WHERE id = %s", [record.pk])


def test_two_people_above_the_limit_in_the_database_too(lin: Actor, zhou: Actor, now: datetime) -> None:
    assert lin.resident is not None
    record = plant_hours(lin.resident)
    with pytest.raises(DatabaseError, match="two people decide"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE tasks_hourrecord SET state = 'verified', decided_by_id = %s, decided_at = %s, paid_minutes = 60,"
            " coins_earned = 1201, wallet_id = %s WHERE id = %s",
            [zhou.user_id, now, lin.resident.wallet_id, record.pk],
        )
