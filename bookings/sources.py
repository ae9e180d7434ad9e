"""What the ledger references of seats mean to a reader."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from bookings.models import Booking
from core.clock import local_date
from core.sources import SourceLine, id_of

PREFIX = "booking"


def describe(references: Iterable[str]) -> dict[str, SourceLine]:
    """The source of each reference of this app; others are left out. One query."""
    ids = {reference: found for reference in references if (found := id_of(reference, PREFIX))}
    seats = Booking.objects.filter(pk__in=set(ids.values())).select_related(
        "lesson__course__community", "resident", "decided_by"
    )
    by_id = {seat.pk: seat for seat in seats}
    return {reference: _line(by_id[pk]) for reference, pk in ids.items() if pk in by_id}


def _line(seat: Booking) -> SourceLine:
    course = seat.lesson.course
    here = {"community": course.community.slug, "lesson_id": seat.lesson_id}
    return SourceLine(
        title_zh=course.title_zh,
        title_en=course.title_en,
        service_date=local_date(seat.lesson.starts_at, course.community.time_zone),
        minutes=seat.lesson.minutes,
        person=seat.resident.full_name,
        url=reverse("bookings:staff_lesson", kwargs=here),
        resident_url=reverse("bookings:lesson", kwargs=here),
    )
