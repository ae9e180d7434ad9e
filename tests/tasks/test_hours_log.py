"""A resident logs hours: it works, who may not, what is refused in words, twice, at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from communities.actors import Actor
from core.errors import DomainError
from tasks.choices import SignUpState
from tasks.choices.hours import Flag, HourState
from tasks.errors_hours import HoursOverlap, NotServed, NotYours, SignUpLogged
from tasks.models import HourRecord
from tasks.rules.hours import HoursRefused
from tasks.selectors.hours import loggable_tasks
from tasks.services.hours import Said, fix, log_hours
from tasks.services.verification import return_record
from tests.factories.hours import YESTERDAY, make_attended, make_hours, plant_hours, span
from tests.factories.people import make_actor, make_resident
from tests.factories.tasks import make_shift, make_sign_up, make_task

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english_in_shanghai() -> object:
    with translation.override("en"), timezone.override("Asia/Shanghai"):
        yield


def _log(actor: Actor, now: datetime, **fields: object) -> HourRecord:
    fields.setdefault("said", Said(span()))
    if actor.resident is not None:
        fields.setdefault("resident_id", actor.resident.pk)
    return log_hours(actor=actor, now=now, **fields)  # type: ignore[arg-type]


def test_hours_of_an_attended_shift_wait_clean(lin: Actor, now: datetime) -> None:
    record = make_hours(lin, now=now)
    assert (record.state, record.minutes, record.flags) == (HourState.SUBMITTED, 60, [])
    assert (record.title_zh, str(record.service_date), record.entered_by) == ("打扫榕树长廊", "2026-11-21", lin.user)
    assert record.coins_earned is None


def test_by_hand_for_a_published_task_is_flagged(lin: Actor, now: datetime) -> None:
    record = _log(lin, now, task_id=make_task(lin.community).pk)
    assert record.flags == [Flag.NO_EVIDENCE]
    assert record.sign_up is None


def test_the_day_of_service_is_the_communitys(lin: Actor, now: datetime) -> None:
    late = YESTERDAY - timedelta(hours=9, minutes=30)  # 23:30 in Shanghai on the 20th
    record = _log(lin, now, task_id=make_task(lin.community).pk, said=Said(span(60, starts_at=late)))
    assert str(record.service_date) == "2026-11-20"


def test_not_for_a_neighbour(lin: Actor, mei: Actor, now: datetime) -> None:
    assert mei.resident is not None
    with pytest.raises(NotYours):
        _log(lin, now, resident_id=mei.resident.pk, task_id=make_task(lin.community).pk)


def test_staff_log_for_somebody_and_it_is_flagged(lin: Actor, zhou: Actor, now: datetime) -> None:
    assert lin.resident is not None
    record = _log(zhou, now, resident_id=lin.resident.pk, sign_up_id=make_attended(lin.resident).pk)
    assert record.flags == [Flag.STAFF_ENTERED]
    assert record.entered_by == zhou.user


@pytest.mark.parametrize(
    ("change", "refused"),
    [({"state": "draft"}, NotServed), ({"home_visit": True}, NotServed), ({"state": "cancelled"}, NotServed)],
)
def test_only_what_was_published_earns_by_hand(
    lin: Actor, now: datetime, change: dict[str, object], refused: type[DomainError]
) -> None:
    with pytest.raises(refused):
        _log(lin, now, task_id=make_task(lin.community, **change).pk)


def test_a_task_of_another_community(lin: Actor, outsider: Actor, now: datetime) -> None:
    with pytest.raises(NotServed):
        _log(lin, now, task_id=make_task(outsider.community).pk)


def test_a_sign_up_of_somebody_else(lin: Actor, mei: Actor, now: datetime) -> None:
    assert mei.resident is not None
    with pytest.raises(NotServed):
        _log(lin, now, sign_up_id=make_attended(mei.resident).pk)


@pytest.mark.parametrize("state", [SignUpState.WAITLISTED, SignUpState.WITHDRAWN, SignUpState.ASKED])
def test_a_sign_up_that_was_no_place(lin: Actor, now: datetime, state: str) -> None:
    shift = make_shift(make_task(lin.community), starts_at=YESTERDAY)
    with pytest.raises(NotServed):
        _log(lin, now, sign_up_id=make_sign_up(shift, lin.resident, state=state).pk)


def test_marked_absent_says_whom_to_ask(lin: Actor, now: datetime) -> None:
    shift = make_shift(make_task(lin.community), starts_at=YESTERDAY)
    sign_up = make_sign_up(shift, lin.resident, state=SignUpState.ABSENT)
    with pytest.raises(NotServed) as refused:
        _log(lin, now, sign_up_id=sign_up.pk)
    assert (
        str(refused.value) == "You were marked as not there. Ask the team leader or the office to correct that first."
    )


def test_another_day_than_the_shift(lin: Actor, now: datetime) -> None:
    assert lin.resident is not None
    sign_up = make_attended(lin.resident)
    with pytest.raises(NotServed) as refused:
        _log(lin, now, sign_up_id=sign_up.pk, said=Said(span(starts_at=YESTERDAY - timedelta(days=1))))
    assert str(refused.value) == (
        "You signed up for Sat 21 Nov, 9:00–10:00. Write the hours of that day, or choose the task without the sign-up."
    )


def test_an_overlap_is_named(lin: Actor, now: datetime) -> None:
    make_hours(lin, now=now)
    with pytest.raises(HoursOverlap) as refused:
        _log(
            lin,
            now,
            task_id=make_task(lin.community).pk,
            said=Said(span(30, starts_at=YESTERDAY + timedelta(minutes=59))),
        )
    assert str(refused.value) == (
        "This overlaps with “Sweep the banyan walk”, Sat 21 Nov, 9:00–10:00, which is logged already. "
        "Change the times, or withdraw that one."
    )


def test_an_overlap_is_named_in_chinese(lin: Actor, now: datetime) -> None:
    make_hours(lin, now=now)
    with translation.override("zh-hans"), pytest.raises(HoursOverlap) as refused:
        _log(lin, now, task_id=make_task(lin.community).pk)
    with translation.override("zh-hans"):
        assert "打扫榕树长廊" in str(refused.value)
        assert "11月21日（周六）上午9:00–10:00" in str(refused.value)


def test_hours_that_touch_do_not_overlap(lin: Actor, now: datetime) -> None:
    make_hours(lin, now=now)
    _log(lin, now, task_id=make_task(lin.community).pk, said=Said(span(60, starts_at=YESTERDAY + timedelta(hours=1))))
    assert HourRecord.objects.count() == 2


def test_the_future_and_too_much_are_refused(lin: Actor, now: datetime) -> None:
    task = make_task(lin.community)
    for bad in (span(60, starts_at=now), span(721, starts_at=YESTERDAY - timedelta(hours=12)), span(0)):
        with pytest.raises(HoursRefused):
            _log(lin, now, task_id=task.pk, said=Said(bad))
    assert not HourRecord.objects.exists()


def test_over_eight_hours_is_flagged(lin: Actor, now: datetime) -> None:
    record = _log(lin, now, task_id=make_task(lin.community).pk, said=Said(span(481)))
    assert record.flags == [Flag.LONG, Flag.NO_EVIDENCE]


def test_a_community_may_draw_the_line_lower(lin: Actor, now: datetime) -> None:
    lin.community.settings.max_minutes = 480
    lin.community.settings.save()
    with pytest.raises(HoursRefused) as refused:
        _log(lin, now, task_id=make_task(lin.community).pk, said=Said(span(481)))
    assert "at most 8 h" in str(refused.value)


def test_minors_and_bursts_are_flagged(lin: Actor, now: datetime) -> None:
    girl = make_actor(lin.community, "何小玉", birth_date=(now - timedelta(days=15 * 365)).date())
    assert girl.resident is not None
    sign_up = make_attended(girl.resident, burst=True)
    assert _log(girl, now, sign_up_id=sign_up.pk).flags == [Flag.BURST, Flag.MINOR]


def test_the_same_pair_often_is_flagged(lin: Actor, now: datetime) -> None:
    neighbour = make_resident(lin.community, "苏奶奶")
    task = make_task(lin.community, beneficiary=neighbour)
    starts = [YESTERDAY - timedelta(days=days) for days in range(6)]
    records = [make_hours(lin, now=now, task=task, starts_at=at) for at in starts]
    assert [Flag.PAIR in record.flags for record in records] == [False] * 5 + [True]


def test_helping_each_other_is_flagged(lin: Actor, mei: Actor, now: datetime) -> None:
    first = make_hours(lin, now=now, task=make_task(lin.community, beneficiary=mei.resident))
    second = make_hours(mei, now=now, task=make_task(lin.community, beneficiary=lin.resident))
    assert (first.flags, second.flags) == ([], [Flag.PAIR])


def test_another_sign_up_at_the_same_time_is_flagged(lin: Actor, now: datetime) -> None:
    other = make_shift(make_task(lin.community), starts_at=YESTERDAY + timedelta(minutes=30))
    make_sign_up(other, lin.resident)
    assert make_hours(lin, now=now).flags == [Flag.OVERLAP]


def test_a_sign_up_is_logged_once(lin: Actor, now: datetime) -> None:
    record = make_hours(lin, now=now)
    with pytest.raises(SignUpLogged):
        _log(lin, now, sign_up_id=record.sign_up_id, said=Said(span(30, starts_at=YESTERDAY + timedelta(hours=2))))


def test_the_database_refuses_an_overlap_that_goes_round_the_service(lin: Actor) -> None:
    assert lin.resident is not None
    plant_hours(lin.resident)
    with pytest.raises(IntegrityError, match="hours_do_not_overlap"), transaction.atomic():
        plant_hours(lin.resident, starts_at=YESTERDAY + timedelta(minutes=59))


@pytest.mark.parametrize("fields", [{"minutes": 721}, {"ends_at": YESTERDAY + timedelta(minutes=59)}])
def test_the_database_refuses_figures_that_cannot_be(lin: Actor, fields: dict[str, object]) -> None:
    assert lin.resident is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        plant_hours(lin.resident, **fields)


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_leave_one(lin: Actor, now: datetime, together: Callable[..., list[object]]) -> None:
    task = make_task(lin.community)
    actor = replace(lin)
    results = together(20, lambda _at: _log(actor, now, task_id=task.pk))
    assert HourRecord.objects.count() == 1
    assert sum(isinstance(result, HourRecord) for result in results) == 1
    assert all(isinstance(result, HourRecord | HoursOverlap) for result in results), results


def test_by_hand_on_a_day_that_the_task_had_is_not_flagged_as_odd(lin: Actor, now: datetime) -> None:
    task = make_task(lin.community)
    make_shift(task, starts_at=YESTERDAY)
    assert _log(lin, now, task_id=task.pk).flags == [Flag.NO_EVIDENCE]


@pytest.mark.parametrize("cancelled", [False, True])
def test_by_hand_on_a_day_that_the_task_never_had_is_looked_at(lin: Actor, now: datetime, cancelled: bool) -> None:
    task = make_task(lin.community)
    make_shift(task, starts_at=YESTERDAY - timedelta(days=7))
    if cancelled:
        make_shift(task, starts_at=YESTERDAY, cancelled_at=YESTERDAY - timedelta(days=1))
    record = _log(lin, now, task_id=task.pk)
    assert record.flags == [Flag.NO_SUCH_DATE, Flag.NO_EVIDENCE]
    assert not record.is_clean


def test_a_task_that_has_not_begun_is_not_offered(lin: Actor, now: datetime) -> None:
    begun, coming = make_task(lin.community), make_task(lin.community)
    make_shift(begun, starts_at=YESTERDAY)
    make_shift(coming, starts_at=now + timedelta(days=1))
    assert list(loggable_tasks(lin.community, now)) == [begun]
    with pytest.raises(NotServed):
        _log(lin, now, task_id=coming.pk)


def test_sixty_days_and_no_more(lin: Actor, now: datetime) -> None:
    task = make_task(lin.community)
    _log(lin, now, task_id=task.pk, said=Said(span(starts_at=YESTERDAY - timedelta(days=59))))
    with pytest.raises(HoursRefused) as refused:
        _log(lin, now, task_id=task.pk, said=Said(span(starts_at=YESTERDAY - timedelta(days=60))))
    assert str(refused.value) == ("Hours can be logged for 60 days: from Wed 23 Sep on. Look at the day again.")


def test_a_record_returned_late_is_still_mended(lin: Actor, zhou: Actor, now: datetime) -> None:
    record = make_hours(lin, now=now)
    return_record(actor=zhou, record_id=record.pk, reason="几点结束？", now=now + timedelta(days=61))
    mended = fix(actor=lin, record_id=record.pk, said=Said(span(45)), now=now + timedelta(days=62))
    assert mended.minutes == 45
