"""The board: what it shows to whom, its filters, its queries."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from tasks.choices import Category, TaskState
from tests.factories.tasks import make_rule, make_shift, make_sign_up, make_task

QUERIES = 8


@pytest.fixture(autouse=True)
def _stands_still(monkeypatch, now):
    monkeypatch.setattr(clock, "now", lambda: now)


def url(community, **query):
    return reverse("tasks:board", args=[community.slug], query=query)


def titles(response):
    return [row.task.title_zh for row in response.context["board"].rows]


def in_days(community, now, days, title, **fields):
    return make_shift(make_task(community, title_zh=title, title_en="", **fields), starts_at=now + timedelta(days=days))


def test_the_soonest_first_and_only_what_is_open(client_for, lin, jinshan, outsider, now):
    in_days(jinshan, now, 2, "后天")
    in_days(jinshan, now, 1, "明天")
    in_days(jinshan, now, 1, "草稿", state=TaskState.DRAFT)
    in_days(jinshan, now, -1, "昨天")
    in_days(outsider.community, now, 1, "别处")
    cancelled = in_days(jinshan, now, 1, "取消")
    cancelled.cancelled_at = now
    cancelled.save()
    assert titles(client_for(lin).get(url(jinshan))) == ["明天", "后天"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"when": "today"}, ["今天"]),
        ({"when": "tomorrow"}, ["明天"]),
        ({"when": "week"}, ["今天", "明天", "周末"]),
        ({"day": "2026-11-28"}, ["周末"]),
        ({"kind": "patrol"}, ["明天"]),
        ({"area": "东区"}, ["周末"]),
        ({"elders": "on"}, ["明天"]),
        ({"urgent": "on"}, ["今天"]),
        ({"kind": "patrol", "urgent": "on"}, []),
        ({"kind": "nonsense", "when": "?", "day": "soon"}, ["今天", "明天", "周末", "以后"]),
    ],
)
def test_the_filters(query, expected, client_for, lin, jinshan, now):
    make_shift(make_task(jinshan, title_zh="今天", urgent=True), starts_at=now + timedelta(hours=3))
    in_days(jinshan, now, 1, "明天", category=Category.PATROL, suits_elders=True)
    in_days(jinshan, now, 6, "周末", area="东区")
    in_days(jinshan, now, 12, "以后")
    assert titles(client_for(lin).get(url(jinshan, **query))) == expected


def test_count_and_active_filters_in_words(client_for, lin, jinshan, now):
    in_days(jinshan, now, 1, "巡逻", category=Category.PATROL)
    html = (
        client_for(lin).get(url(jinshan, kind="patrol", elders=""), headers={"accept-language": "en"}).content.decode()
    )
    assert "1 task" in html
    assert "Patrol" in html


@pytest.mark.parametrize("shifts", [1, 50])
def test_the_same_queries_at_1_and_at_50_rows(shifts, client_for, lin, jinshan, now):
    make_rule(jinshan)
    for at in range(shifts):
        shift = in_days(jinshan, now, 1 + at, f"任务{at}", area=f"{at}区")
        make_sign_up(shift, lin.resident) if at % 2 else None
    client = client_for(lin)
    client.get(url(jinshan))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = client.get(url(jinshan))
    assert len(response.context["board"].rows) == min(shifts, 24)
    assert len(queries) <= QUERIES, [query["sql"][:90] for query in queries]


def test_pages(client_for, lin, jinshan, now):
    for at in range(30):
        in_days(jinshan, now, 1 + at, f"任务{at}")
    second = client_for(lin).get(url(jinshan, page=2))
    assert titles(second)[0] == "任务24"
    assert titles(client_for(lin).get(url(jinshan, page=99)))[0] == "任务0"


def test_signed_out_visitors_see_kind_area_and_minutes_of_what_is_for_one_person(jinshan, lin, now):
    in_days(
        jinshan, now, 1, "陪张奶奶看病", category=Category.CLINIC, home_visit=True, area="东区", landmark_zh="北门药店",
        landmark_en="", beneficiary=lin.resident,
    )  # fmt: skip
    html = Client().get(url(jinshan)).content.decode()
    assert "东区" in html
    for secret in ("张奶奶", "北门药店", "2026-11-23", "8:00"):
        assert secret not in html
