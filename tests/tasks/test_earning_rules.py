"""Minutes become coins: the three ways of earning, the two caps, and which version of a rule holds."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.rules.earning import Caps, Earned, Earns, Rate, Used, earn, half_up, in_force, whole_minutes

CAPS = Caps(day_minutes=480, month_minutes=3600)
PER_MINUTE = Rate(Earns.PER_MINUTE, Fraction(1))


def _earn(rate: Rate, minutes: int, *, day: int = 0, month: int = 0) -> Earned:
    return earn(rate=rate, minutes=minutes, caps=CAPS, used=Used(day, month))


def test_an_hour_saves_sixty_coins() -> None:
    assert _earn(PER_MINUTE, 60) == Earned(60, 60)


@pytest.mark.parametrize(
    ("rate", "minutes", "coins"), [("1/2", 1, 1), ("1/2", 3, 2), ("5/4", 50, 63), ("1/3", 1, 0), ("1/60", 90, 2)]
)
def test_coins_are_rounded_half_up_once_a_record(rate: str, minutes: int, coins: int) -> None:
    assert _earn(Rate(Earns.PER_MINUTE, Fraction(rate)), minutes).coins == coins


@pytest.mark.parametrize(
    ("day", "month", "minutes", "earned"),
    [
        (0, 0, 480, Earned(480, 480)),
        (0, 0, 500, Earned(480, 480)),
        (470, 470, 60, Earned(10, 10)),
        (480, 480, 60, Earned(0, 0)),
        (0, 3590, 60, Earned(10, 10)),
        (0, 3600, 60, Earned(0, 0)),
        (900, 4000, 60, Earned(0, 0)),
    ],
)
def test_per_minute_stops_at_the_cap(day: int, month: int, minutes: int, earned: Earned) -> None:
    assert _earn(PER_MINUTE, minutes, day=day, month=month) == earned


@pytest.mark.parametrize("earns", [Earns.PER_ATTENDANCE, Earns.PER_TASK])
def test_a_fixed_amount_is_whole_when_the_record_starts_under_the_cap(earns: Earns) -> None:
    rate = Rate(earns, Fraction(10))
    assert _earn(rate, 120, day=479, month=479) == Earned(120, 10)
    assert _earn(rate, 120, day=480, month=480) == Earned(0, 0)
    assert _earn(rate, 120, day=0, month=3600) == Earned(0, 0)


def test_an_agreed_price_is_paid_whatever_the_minutes_and_counts_for_no_cap() -> None:
    assert _earn(Rate(Earns.AGREED, Fraction(40)), 25, day=480, month=3600) == Earned(0, 40)


@given(records=st.lists(st.integers(1, 720), max_size=40))
def test_however_a_day_is_cut_into_records_the_cap_holds(records: list[int]) -> None:
    used, coins = Used(), 0
    for minutes in records:
        earned = earn(rate=PER_MINUTE, minutes=minutes, caps=CAPS, used=used)
        used, coins = used.plus(earned.paid_minutes), coins + earned.coins
    assert coins == used.day == min(CAPS.day_minutes, sum(records))


def test_half_up() -> None:
    assert [half_up(Fraction(text)) for text in ("0", "0.49", "0.5", "1.5", "2.5")] == [0, 0, 1, 2, 3]


def test_minutes_are_elapsed_time_down_to_whole_minutes() -> None:
    start = datetime(2026, 11, 22, 1, 0, 31, tzinfo=UTC)
    assert whole_minutes(start, start + timedelta(minutes=89, seconds=59)) == 89


def test_a_change_of_the_clocks_adds_no_minutes() -> None:
    zone = ZoneInfo("Europe/Berlin")
    before, after = datetime(2026, 10, 25, 1, 0, tzinfo=zone), datetime(2026, 10, 25, 4, 0, tzinfo=zone)
    assert whole_minutes(before, after) == 240


@dataclass(frozen=True)
class _Rule:
    valid_from: date
    coins: int


def test_the_rule_of_the_day_of_service_holds() -> None:
    old, new = _Rule(date(2026, 1, 1), 1), _Rule(date(2026, 11, 1), 2)
    assert in_force([new, old], date(2026, 10, 31)) is old
    assert in_force([new, old], date(2026, 11, 1)) is new
    assert in_force([new, old], date(2025, 12, 31)) is None
