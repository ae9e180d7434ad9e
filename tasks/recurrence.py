"""Repetition: "every Wednesday 9:00, 12 times" → dates in wall time: 9:00 stays 9:00 when clocks change. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from core.wording import clock_text

TIMES_AT_MOST = 52
HOURS_AT_MOST = 12


class Every(StrEnum):
    """How often a task comes round."""

    ONCE = "once"
    DAY = "day"
    WEEKDAY = "weekday"
    WEEK = "week"
    FORTNIGHT = "fortnight"


@dataclass(frozen=True, slots=True)
class Repetition:
    """Starting on a day at a time of the clock in a zone, `minutes` long, `times` times."""

    first: date
    at: time
    minutes: int
    zone: str
    every: Every = Every.ONCE
    times: int = 1


@dataclass(frozen=True, slots=True)
class Slot:
    """One date: two instants."""

    starts_at: datetime
    ends_at: datetime


def slots(repetition: Repetition) -> list[Slot]:
    """Every date of a repetition, in order."""
    count = 1 if repetition.every is Every.ONCE else repetition.times
    found: list[Slot] = []
    day = repetition.first
    while len(found) < count:
        if repetition.every is not Every.WEEKDAY or day.weekday() < 5:
            found.append(slot_on(day, repetition.at, repetition.minutes, repetition.zone))
        day += _step(repetition.every)
    return found


def slot_on(day: date, at: time, minutes: int, zone: str) -> Slot:
    """The slot that begins at a time of the clock on a day and lasts so many elapsed minutes."""
    utc = ZoneInfo("UTC")
    begins = datetime.combine(day, at, tzinfo=ZoneInfo(zone)).astimezone(utc)
    return Slot(begins, begins + timedelta(minutes=minutes))


def _step(every: Every) -> timedelta:
    return timedelta(days={Every.WEEK: 7, Every.FORTNIGHT: 14}.get(every, 1))


def sentence(repetition: Repetition) -> str:
    """ "Every Wednesday 9:00, 12 times" / 「每周三上午9:00，共12次」."""
    if repetition.every is Every.ONCE:
        return _("Once")
    values = {"day": weekday_name(repetition.first), "time": clock_text(repetition.at), "times": repetition.times}
    how_often = {
        Every.DAY: _("Every day %(time)s"),
        Every.WEEKDAY: _("Monday to Friday %(time)s"),
        Every.WEEK: _("Every %(day)s %(time)s"),
        Every.FORTNIGHT: _("Every second %(day)s %(time)s"),
    }[repetition.every] % values
    return ngettext("%(often)s, %(times)d time", "%(often)s, %(times)d times", repetition.times) % {
        "often": how_often,
        "times": repetition.times,
    }


def weekday_name(day: date) -> str:
    """The full name of the weekday, as it stands in a sentence."""
    return (
        pgettext("weekday", "Monday"),
        pgettext("weekday", "Tuesday"),
        pgettext("weekday", "Wednesday"),
        pgettext("weekday", "Thursday"),
        pgettext("weekday", "Friday"),
        pgettext("weekday", "Saturday"),
        pgettext("weekday", "Sunday"),
    )[day.weekday()]
