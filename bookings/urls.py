"""Addresses of courses and seats."""

from django.urls import path

from bookings.views import seats, staff

app_name = "bookings"
urlpatterns = [
    path("calendar/", seats.calendar, name="calendar"),
    path("calendar/week/", seats.week, name="week"),
    path("calendar/<uuid:lesson_id>/", seats.lesson, name="lesson"),
    path("calendar/<uuid:lesson_id>/book/", seats.book, name="book"),
    path("calendar/seats/<uuid:booking_id>/cancel/", seats.cancel, name="cancel"),
    path("calendar/seats/<uuid:booking_id>/lesson.ics", seats.ical, name="ical"),
    path("staff/lessons/", staff.staff_lessons, name="staff_lessons"),
    path("staff/lessons/plan/", staff.plan, name="plan"),
    path("staff/lessons/courses/<uuid:course_id>/more/", staff.add_lessons, name="add_lessons"),
    path("staff/lessons/<uuid:lesson_id>/", staff.staff_lesson, name="staff_lesson"),
    path("staff/lessons/<uuid:lesson_id>/book/", staff.book_for, name="book_for"),
    path("staff/lessons/<uuid:lesson_id>/cancel/", staff.cancel_lesson, name="cancel_lesson"),
    path("staff/lessons/<uuid:lesson_id>/refunds/", staff.confirm_refunds, name="confirm_refunds"),
]
