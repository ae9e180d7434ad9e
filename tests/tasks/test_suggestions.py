"""What comes next for a resident, three suggestions and why, and staff's today."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from communities.models import TeamMember
from notifications import kinds
from tasks.choices import Category, SignUpState
from tasks.selectors.mine import next_commitment
from tasks.selectors.staff import staff_today
from tasks.selectors.suggested import suggestions
from tasks.services import notices
from tests.factories.tasks import make_attendance, make_help_request, make_shift, make_sign_up, make_task


def soon(jinshan, now, days=1, **fields):
    places = fields.pop("places", 3)
    return make_shift(make_task(jinshan, **fields), starts_at=now + timedelta(days=days), places=places)


def test_the_reasons_in_order(lin, jinshan, firefly, now):
    done = make_shift(make_task(jinshan, category=Category.PATROL), starts_at=now - timedelta(days=9))
    make_sign_up(done, lin.resident, state=SignUpState.ATTENDED)
    TeamMember.objects.create(team=firefly, resident=lin.resident, joined_at=now)
    plain = soon(jinshan, now, 1, title_zh="近")
    urgent = soon(jinshan, now, 2, title_zh="急", urgent=True)
    team = soon(jinshan, now, 3, title_zh="队", team=firefly)
    again = soon(jinshan, now, 4, title_zh="又", category=Category.PATROL)
    found = suggestions(actor=lin, now=now, limit=4)
    assert [(one.row.shift.pk, one.reason) for one in found] == [
        (again.pk, "again"), (team.pk, "team"), (urgent.pk, "urgent"), (plain.pk, "soon"),
    ]  # fmt: skip
    assert all(one.why for one in found)


def test_nothing_that_cannot_be_claimed(lin, mei, jinshan, now):
    make_sign_up(soon(jinshan, now, title_zh="满", places=1), mei.resident)
    soon(jinshan, now, title_zh="上门", home_visit=True)
    soon(jinshan, now, title_zh="为我", beneficiary=lin.resident)
    mine = soon(jinshan, now, 2, title_zh="我的")
    make_sign_up(mine, lin.resident)
    make_shift(make_task(jinshan, title_zh="同时"), starts_at=mine.starts_at)
    assert suggestions(actor=lin, now=now) == []


def test_one_of_a_series_and_three_queries(lin, jinshan, now):
    first = soon(jinshan, now, 1)
    for day in range(2, 30):
        make_shift(first.task, starts_at=now + timedelta(days=day))
    lin.community.__dict__.pop("_earning_rules", None)
    with CaptureQueriesContext(connection) as queries:
        assert [one.row.shift for one in suggestions(actor=lin, now=now)] == [first]
    assert len(queries) == 3  # shifts, kinds done, the earning rule


def test_the_next_commitment_and_what_can_be_done(lin, jinshan, now):
    assert next_commitment(resident=lin.resident, now=now) is None
    make_sign_up(soon(jinshan, now, 2), lin.resident)
    first = make_sign_up(soon(jinshan, now, 1), lin.resident)
    make_sign_up(soon(jinshan, now, 0.5), lin.resident, state=SignUpState.WAITLISTED)
    found = next_commitment(resident=lin.resident, now=now)
    assert (found.sign_up, found.can_check_in) == (first, False)
    start = first.shift.starts_at
    assert next_commitment(resident=lin.resident, now=start).can_check_in
    make_attendance(first, checked_in_at=start)
    later = next_commitment(resident=lin.resident, now=first.shift.ends_at + timedelta(hours=1))
    assert (later.sign_up, later.can_check_in, later.can_check_out) == (first, False, True)


def test_staff_today(lin, jinshan, outsider, now):
    unfilled = make_shift(make_task(jinshan, urgent=True), starts_at=now + timedelta(hours=5))
    starting = make_shift(make_task(jinshan), starts_at=now + timedelta(hours=1))
    soon(jinshan, now, 5, urgent=True)
    make_sign_up(unfilled, lin.resident, state=SignUpState.ASKED)
    make_help_request(lin.resident)
    make_help_request(outsider.resident)
    with CaptureQueriesContext(connection) as queries:
        found = staff_today(community=jinshan, now=now)
    assert (found.urgent_unfilled, found.starting_soon) == ([unfilled], [starting])
    assert (found.visits_asked, found.calls_waiting) == (1, 1)
    assert len(queries) == 4


KINDS = [
    *notices.REMIND_BEFORE, notices.PROMOTED, notices.ACCEPTED, notices.DECLINED, notices.CALLED_OFF, notices.MOVED,
    notices.HELP_HELPER_FOUND,
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_notice_about_a_shift_has_its_words(kind, language, jinshan, now):
    payload = notices.payload_of(soon(jinshan, now)) | {"waits": False, "helper": "张**"}
    with translation.override(language):
        said = kinds.render(kind, payload)
    assert said.title
    assert "%" not in said.body
    assert (said.about_zh, said.about_en) == ("打扫榕树长廊", "Sweep the banyan walk")


@pytest.mark.parametrize("kind", [notices.HELP_PUBLISHED, notices.HELP_SETTLED])
def test_every_notice_about_a_request_has_its_words(kind):
    said = kinds.render(kind, {"category": "shopping", "answer": "好", "time_zone": "Asia/Shanghai"})
    assert said.title
    assert "%" not in said.body
