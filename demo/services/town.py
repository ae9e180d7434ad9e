"""Large demonstrations, set-based: one community of a town's or a district's size, without sign-up rows.

A town is 10,000 residents and 300,000 entries, a district ten times that. Hours are entered and verified by the
thousand, as an import would; every month is stated.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction

from communities.models import Community
from demo.plan import plans
from demo.services import founding, present
from demo.services.founding import Place
from demo.services.past import Story
from demo.services.seeding import ZONE, AlreadySeeded, Login, logins_of, opening_day
from papers.services.statements import make_statements
from tasks.models import Task
from tasks.services.importing import Served, enter_many
from tasks.services.verification import verify_bulk

MONTHS = 12
CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class Size:
    """How many residents, and how many entries in all."""

    residents: int
    entries: int


SIZES = {"town": Size(10_000, 300_000), "district": Size(100_000, 3_000_000)}


def seed_sized(size: str, *, now: datetime) -> list[Login]:
    """One community of that size. Raises AlreadySeeded."""
    if Community.objects.exists():
        raise AlreadySeeded
    return seed_place(SIZES[size], now=now)


def seed_place(size: Size, *, now: datetime, months: int = MONTHS) -> list[Login]:
    """Residents first, then month by month their hours, verified and stated."""
    opened = opening_day(now, months)
    with transaction.atomic():
        place = founding.found(plans()[0], size=size.residents, opened=opened, today=now.astimezone(ZONE).date())
    story = Story(place=place)
    firsts = _months(opened, now)
    for number, first in enumerate(firsts):
        wanted = size.entries * (number + 1) // len(firsts) - size.entries * number // len(firsts)
        _live_month(place, first, wanted, now)
    present.fill(story, now=now)
    return logins_of(place)


def _months(opened: datetime, now: datetime) -> list[date]:
    """The first days of the months from the opening on that are over."""
    first, found = opened.astimezone(ZONE).date(), []
    while _following(first) <= now.astimezone(ZONE).date():
        found.append(first)
        first = _following(first)
    return found


def _following(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)


def _live_month(place: Place, first: date, wanted: int, now: datetime) -> None:
    """Enter, verify and state one month."""
    rows = _served(place, first, wanted)
    ended = place.at(_following(first), time(0, 10))
    tasks: Sequence[Task] = [task for task in place.tasks if not task.home_visit]
    for start in range(0, len(rows), CHUNK):
        part = rows[start : start + CHUNK]
        task = tasks[start // CHUNK % len(tasks)]
        ids: list[UUID] = enter_many(actor=place.worker, task=task, rows=part, now=ended - timedelta(hours=2))
        verify_bulk(actor=place.manager, record_ids=ids, now=ended - timedelta(hours=1))
    make_statements(community=place.community, month=first, now=ended, tell=False)


def _served(place: Place, first: date, wanted: int) -> list[Served]:
    """Who served when: each resident at most once a day, an hour or so each time."""
    dice = random.Random(f"town:{first}")  # noqa: S311  (invention)
    people = [one.pk for one in place.residents]
    days = (_following(first) - first).days
    rows: list[Served] = []
    for number in range(wanted):
        turn, at = divmod(number, len(people))
        day = first + timedelta(days=(turn * 7 + at) % days)
        begins = place.at(day, time(8 + turn % 10, 0))
        rows.append(Served(people[at], begins, dice.choice((30, 45, 60, 60, 90))))
    return rows
