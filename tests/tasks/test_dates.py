"""Dates: repetition in wall time, moving one or all later, skipping one, more places."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from core.errors import NotAllowed
from notifications.models import OutboxMessage
from tasks import errors
from tasks.choices import SignUpState
from tasks.recurrence import Every, Repetition, Slot, sentence, slots
from tasks.services import scheduling
from tests.factories.tasks import make_shift, make_sign_up, make_task

HOUR = timedelta(hours=1)


@pytest.fixture
def series(jinshan, now):
    """Four Wednesdays at 9:00 in Shanghai."""
    task = make_task(jinshan)
    first = datetime(2026, 11, 25, 1, tzinfo=UTC)
    return [make_shift(task, starts_at=first + timedelta(days=7 * at), places=2) for at in range(4)]


def slot_at(shift, **move):
    return Slot(shift.starts_at + timedelta(**move), shift.ends_at + timedelta(**move))


def times(series):
    for one in series:
        one.refresh_from_db()
    return [one.starts_at for one in series]


def test_every_wednesday_12_times():
    repetition = Repetition(date(2026, 11, 25), time(9), 60, "Asia/Shanghai", Every.WEEK, 12)
    found = slots(repetition)
    assert len(found) == 12
    assert {one.starts_at.astimezone(ZoneInfo("Asia/Shanghai")).weekday() for one in found} == {2}
    assert {one.starts_at.hour for one in found} == {1}


def test_the_sentence_in_both_languages():
    repetition = Repetition(date(2026, 11, 25), time(9), 60, "Asia/Shanghai", Every.WEEK, 12)
    with translation.override("en"):
        assert sentence(repetition) == "Every Wednesday 9:00, 12 times"


def test_nine_oclock_stays_nine_oclock_when_the_clocks_change():
    """Berlin sets its clocks back on 25 October 2026."""
    found = slots(Repetition(date(2026, 10, 22), time(9), 90, "Europe/Berlin", Every.WEEK, 2))
    local = [one.starts_at.astimezone(ZoneInfo("Europe/Berlin")) for one in found]
    assert [one.time() for one in local] == [time(9), time(9)]
    assert found[1].starts_at - found[0].starts_at == timedelta(days=7, hours=1)
    assert {one.ends_at - one.starts_at for one in found} == {timedelta(minutes=90)}


@pytest.mark.parametrize(
    ("every", "days"), [(Every.ONCE, [25]), (Every.DAY, [25, 26, 27, 28]), (Every.WEEKDAY, [25, 26, 27, 30])]
)
def test_other_repetitions(every, days):
    found = slots(Repetition(date(2026, 11, 25), time(9), 60, "Asia/Shanghai", every, 4))
    assert [one.starts_at.day for one in found] == days


def test_one_date_is_moved_alone_and_who_is_in_is_told(zhou, lin, mei, series, now):
    make_sign_up(series[0], lin.resident)
    make_sign_up(series[1], mei.resident)
    before = times(series)
    scheduling.edit_date(actor=zhou, shift_id=series[0].pk, slot=slot_at(series[0], hours=2), places=2, now=now)
    assert times(series) == [before[0] + 2 * HOUR, *before[1:]]
    told = OutboxMessage.objects.filter(kind="task-moved", channel="inbox").values_list("recipient", flat=True)
    assert list(told) == [lin.user_id]
    due = OutboxMessage.objects.filter(kind="task-reminder-soon", state="pending", channel="inbox").get().due_at
    assert due == before[0]


def test_this_date_and_all_later_ones(zhou, series, now):
    before = times(series)
    scheduling.edit_date(
        actor=zhou, shift_id=series[1].pk, slot=slot_at(series[1], days=1, hours=1), places=5, all_later=True, now=now
    )
    moved = [one + timedelta(days=1, hours=1) for one in before[1:]]
    assert times(series) == [before[0], *moved]
    assert [one.places for one in series] == [2, 5, 5, 5]


def test_raised_places_are_filled_from_the_wait_list(zhou, lin, mei, series, now):
    make_sign_up(series[0], lin.resident, companions=1)
    waiting = make_sign_up(series[0], mei.resident, state=SignUpState.WAITLISTED)
    scheduling.edit_date(actor=zhou, shift_id=series[0].pk, slot=slot_at(series[0]), places=3, now=now)
    waiting.refresh_from_db()
    assert waiting.state == SignUpState.CONFIRMED


def test_places_below_those_taken_are_refused_and_nothing_moves(zhou, lin, series, now):
    make_sign_up(series[1], lin.resident, companions=1)
    before = times(series)
    with pytest.raises(errors.NoPlaceLeft, match="2"):
        scheduling.edit_date(
            actor=zhou, shift_id=series[0].pk, slot=slot_at(series[0], hours=1), places=1, all_later=True, now=now
        )
    assert times(series) == before


def test_one_date_is_skipped_and_twice_is_harmless(zhou, lin, series, now):
    make_sign_up(series[0], lin.resident)
    for _ in range(2):
        scheduling.cancel_date(actor=zhou, shift_id=series[0].pk, now=now)
    times(series)
    assert [one.cancelled_at for one in series] == [now, None, None, None]
    assert OutboxMessage.objects.filter(kind="task-called-off", channel="inbox").count() == 1


def test_what_has_begun_stays(zhou, series):
    begun = series[0].starts_at
    with pytest.raises(errors.ShiftHasBegun):
        scheduling.cancel_date(actor=zhou, shift_id=series[0].pk, now=begun)
    with pytest.raises(errors.ShiftHasBegun):
        scheduling.edit_date(actor=zhou, shift_id=series[0].pk, slot=slot_at(series[0], hours=1), places=2, now=begun)


@pytest.mark.parametrize("who", ["lin", "mei", "chen"])
def test_only_staff_change_dates(who, series, now, request):
    actor = request.getfixturevalue(who)
    with pytest.raises(NotAllowed):
        scheduling.cancel_date(actor=actor, shift_id=series[0].pk, now=now)
    with pytest.raises(NotAllowed):
        scheduling.edit_date(actor=actor, shift_id=series[0].pk, slot=slot_at(series[0]), places=2, now=now)


@pytest.mark.parametrize("length", [timedelta(), timedelta(minutes=-5), timedelta(hours=13)])
def test_no_date_at_all(length, zhou, series, now):
    start = series[0].starts_at
    with pytest.raises(errors.BadDates):
        scheduling.edit_date(actor=zhou, shift_id=series[0].pk, slot=Slot(start, start + length), places=2, now=now)


def test_more_dates(zhou, series, now):
    later = timezone.now() + timedelta(days=400)
    scheduling.more_dates(actor=zhou, task_id=series[0].task_id, dates=[Slot(later, later + HOUR)], places=4)
    assert series[0].task.shifts.count() == 5
