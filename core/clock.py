"""The clock. Views, jobs and commands read it once and pass ``now`` on; services never look."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return timezone.now()


def local_date(instant: datetime, zone: str) -> date:
    """The calendar day of an instant in a named zone, such as a community's."""
    return instant.astimezone(ZoneInfo(zone)).date()
