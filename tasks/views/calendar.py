"""A shift as a calendar entry (RFC 5545)."""

from __future__ import annotations

from datetime import datetime

from icalendar import Calendar, Event

from core.typed import typed_plain
from tasks.models import Shift


def shift_calendar(shift: Shift, *, url: str, now: datetime) -> bytes:
    """One event: public title, time, landmark. Nothing private: calendars are shared and synchronised."""
    event = Event()
    event.add("uid", f"{shift.pk}@timebank")
    event.add("dtstamp", now)
    event.add("dtstart", shift.starts_at)
    event.add("dtend", shift.ends_at)
    event.add("summary", typed_plain(shift.task, "title"))
    if landmark := typed_plain(shift.task, "landmark"):
        event.add("location", landmark)
    event.add("url", url)
    calendar = Calendar()
    calendar.add("prodid", "-//Community Time Bank//EN")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
