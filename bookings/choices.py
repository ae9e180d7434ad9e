"""The states of a seat."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class BookingState(models.TextChoices):
    """A seat is confirmed at once; it ends as attended, missed, given up, or with its lesson."""

    CONFIRMED = "confirmed", _("Booked")
    ATTENDED = "attended", _("Attended")
    NO_SHOW = "no_show", _("Did not come")
    CANCELLED = "cancelled", _("Given up")
    LESSON_CANCELLED = "lesson_cancelled", _("Lesson cancelled")


SEATED = (BookingState.CONFIRMED, BookingState.ATTENDED, BookingState.NO_SHOW)
