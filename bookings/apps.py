from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BookingsConfig(AppConfig):
    name = "bookings"
    verbose_name = _("Courses and seats")

    def ready(self) -> None:
        from bookings import errors, messages, sources
        from bookings.models.booking import ENDED_STATE
        from bookings.services.payments import post_due_seats
        from core import constraints
        from core import sources as known
        from notifications import due

        constraints.register(
            constraints={
                "bookings_lesson_taken": errors.LessonFull,
                "bookings_booking_once": errors.AlreadyBooked,
                "bookings_booking_overlap": errors.TimesClash,
                "bookings_lesson_once": errors.LessonTwice,
            },
            states={ENDED_STATE: errors.SeatEnded},
        )
        known.register(sources.describe, "booking")
        messages.register()
        due.register("seats", post_due_seats)
