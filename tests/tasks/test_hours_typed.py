"""What may be typed as hours, and the sentence that each mistake gets."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.utils import translation

from tasks.choices.hours import Flag
from tasks.rules.flags import Facts, flags_for
from tasks.rules.hours import HoursRefused, Span, check_minutes, check_span, read_minutes, span_of

SHANGHAI = "Asia/Shanghai"
NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)  # noon in Shanghai
TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def _english() -> object:
    with translation.override("en"):
        yield


def _refusal(run: object) -> str:
    with pytest.raises(HoursRefused) as refused:
        run()  # type: ignore[operator]
    return str(refused.value)


@pytest.mark.parametrize(
    ("typed", "minutes"), [("90", 90), ("９０", 90), (" 90 ", 90), ("　９０", 90), ("", None), ("-5", -5)]
)
def test_minutes_are_read_kindly(typed: str, minutes: int | None) -> None:
    assert read_minutes(typed) == minutes


@pytest.mark.parametrize("typed", ["1.5", "１．５", "1,5", "90 min", "9e1", "--", "999999999", "--5", "+-5", "5-"])
def test_minutes_are_whole(typed: str) -> None:
    assert "Minutes are a whole number" in _refusal(lambda: read_minutes(typed))


def test_one_and_a_half_is_told_how_to_write_it() -> None:
    sentence = _refusal(lambda: read_minutes("1.5"))
    assert sentence == "Minutes are a whole number. You wrote “1.5”: for one hour and a half write 90."


@pytest.mark.parametrize("minutes", [0, -30])
def test_nothing_and_less_than_nothing(minutes: int) -> None:
    assert _refusal(lambda: check_minutes(minutes)) == (
        f"Write how long you helped, at least 1 minute. You wrote {minutes}."
    )


def test_twelve_hours_are_the_most() -> None:
    check_minutes(720)
    assert _refusal(lambda: check_minutes(721)) == (
        "That is 12 h 1 min. One record holds at most 12 h: log each part of the day by itself."
    )


def test_the_future_is_refused() -> None:
    span = Span(NOW - timedelta(minutes=30), NOW + timedelta(minutes=1))
    assert _refusal(lambda: check_span(span, now=NOW)) == (
        "These hours are not over yet. Log them after the service has ended."
    )
    check_span(Span(NOW - timedelta(minutes=30), NOW), now=NOW)


def test_an_end_or_the_minutes_or_both_if_they_agree() -> None:
    by_end = span_of(day=TODAY, start=time(9), end=time(10, 30), minutes=None, zone=SHANGHAI)
    by_minutes = span_of(day=TODAY, start=time(9), end=None, minutes=90, zone=SHANGHAI)
    both = span_of(day=TODAY, start=time(9), end=time(10, 30), minutes=90, zone=SHANGHAI)
    assert by_end == by_minutes == both
    assert by_end.starts_at == datetime(2026, 11, 22, 1, 0, tzinfo=UTC)


def test_neither_end_nor_minutes() -> None:
    assert _refusal(lambda: span_of(day=TODAY, start=time(9), end=None, minutes=None, zone=SHANGHAI)) == (
        "Write when it ended, or how many minutes it took."
    )


def test_end_and_minutes_that_disagree() -> None:
    assert _refusal(lambda: span_of(day=TODAY, start=time(9), end=time(10), minutes=90, zone=SHANGHAI)) == (
        "From start to end is 60 minutes, and you wrote 90. Leave one of the two empty."
    )


def test_an_end_before_the_start() -> None:
    assert "The end is not after the start" in _refusal(
        lambda: span_of(day=TODAY, start=time(23), end=time(0, 30), minutes=None, zone=SHANGHAI)
    )


def test_past_midnight_by_minutes() -> None:
    span = span_of(day=TODAY, start=time(23), end=None, minutes=90, zone=SHANGHAI)
    assert span.minutes == 90
    assert span.ends_at == datetime(2026, 11, 22, 16, 30, tzinfo=UTC)


def test_minutes_are_elapsed_where_the_clocks_change() -> None:
    span = span_of(day=date(2026, 10, 25), start=time(1), end=time(4), minutes=None, zone="Europe/Berlin")
    assert span.minutes == 240


CLEAN = Facts(minutes=90, flag_minutes=480, shift_minutes=90, has_evidence=True)


@pytest.mark.parametrize(
    ("facts", "flags"),
    [
        (CLEAN, []),
        (Facts(minutes=481, flag_minutes=480, has_evidence=True), [Flag.LONG]),
        (Facts(minutes=480, flag_minutes=480, has_evidence=True), []),
        (Facts(minutes=106, flag_minutes=480, shift_minutes=90, has_evidence=True), [Flag.LONGER]),
        (Facts(minutes=105, flag_minutes=480, shift_minutes=90, has_evidence=True), []),
        (Facts(minutes=30, flag_minutes=480), [Flag.NO_EVIDENCE]),
        (Facts(minutes=30, flag_minutes=480, has_evidence=True, pair_times=5), []),
        (Facts(minutes=30, flag_minutes=480, has_evidence=True, pair_times=6), [Flag.PAIR]),
        (Facts(minutes=30, flag_minutes=480, has_evidence=True, reciprocal=True), [Flag.PAIR]),
        (Facts(minutes=30, flag_minutes=480, has_evidence=True, burst=True, minor=True), [Flag.BURST, Flag.MINOR]),
        (Facts(minutes=30, flag_minutes=480, overlaps_sign_up=True, staff_entered=True, has_evidence=True),
         [Flag.OVERLAP, Flag.STAFF_ENTERED]),
    ],
)  # fmt: skip
def test_flags(facts: Facts, flags: list[Flag]) -> None:
    assert flags_for(facts) == flags


@pytest.mark.parametrize("typed", ["1441", "99999", "999999", "99999999"])
def test_far_too_many_are_told_what_one_too_many_is(typed: str) -> None:
    minutes = read_minutes(typed)
    sentence = _refusal(lambda: span_of(day=TODAY, start=time(9), end=None, minutes=minutes, zone=SHANGHAI))
    assert sentence.endswith("One record holds at most 12 h: log each part of the day by itself.")
