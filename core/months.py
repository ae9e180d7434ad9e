"""Calendar months of a community: half-open, in its own time zone."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from core.clock import local_date

FIRST_YEAR, LAST_YEAR = 2000, 2999


def first_of(day: date) -> date:
    """The first day of the day's month."""
    return day.replace(day=1)


def following(month: date) -> date:
    """The first day of the next month."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def preceding(month: date) -> date:
    """The first day of the month before."""
    return date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)


def earlier(month: date, count: int) -> date:
    """The first day of the month so many months before."""
    total = month.year * 12 + month.month - 1 - count
    return date(total // 12, total % 12 + 1, 1)


def between(first: date, last: date) -> list[date]:
    """The months from first to last, both included, oldest first."""
    months = []
    while first <= last:
        months.append(first)
        first = following(first)
    return months


def parse(text: str) -> date | None:
    """ "2026-11" → 1 November 2026; None for anything else."""
    year, dash, month = text.partition("-")
    if not (dash and len(year) == 4 and len(month) == 2 and (year + month).isascii() and (year + month).isdigit()):
        return None
    if not (FIRST_YEAR <= int(year) <= LAST_YEAR and 1 <= int(month) <= 12):
        return None
    return date(int(year), int(month), 1)


def ended_at(month: date, zone: str) -> datetime:
    """The instant at which a month turns in a zone: the first of the next one."""
    return datetime.combine(following(month), time(), ZoneInfo(zone))


def last_ended(now: datetime, zone: str) -> date:
    """The latest month that is over in a zone."""
    return preceding(first_of(local_date(now, zone)))
