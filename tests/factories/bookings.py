"""Courses, lessons and seats for tests, made through the services."""

from __future__ import annotations

from datetime import datetime, timedelta

from bookings.models import Booking, Lesson
from bookings.services import lessons, seats
from bookings.services.lessons import CoursePlan, Span
from communities.actors import Actor
from tests.factories.people import NOW


def make_lesson(
    staff: Actor,
    *,
    starts_at: datetime | None = None,
    minutes: int = 90,
    places: int = 3,
    price: int = 40,
    title_zh: str = "太极班",
    title_en: str = "Tai chi",
    now: datetime = NOW,
) -> Lesson:
    """A lesson in three days, of 90 minutes, for 40 coins."""
    begins = starts_at or now + timedelta(days=3)
    plan = CoursePlan(
        title_zh=title_zh,
        title_en=title_en,
        place_zh="活动室",
        place_en="Activity room",
        places=places,
        price_coins=price,
    )
    course = lessons.plan_course(
        actor=staff, plan=plan, spans=[Span(begins, begins + timedelta(minutes=minutes))], now=now
    )
    return course.lessons.select_related("course").get()


def book_seat(actor: Actor, lesson: Lesson, *, now: datetime = NOW) -> Booking:
    """The resident books for themselves."""
    assert actor.resident is not None
    return seats.book(actor=actor, lesson_id=lesson.pk, resident_id=actor.resident.pk, now=now)
