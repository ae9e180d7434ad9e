"""Dates, times and durations in both languages, in `<time>`, and not broken across lines."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.utils import timezone, translation

from core import wording
from tests.core.look_pages import EN, SUNDAY, ZH, text

pytestmark = pytest.mark.usefixtures("sunday")


@pytest.fixture
def sunday():
    with time_machine.travel(SUNDAY, tick=False):
        yield


def test_an_instant_reads_as_the_reader_says_it() -> None:
    assert text("{% when t %}", EN, t=SUNDAY) == (
        '<time datetime="2026-11-22T09:00+08:00">'
        '<span class="nb">Sun 22 Nov,</span> <span class="nb">9:00</span></time>'
    )
    assert text("{% when t %}", ZH, t=SUNDAY) == (
        '<time datetime="2026-11-22T09:00+08:00">'
        '<span class="nb">11月22日</span><span class="nb">（周日）</span><span class="nb">上午9:00</span></time>'
    )


def test_it_follows_the_time_zone_of_the_page() -> None:
    with timezone.override("Asia/Urumqi"), translation.override(EN):
        assert wording.when_text(SUNDAY) == "Sun 22 Nov, 7:00"
    with timezone.override("UTC"), translation.override(EN):
        assert wording.when_text(SUNDAY) == "Sun 22 Nov, 1:00"


def test_a_span_says_the_part_of_the_day_once() -> None:
    with translation.override(ZH):
        assert wording.when_text(SUNDAY, SUNDAY + timedelta(minutes=90)) == "11月22日（周日）上午9:00–10:30"
        assert wording.when_text(SUNDAY, SUNDAY + timedelta(hours=5)) == "11月22日（周日）上午9:00–下午2:00"
    with translation.override(EN):
        assert wording.when_text(SUNDAY, SUNDAY + timedelta(hours=5)) == "Sun 22 Nov, 9:00–14:00"


@pytest.mark.parametrize(
    ("hour", "said"),
    [(0, "凌晨0:05"), (5, "上午5:05"), (12, "中午12:05"), (13, "下午1:05"), (18, "晚上6:05"), (23, "晚上11:05")],
)
def test_parts_of_the_chinese_day(hour: int, said: str) -> None:
    with translation.override(ZH):
        assert wording.clock_text(time(hour, 5)) == said


def test_another_year_is_named() -> None:
    with translation.override(ZH):
        assert wording.day_text(date(2025, 11, 22)) == "2025年11月22日（周六）"
        assert wording.day_text(date(2026, 1, 2), weekday=False) == "1月2日"
        assert wording.day_text(date(2026, 1, 2), weekday=False, year=True) == "2026年1月2日"
    with translation.override(EN):
        assert wording.day_text(date(2025, 11, 22)) == "Sat 22 Nov 2025"


def test_days_to_come_are_named_by_nearness() -> None:
    with translation.override(EN):
        days = [wording.near_day_text(date(2026, 11, 22) + timedelta(days=n)) for n in (-1, 0, 1, 3, 6, 7)]
    assert days == ["21 Nov", "Today", "Tomorrow", "Wed", "Sat", "29 Nov"]
    with translation.override(ZH):
        assert [wording.near_day_text(date(2026, 11, 22 + n)) for n in (0, 1, 3)] == ["今天", "明天", "周三"]


def test_a_day_a_time_a_month_and_nothing() -> None:
    late = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)  # already Monday in Shanghai
    assert "Mon 23 Nov" in text("{% day d %}", EN, d=late)
    assert "（" not in text("{% day d weekday=False %}", ZH, d=late)
    assert "9:00–10:00" in text("{% clock a b %}", EN, a=time(9), b=time(10))
    assert "2026年11月" in text("{% month d %}", ZH, d=date(2026, 11, 1))
    assert text("{% when n %}{% day n %}{% clock n %}", EN, n=None) == ""


@pytest.mark.parametrize(
    ("minutes", "english", "chinese"),
    [(0, "0 min", "0 分钟"), (45, "45 min", "45 分钟"), (60, "1 h", "1 小时"), (90, "1 h 30 min", "1 小时 30 分")],
)
def test_durations(minutes: int, english: str, chinese: str) -> None:
    assert text("{% duration m %}", EN, m=minutes) == f'<span class="nb">{english}</span>'
    assert text("{% duration m %}", ZH, m=minutes) == f'<span class="nb">{chinese}</span>'
