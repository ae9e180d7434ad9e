"""Giving a seat up: before the deadline the coins are free again; after it the seat is paid."""

from datetime import timedelta

import pytest

from bookings import errors
from bookings.choices import BookingState
from bookings.models import Booking
from bookings.services import payments, seats
from core.errors import NotAllowed
from tests.factories.bookings import book_seat, make_lesson
from tests.factories.people import NOW
from tests.factories.rewards import coins_of, give_coins

pytestmark = pytest.mark.django_db


def cancel(actor, seat, now=NOW):
    return seats.cancel(actor=actor, booking_id=seat.pk, now=now)


def test_before_the_deadline(lin, zhou):
    give_coins(lin.resident, 100)
    lesson = make_lesson(zhou)
    seat = book_seat(lin, lesson)
    seat = cancel(lin, seat, seat.cancel_until - timedelta(seconds=1))
    lesson.refresh_from_db()
    assert (seat.state, lesson.taken, coins_of(lin.resident)) == (BookingState.CANCELLED, 0, (100, 0, 100))
    assert book_seat(lin, lesson).is_seated


def test_from_the_deadline_on_it_is_too_late_also_before_the_sweep(lin, zhou):
    give_coins(lin.resident, 100)
    seat = book_seat(lin, make_lesson(zhou))
    with pytest.raises(errors.TooLateToCancel):
        cancel(lin, seat, seat.cancel_until)


def test_a_free_seat_until_it_begins(lin, zhou):
    lesson = make_lesson(zhou, price=0)
    assert cancel(lin, book_seat(lin, lesson), lesson.starts_at - timedelta(minutes=1)).state == BookingState.CANCELLED


def test_nobody_else_but_staff(lin, mei, zhou):
    lesson = make_lesson(zhou, price=0)
    seat = book_seat(lin, lesson)
    with pytest.raises(NotAllowed):
        cancel(mei, seat)
    assert cancel(zhou, seat).ended_by_id == zhou.user_id


def test_twice(lin, zhou):
    seat = book_seat(lin, make_lesson(zhou, price=0))
    cancel(lin, seat)
    with pytest.raises(errors.SeatEnded):
        cancel(lin, seat)


@pytest.mark.django_db(transaction=True)
def test_cancel_and_payment_at_once_one_wins(lin, zhou, together):
    give_coins(lin.resident, 1000)
    for week in range(4):
        lesson = make_lesson(zhou, starts_at=NOW + timedelta(days=3 + week))
        seat = book_seat(lin, lesson)
        due = seat.cancel_until
        steps = [
            lambda s=seat, d=due: cancel(lin, s, d - timedelta(seconds=1)),
            lambda d=due: payments.post_due_seats(d),
        ]
        together(2, lambda at, steps=steps: steps[at]())
        seat.refresh_from_db()
        assert (seat.state == BookingState.CANCELLED) != (seat.paid_at is not None)
    assert coins_of(lin.resident)[1] == 0
    assert Booking.objects.filter(paid_at__isnull=False).count() * 40 == 1000 - coins_of(lin.resident)[0]
