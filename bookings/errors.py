"""What bookings refuses, in words for the person who asked."""

from __future__ import annotations

from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError, NotAllowed
from core.wording import when_text


class LessonFull(DomainError):
    """The last seat is taken."""

    code = "lesson_full"
    message = _("The last seat has just been taken. Nothing was booked or held. Please choose another lesson.")


class LessonOver(DomainError):
    """The lesson has begun or is past."""

    code = "lesson_over"
    message = _("This lesson has already begun. Please choose a later one.")


class LessonIsCancelled(DomainError):
    """The lesson does not take place."""

    code = "lesson_cancelled"
    message = _("This lesson was cancelled. Please choose another one.")


class AlreadyBooked(DomainError):
    """The resident sits in this lesson already."""

    code = "already_booked"
    message = _("There is already a seat in this lesson. It stands in the calendar; nothing more was held.")


class TimesClash(DomainError):
    """Another seat of the same resident overlaps. Names the time, not what it is for."""

    code = "times_clash"
    message = _("Another seat is booked at the same time. Give it up first, or choose another lesson.")

    @classmethod
    def at(cls, starts_at: datetime, ends_at: datetime) -> TimesClash:
        """The refusal that names when the other seat is."""
        return cls(
            _("Another seat is booked for %(when)s, at the same time. Give it up first, or choose another lesson.")
            % {"when": when_text(starts_at, ends_at)}
        )


class TooLateToCancel(DomainError):
    """The deadline has passed: the seat is paid."""

    code = "too_late_to_cancel"
    message = _("It is too late to give this seat up: it is paid. If you cannot come, please call us.")


class SeatEnded(DomainError):
    """The seat was given up, or its lesson cancelled."""

    code = "seat_ended"
    message = _("This seat was already given up. Nothing is held for it any more.")


class MayNotSpend(NotAllowed):
    """The household named others who spend."""

    code = "may_not_spend"
    message = _("Your household has named who spends its coins. Please ask one of them, or the staff.")


class NoWallet(DomainError):
    """The resident has no wallet to pay from."""

    code = "no_wallet"
    message = _("There is no wallet to pay from yet. Please ask the staff to open one.")


class NotYetBegun(DomainError):
    """Somebody can be missing only once the lesson has begun."""

    code = "not_yet_begun"
    message = _("Attendance can be ticked from one hour before the lesson begins.")


class LessonTwice(DomainError):
    """The course meets at this time already."""

    code = "lesson_twice"
    message = _("This course already has a lesson that begins at this time.")


class LessonsWrong(DomainError):
    """The days or times typed for the lessons cannot be used."""

    code = "lessons_wrong"

    def __init__(self, message: str | Promise, *, field: str = "dates") -> None:
        super().__init__(message, field=field)


class NothingToRefund(DomainError):
    """No paid seat of this lesson waits for a second person."""

    code = "nothing_to_refund"
    message = _("No refund of this lesson is waiting for a second person.")


class RefundOfOwn(NotAllowed):
    """Who confirms a refund is neither who asked, nor who gets it, nor of their household."""

    code = "refund_of_own"
    message = _(
        "A manager who did not cancel the lesson, and whose household had no paid seat in it, must confirm the refunds."
    )
