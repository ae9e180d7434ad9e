"""A paper sheet is entered in one save: attendance and hours, walk-ins too; a second person verifies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from communities.actors import Actor
from communities.choices import Role
from communities.models import Community
from ledger.selectors import balance
from tasks.choices import SignUpState
from tasks.choices.hours import Flag, HourState
from tasks.errors_hours import EnteredByYou, NotServed, StaffOnly
from tasks.models import HourRecord, Shift
from tasks.services import verification
from tasks.services.sheets import enter_sheet
from tests.factories.hours import YESTERDAY, make_hours
from tests.factories.people import make_actor, make_resident
from tests.factories.tasks import make_rule, make_shift, make_sign_up, make_task

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english(jinshan: Community, now: datetime, monkeypatch: pytest.MonkeyPatch) -> object:
    make_rule(jinshan)
    monkeypatch.setattr("core.clock.now", lambda: now)
    with translation.override("en"):
        yield


@pytest.fixture
def shift(jinshan: Community) -> Shift:
    """Yesterday from 9:00 to 10:30, ten places."""
    return make_shift(make_task(jinshan), starts_at=YESTERDAY, minutes=90, places=10)


def test_one_save_makes_attendance_and_hours(shift: Shift, zhou: Actor, wang: Actor, now: datetime) -> None:
    old = [make_resident(shift.community, name) for name in ("陈奶奶", "邓爷爷", "符阿姨")]
    signed, missed = make_sign_up(shift, old[0]), make_sign_up(shift, old[2])
    came = {old[0].pk: None, old[1].pk: 60}
    result = enter_sheet(actor=zhou, shift_id=shift.pk, came=came, others_absent=True, now=now)
    assert {record.resident_id: (record.minutes, record.flags) for record in result.entered} == {
        old[0].pk: (90, [Flag.STAFF_ENTERED]),
        old[1].pk: (60, [Flag.STAFF_ENTERED]),
    }
    signed.refresh_from_db()
    missed.refresh_from_db()
    assert (signed.state, missed.state) == (SignUpState.ATTENDED, SignUpState.ABSENT)
    done = verification.verify_many(actor=wang, record_ids=[one.pk for one in result.entered], now=now)
    assert (len(done.verified), done.coins) == (2, 150)
    assert balance(old[1].wallet_id).balance == 60


def test_who_entered_it_does_not_verify_it(shift: Shift, zhou: Actor, lin: Actor, now: datetime) -> None:
    [record] = enter_sheet(actor=zhou, shift_id=shift.pk, came={lin.resident.pk: None}, now=now).entered
    with pytest.raises(EnteredByYou):
        verification.verify(actor=zhou, record_id=record.pk, now=now)


@pytest.mark.parametrize("who", ["lin", "mei", "wu", "chen"])
def test_only_staff_enter_sheets(who: str, shift: Shift, now: datetime, request: pytest.FixtureRequest) -> None:
    with pytest.raises(StaffOnly):
        enter_sheet(actor=request.getfixturevalue(who), shift_id=shift.pk, came={}, now=now)


def test_not_before_the_shift_is_over(jinshan: Community, zhou: Actor, now: datetime) -> None:
    running = make_shift(make_task(jinshan), starts_at=now - timedelta(minutes=30))
    with pytest.raises(NotServed) as refused:
        enter_sheet(actor=zhou, shift_id=running.pk, came={}, now=now)
    assert str(refused.value) == "This shift is not over yet. Enter its sheet after it has ended."


def test_a_row_that_cannot_be_is_named_and_the_others_are_entered(
    shift: Shift, zhou: Actor, lin: Actor, mei: Actor, now: datetime
) -> None:
    make_hours(lin, now=now)
    result = enter_sheet(actor=zhou, shift_id=shift.pk, came={lin.resident.pk: None, mei.resident.pk: None}, now=now)
    assert [record.resident_id for record in result.entered] == [mei.resident.pk]
    [(resident, why)] = result.refused
    assert (resident.pk, why.startswith("This overlaps with “Sweep the banyan walk”")) == (lin.resident.pk, True)


def test_nobody_enters_themselves(shift: Shift, now: datetime) -> None:
    actor = make_actor(shift.community, "何主任", Role.WORKER)
    make_sign_up(shift, actor.resident)
    result = enter_sheet(actor=actor, shift_id=shift.pk, came={actor.resident.pk: None}, now=now)
    assert (result.entered, len(result.refused)) == ([], 1)
    assert not HourRecord.objects.exists()


def test_a_second_save_keeps_the_first(shift: Shift, zhou: Actor, wang: Actor, lin: Actor, now: datetime) -> None:
    for actor in (zhou, wang, zhou):
        result = enter_sheet(actor=actor, shift_id=shift.pk, came={lin.resident.pk: None}, now=now)
    assert (len(result.entered), len(result.kept), HourRecord.objects.count()) == (0, 1, 1)


def test_a_walk_in_to_a_home_needs_clearance(jinshan: Community, zhou: Actor, lin: Actor, now: datetime) -> None:
    visit = make_shift(make_task(jinshan, home_visit=True), starts_at=YESTERDAY, minutes=30)
    result = enter_sheet(actor=zhou, shift_id=visit.pk, came={lin.resident.pk: None}, now=now)
    assert [why for _who, why in result.refused] == ["This task is only for who signed up for it."]


def _post(client: Client, shift: Shift, **data: object) -> object:
    url = reverse("tasks:sheet", args=[shift.community.slug, shift.pk])
    return client.post(url, {"form_key": "k" * 24, **data}, headers={"accept-language": "en"}, follow=True)


def test_the_page_takes_ticks_and_numbers(
    shift: Shift, zhou: Actor, lin: Actor, client_for: Callable[[Actor], Client]
) -> None:
    walked = make_resident(shift.community, "唐阿公")
    make_sign_up(shift, lin.resident)
    key = lin.resident.pk.hex
    answer = _post(
        client_for(zhou), shift, **{f"came_{key}": "on", f"minutes_{key}": "９０", "walk_ins": walked.member_number}
    )
    assert "2 people entered. Another person verifies the hours." in answer.content.decode()
    assert set(HourRecord.objects.values_list("resident_id", "minutes")) == {(lin.resident.pk, 90), (walked.pk, 90)}


def test_an_unknown_number_is_named_and_nothing_is_lost(
    shift: Shift, zhou: Actor, lin: Actor, client_for: Callable[[Actor], Client]
) -> None:
    make_sign_up(shift, lin.resident)
    key = lin.resident.pk.hex
    page = _post(
        client_for(zhou), shift, **{f"came_{key}": "on", f"minutes_{key}": "75", "walk_ins": "９９８"}
    ).content.decode()
    assert "No resident has the number 0998. Look at the sheet again." in page
    assert 'value="75"' in page
    assert not HourRecord.objects.exists()


def test_half_minutes_are_refused_in_the_row(
    shift: Shift, zhou: Actor, lin: Actor, client_for: Callable[[Actor], Client]
) -> None:
    make_sign_up(shift, lin.resident)
    key = lin.resident.pk.hex
    page = _post(client_for(zhou), shift, **{f"came_{key}": "on", f"minutes_{key}": "1.5"}).content.decode()
    assert "for one hour and a half write 90" in page


@pytest.mark.django_db(transaction=True)
def test_the_same_sheet_sent_twenty_times_enters_once(
    shift: Shift,
    zhou: Actor,
    lin: Actor,
    mei: Actor,
    client_for: Callable[[Actor], Client],
    together: Callable[..., list[object]],
) -> None:
    for who in (lin, mei):
        make_sign_up(shift, who.resident)
    data = {f"came_{who.resident.pk.hex}": "on" for who in (lin, mei)}
    clients = [client_for(zhou) for _one in range(20)]
    answers = together(20, lambda at: _post(clients[at], shift, **data).status_code)
    assert answers == [200] * 20
    assert HourRecord.objects.filter(state=HourState.SUBMITTED).count() == 2
