"""The board: open shifts of published tasks, filtered and paged, as far as the reader may see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.core.paginator import Page, Paginator
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Window
from django.utils.functional import cached_property

from communities.actors import Actor
from communities.models import Community, Resident
from tasks.choices import LIVE
from tasks.models import Shift, SignUp, Task
from tasks.policies.claims import is_personal
from tasks.selectors.coins import coins_of

ROWS = 24
PRIVATE = ("task__private_note", "task__private_address")
AREAS_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Filters:
    """What the reader asked for. ``first`` and ``last`` are days in the community's zone; "" and None mean any."""

    first: datetime | None = None
    last: datetime | None = None
    area: str = ""
    category: str = ""
    suits_elders: bool = False
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the board. ``hidden``: the signed-out see kind, area and minutes of what is done for one person."""

    shift: Shift
    minutes: int
    coins: int | None
    my_state: str
    hidden: bool

    @property
    def task(self) -> Task:
        """What is to be done."""
        return self.shift.task

    @property
    def places_left(self) -> int:
        """Free places."""
        return self.shift.places_left


class CountedPaginator(Paginator):  # type: ignore[type-arg]  # no generic at run time
    """A paginator whose count came with the rows."""

    def __init__(self, rows: Sequence[Shift], total: int) -> None:
        super().__init__(rows, ROWS)
        self._total = total

    @cached_property
    def count(self) -> int:
        """Rows on all pages."""
        return self._total


@dataclass(frozen=True, slots=True)
class Board:
    """One page of the board and how many rows there are in all."""

    rows: list[Row]
    page: Page[Shift]
    total: int


def board(*, community: Community, actor: Actor | None, filters: Filters, now: datetime, page: int = 1) -> Board:
    """One page of the board, the soonest first. One query, and another one where the page asked for is none."""
    found = _matching(community, filters, now)
    shifts = _rows(found, actor, page)
    if not shifts and page > 1:
        page = 1
        shifts = _rows(found, actor, page)
    total = getattr(shifts[0], "total", 0) if shifts else 0
    rows = [row_of(shift, community, actor) for shift in shifts]
    paginator = CountedPaginator(shifts, total)
    return Board(rows=rows, page=Page(shifts, page, paginator), total=total)


def row_of(shift: Shift, community: Community, actor: Actor | None) -> Row:
    """A shift as a line of the board."""
    return Row(
        shift=shift,
        minutes=shift.minutes,
        coins=coins_of(shift, community),
        my_state=getattr(shift, "my_state", None) or "",
        hidden=actor is None and is_personal(shift.task),
    )


def areas(community: Community, now: datetime) -> list[str]:
    """The areas in which there is something to do."""
    open_tasks = Shift.objects.for_community(community).open(now).exclude(task__area="")
    return list(open_tasks.values_list("task__area", flat=True).distinct().order_by("task__area")[:AREAS_SHOWN])


def open_shifts(community: Community, now: datetime) -> QuerySet[Shift]:
    """Open shifts of a community with their tasks, private texts left unread."""
    shifts = Shift.objects.for_community(community).open(now).select_related("task", "task__team").defer(*PRIVATE)
    return shifts.order_by("starts_at", "pk")


def with_my_state(shifts: QuerySet[Shift], resident: Resident | None) -> QuerySet[Shift]:
    """Each shift with ``my_state``: how the reader stands in it."""
    if resident is None:
        return shifts
    mine = SignUp.objects.filter(shift=OuterRef("pk"), resident=resident, state__in=LIVE)
    return shifts.annotate(my_state=Subquery(mine.values("state")[:1]))


def _rows(found: QuerySet[Shift], actor: Actor | None, page: int) -> list[Shift]:
    shifts = with_my_state(found, actor.resident if actor else None).annotate(total=Window(Count("*")))
    return list(shifts[(page - 1) * ROWS : page * ROWS])


def _matching(community: Community, filters: Filters, now: datetime) -> QuerySet[Shift]:
    wanted = Q()
    if filters.first:
        wanted &= Q(starts_at__gte=filters.first)
    if filters.last:
        wanted &= Q(starts_at__lt=filters.last)
    if filters.area:
        wanted &= Q(task__area=filters.area)
    if filters.category:
        wanted &= Q(task__category=filters.category)
    if filters.suits_elders:
        wanted &= Q(task__suits_elders=True)
    if filters.urgent:
        wanted &= Q(task__urgent=True)
    return open_shifts(community, now).filter(wanted)


def day_bounds(community: Community, first: datetime, days: int) -> tuple[datetime, datetime]:
    """From the beginning of the day of ``first`` in the community's zone, so many days on."""
    zone = ZoneInfo(community.time_zone)
    begins = datetime.combine(first.astimezone(zone).date(), time(), tzinfo=zone)
    return begins, begins + timedelta(days=days)
