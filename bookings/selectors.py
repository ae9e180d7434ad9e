"""What the calendar, the lesson pages and the staff pages read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, QuerySet

from bookings.choices import SEATED
from bookings.models import Booking, Course, Lesson
from communities.models import Community, Resident
from core.clock import local_date

LESSONS_A_PAGE = 60
DAYS_AHEAD = 62
DAYS_A_WEEK = 7


@dataclass(frozen=True, slots=True)
class LessonLine:
    """A lesson as a resident sees it, with their own seat in it."""

    lesson: Lesson
    seat: Booking | None

    @property
    def is_full(self) -> bool:
        """Whether no seat is free."""
        return self.lesson.places_left <= 0


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One day of the calendar and its lessons in order."""

    day: date
    lines: list[LessonLine]


def upcoming_lessons(*, community: Community, now: datetime, days: int = DAYS_AHEAD) -> QuerySet[Lesson]:
    """Lessons that can still be booked or joined, soonest first."""
    return (
        Lesson.objects.for_community(community)
        .upcoming(now)
        .filter(cancelled_at=None, starts_at__lt=now + timedelta(days=days))
        .select_related("course")
    )


def calendar_days(*, community: Community, seats: Iterable[Booking], now: datetime) -> list[CalendarDay]:
    """The coming lessons by day in the community's zone, with the reader's own ``seats`` in them."""
    return _by_day(upcoming_lessons(community=community, now=now)[:LESSONS_A_PAGE], seats, community)


def week_days(*, community: Community, seats: Iterable[Booking], monday: date) -> list[CalendarDay]:
    """The seven days from a Monday, also those without a lesson; cancelled lessons are left out."""
    zone = ZoneInfo(community.time_zone)
    begins, ends = (
        datetime.combine(day, time(), tzinfo=zone) for day in (monday, monday + timedelta(days=DAYS_A_WEEK))
    )
    lessons = Lesson.objects.for_community(community).filter(
        cancelled_at=None, starts_at__gte=begins, starts_at__lt=ends
    )
    found = {one.day: one for one in _by_day(lessons.select_related("course"), seats, community)}
    days = [monday + timedelta(days=at) for at in range(DAYS_A_WEEK)]
    return [found.get(day) or CalendarDay(day, []) for day in days]


def _by_day(lessons: Iterable[Lesson], seats: Iterable[Booking], community: Community) -> list[CalendarDay]:
    mine = {seat.lesson_id: seat for seat in seats}
    lines = [LessonLine(lesson, mine.get(lesson.pk)) for lesson in lessons]
    by_day = groupby(lines, key=lambda line: local_date(line.lesson.starts_at, community.time_zone))
    return [CalendarDay(day, list(group)) for day, group in by_day]


def lesson_of(community: Community, lesson_id: UUID) -> Lesson | None:
    """One lesson of the community with its course, or None."""
    return Lesson.objects.for_community(community).select_related("course").filter(pk=lesson_id).first()


def seat_in(lesson: Lesson, resident: Resident | None) -> Booking | None:
    """The resident's live seat in a lesson."""
    return Booking.objects.of(resident).seated().filter(lesson=lesson).first() if resident else None


def booking_of(community: Community, booking_id: UUID) -> Booking | None:
    """One seat of the community with lesson, course and resident, or None."""
    seats = Booking.objects.for_community(community).select_related("lesson__course", "resident")
    return seats.filter(pk=booking_id).first()


def seats_ahead(resident: Resident, now: datetime) -> QuerySet[Booking]:
    """The resident's coming seats, soonest first."""
    return (
        Booking.objects.of(resident)
        .seated()
        .filter(ends_at__gt=now)
        .select_related("lesson__course")
        .order_by("starts_at")
    )


def courses_of(community: Community, now: datetime) -> QuerySet[Course]:
    """The community's courses with their lessons from the last two weeks on."""
    recent = Lesson.objects.filter(starts_at__gt=now - timedelta(days=14)).order_by("starts_at")
    return (
        Course.objects.for_community(community)
        .prefetch_related(Prefetch("lessons", recent, "recent"))
        .order_by("-created_at")
    )


def attendance_list(lesson: Lesson) -> QuerySet[Booking]:
    """Who booked the lesson, by member number; also those whose seat the cancellation ended."""
    return (
        Booking.objects.filter(lesson=lesson)
        .exclude(state="cancelled")
        .select_related("resident")
        .order_by("resident__member_number")
    )


def refunds_waiting(lesson: Lesson) -> QuerySet[Booking]:
    """Paid seats of a cancelled lesson whose reversal waits for a second person."""
    return (
        Booking.objects.filter(lesson=lesson, reversal__isnull=False, reversed_at=None)
        .exclude(state__in=SEATED)
        .select_related("reversal", "resident")
    )
