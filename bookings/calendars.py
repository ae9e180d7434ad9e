"""A seat as an iCalendar file, for the calendar of a phone."""

from icalendar import Calendar, Event

from bookings.models import Booking
from core.typed import typed_plain


def seat_calendar(booking: Booking, *, host: str) -> bytes:
    """One event with the lesson's time and place; no names."""
    lesson, course = booking.lesson, booking.lesson.course
    event = Event()
    event.add("uid", f"booking-{booking.pk}@{host}")
    event.add("dtstamp", booking.booked_at)
    event.add("dtstart", lesson.starts_at)
    event.add("dtend", lesson.ends_at)
    event.add("summary", typed_plain(course, "title"))
    event.add("location", typed_plain(course, "place"))
    if not booking.is_seated:
        event.add("status", "CANCELLED")
    calendar = Calendar()
    calendar.add("prodid", "-//community time bank//")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
