"""Booking a seat: confirmed and held at once; full, clashing, begun or unaffordable ones are refused."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from bookings import errors, rules
from bookings.choices import BookingState
from bookings.models import Booking, Lesson
from bookings.services import lessons, seats
from core.errors import NotAllowed
from ledger.errors import TooLittle
from ledger.models import Hold, JournalEntry
from tests.factories.bookings import book_seat, make_lesson
from tests.factories.people import NOW, make_actor
from tests.factories.rewards import coins_of, give_coins

pytestmark = pytest.mark.django_db


def test_confirms_and_holds(lin, zhou):
    give_coins(lin.resident, 100)
    lesson = make_lesson(zhou, price=40)
    seat = book_seat(lin, lesson)
    lesson.refresh_from_db()
    assert (seat.state, lesson.taken, lesson.places_left) == (BookingState.CONFIRMED, 1, 2)
    assert (seat.starts_at, seat.ends_at) == (lesson.starts_at, lesson.ends_at)
    assert seat.cancel_until == lesson.starts_at - timedelta(hours=24)
    assert coins_of(lin.resident) == (100, 40, 60)
    assert not JournalEntry.objects.filter(reference__startswith="booking:").exists()


def test_a_free_seat_holds_nothing(lin, zhou):
    seat = book_seat(lin, make_lesson(zhou, price=0))
    assert (seat.hold_id, seat.wallet_id, Hold.objects.count()) == (None, None, 0)
    assert seat.cancel_until == seat.starts_at


def test_too_little(lin, zhou):
    give_coins(lin.resident, 30)
    lesson = make_lesson(zhou, price=40)
    with pytest.raises(TooLittle) as refused:
        book_seat(lin, lesson)
    lesson.refresh_from_db()
    assert (refused.value.available, refused.value.short, lesson.taken) == (30, 10, 0)


def test_full(lin, mei, zhou):
    lesson = make_lesson(zhou, price=0, places=1)
    book_seat(mei, lesson)
    with pytest.raises(errors.LessonFull):
        book_seat(lin, lesson)


def test_twice(lin, zhou):
    lesson = make_lesson(zhou, price=0)
    book_seat(lin, lesson)
    with pytest.raises(errors.AlreadyBooked):
        book_seat(lin, lesson)


def test_a_clash_names_the_time(lin, zhou):
    first = make_lesson(zhou, price=0)
    book_seat(lin, first)
    with pytest.raises(errors.TimesClash) as refused:
        book_seat(lin, make_lesson(zhou, price=0, starts_at=first.starts_at + timedelta(minutes=60)))
    assert "9:00" in str(refused.value)
    assert book_seat(lin, make_lesson(zhou, price=0, starts_at=first.ends_at)).is_seated


def test_begun_and_cancelled(lin, zhou):
    lesson = make_lesson(zhou, price=0)
    with pytest.raises(errors.LessonOver):
        book_seat(lin, lesson, now=lesson.starts_at)
    lessons.cancel_lesson(actor=zhou, lesson_id=lesson.pk, reason="老师生病", now=NOW)
    with pytest.raises(errors.LessonIsCancelled):
        book_seat(lin, lesson)


def test_nobody_books_for_a_neighbour_but_staff_do(lin, mei, zhou):
    lesson = make_lesson(zhou, price=0)
    with pytest.raises(NotAllowed):
        seats.book(actor=mei, lesson_id=lesson.pk, resident_id=lin.resident.pk, now=NOW)
    assert (
        seats.book(actor=zhou, lesson_id=lesson.pk, resident_id=lin.resident.pk, now=NOW).booked_by_id == zhou.user_id
    )


def test_another_communitys_lesson_is_unknown(outsider, zhou):
    with pytest.raises(Lesson.DoesNotExist):
        book_seat(outsider, make_lesson(zhou, price=0))


def test_late_bookers_still_have_the_minutes_of_undo():
    starts = NOW + timedelta(hours=3)
    asked = {"price_coins": 40, "starts_at": starts, "cancel_hours": 24, "undo_minutes": 10}
    assert rules.cancel_until(booked_at=NOW, **asked) == NOW + timedelta(minutes=10)
    assert rules.cancel_until(booked_at=starts - timedelta(minutes=2), **asked) == starts


def test_the_database_keeps_places_and_times(lin, mei, zhou):
    lesson = make_lesson(zhou, price=0, places=1)
    seat = book_seat(lin, lesson)
    row = {"lesson": lesson, "price_coins": 0, "booked_by": zhou.user, "booked_at": NOW, "cancel_until": NOW}
    with pytest.raises(DatabaseError, match="bookings_lesson_taken"), transaction.atomic():
        Booking.objects.create(resident=mei.resident, **row)
    other = make_lesson(zhou, price=0, starts_at=lesson.starts_at + timedelta(minutes=30))
    with pytest.raises(DatabaseError, match="bookings_booking_overlap"), transaction.atomic():
        Booking.objects.create(resident=lin.resident, **(row | {"lesson": other}))
    with pytest.raises(DatabaseError), transaction.atomic():
        Booking.objects.filter(pk=seat.pk).update(price_coins=1)


@pytest.mark.django_db(transaction=True)
def test_forty_for_the_last_seat(jinshan, zhou, together):
    people = [make_actor(jinshan, f"居民{at}") for at in range(40)]
    for one in people:
        give_coins(one.resident, 40)
    lesson = make_lesson(zhou, price=40, places=1)
    answers = together(40, lambda at: book_seat(people[at], lesson))
    lesson.refresh_from_db()
    assert sum(isinstance(one, Booking) for one in answers) == 1
    assert sum(isinstance(one, errors.LessonFull) for one in answers) == 39
    assert (lesson.taken, Hold.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_two_clashing_seats_at_once_one_wins(lin, zhou, together):
    first = make_lesson(zhou, price=0)
    second = make_lesson(zhou, price=0, starts_at=first.starts_at + timedelta(minutes=30))
    answers = together(2, lambda at: book_seat(lin, (first, second)[at]))
    assert sorted(type(one).__name__ for one in answers) == ["Booking", "TimesClash"]
