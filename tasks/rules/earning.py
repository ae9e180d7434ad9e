"""Minutes → coins. Pure arithmetic: no query, no clock.

A community's rule is data, versioned by the date of service; the cap is counted in certified minutes, by the day and by
the month of service. Who holds the lock that makes "used so far" true is the service's matter.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from fractions import Fraction
from math import floor
from typing import Protocol, TypeVar


class Earns(StrEnum):
    """How coins come from a record."""

    PER_MINUTE = "per_minute"  # certified minutes × rate
    PER_ATTENDANCE = "per_attendance"  # the community's fixed amount each time one came
    PER_TASK = "per_task"  # the amount written on the task
    AGREED = "agreed"  # paid by the requester, whatever the minutes; nothing is issued and no cap counts


@dataclass(frozen=True, slots=True)
class Rate:
    """One way of earning and its figure: coins a minute (a fraction), or whole coins a time, a task, a request."""

    earns: Earns
    coins: Fraction


@dataclass(frozen=True, slots=True)
class Caps:
    """A community's earning caps in certified minutes of one resident."""

    day_minutes: int
    month_minutes: int


@dataclass(frozen=True, slots=True)
class Used:
    """Paid minutes already verified for the resident, on the day and in the month of service."""

    day: int = 0
    month: int = 0

    def plus(self, minutes: int) -> "Used":
        """What is used once a record of the same day takes `minutes`."""
        return Used(self.day + minutes, self.month + minutes)


@dataclass(frozen=True, slots=True)
class Earned:
    """What a record earns: the minutes that count towards the caps, and whole coins."""

    paid_minutes: int
    coins: int


class Versioned(Protocol):
    """A rule with the first day on which it holds."""

    valid_from: date


V = TypeVar("V", bound=Versioned)


def whole_minutes(starts_at: datetime, ends_at: datetime) -> int:
    """Elapsed time down to whole minutes, in UTC: Python subtracts two times of one zone by the clock face."""
    return int((ends_at.astimezone(UTC) - starts_at.astimezone(UTC)).total_seconds() // 60)


def in_force(rules: Iterable[V], day: date) -> V | None:
    """The rule that held on a day of service: the newest that had begun, or None before the first."""
    begun = [rule for rule in rules if rule.valid_from <= day]
    return max(begun, key=lambda rule: rule.valid_from, default=None)


def half_up(amount: Fraction) -> int:
    """Whole coins, a half counted upwards. Amounts are never negative."""
    return floor(amount + Fraction(1, 2))


def room(caps: Caps, used: Used) -> int:
    """Minutes that may still earn on that day, 0 or more."""
    return max(0, min(caps.day_minutes - used.day, caps.month_minutes - used.month))


def earn(*, rate: Rate, minutes: int, caps: Caps, used: Used) -> Earned:
    """What `minutes` of service earn now.

    Per minute, the part above a cap earns nothing. A fixed amount is earned in full by a record that starts under both
    caps, else it is 0. An agreed price touches no cap.
    """
    if rate.earns is Earns.AGREED:
        return Earned(0, int(rate.coins))
    left = room(caps, used)
    if rate.earns is Earns.PER_MINUTE:
        paid = min(minutes, left)
        return Earned(paid, half_up(rate.coins * paid))
    return Earned(minutes, int(rate.coins)) if left > 0 else Earned(0, 0)
