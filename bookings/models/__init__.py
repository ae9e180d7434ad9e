"""Courses, their lessons and the seats booked in them."""

from bookings.models.booking import Booking
from bookings.models.course import Course, Lesson

__all__ = ["Booking", "Course", "Lesson"]
