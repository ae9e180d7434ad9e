"""Paying: at the deadline by the sweep, at check-in if earlier, also by who stays away; once."""

from datetime import timedelta

import pytest

from bookings import errors
from bookings.choices import BookingState
from bookings.services import attendance, payments
from core.errors import NotAllowed
from ledger.choices import EntryKind
from ledger.models import JournalEntry
from tests.factories.bookings import book_seat, make_lesson
from tests.factories.people import NOW
from tests.factories.rewards import coins_of, give_coins

pytestmark = pytest.mark.django_db


def take(actor, lesson, *present, now=None):
    ids = {seat.pk for seat in present}
    return attendance.take_attendance(actor=actor, lesson_id=lesson.pk, present=ids, now=now or lesson.starts_at)


def test_at_the_deadline(lin, zhou):
    give_coins(lin.resident, 100)
    seat = book_seat(lin, make_lesson(zhou))
    assert payments.post_due_seats(seat.cancel_until - timedelta(seconds=1)) == 0
    assert payments.post_due_seats(seat.cancel_until) == 1
    assert payments.post_due_seats(seat.cancel_until) == 0
    entry = JournalEntry.objects.get(reference=seat.pay_reference)
    assert (entry.kind, entry.amount, entry.debit_id) == (EntryKind.SEAT, 40, seat.wallet_id)
    assert coins_of(lin.resident) == (60, 0, 60)


def test_at_check_in_if_earlier(lin, zhou):
    give_coins(lin.resident, 100)
    lesson = make_lesson(zhou, starts_at=NOW + timedelta(minutes=40))
    seat = book_seat(lin, lesson)
    assert take(zhou, lesson, seat, now=NOW + timedelta(minutes=5)) == 1
    seat.refresh_from_db()
    assert (seat.state, seat.paid_at) == (BookingState.ATTENDED, NOW + timedelta(minutes=5))


def test_a_no_show_pays_and_a_tick_is_corrected(lin, mei, zhou):
    for one in (lin, mei):
        give_coins(one.resident, 100)
    lesson = make_lesson(zhou)
    came, away = book_seat(lin, lesson), book_seat(mei, lesson)
    assert take(zhou, lesson, came) == 1
    away.refresh_from_db()
    assert (away.state, coins_of(mei.resident)) == (BookingState.NO_SHOW, (60, 0, 60))
    assert take(zhou, lesson, came, away) == 2
    away.refresh_from_db()
    assert (away.state, coins_of(mei.resident)) == (BookingState.ATTENDED, (60, 0, 60))


def test_not_long_before_and_not_by_residents(lin, zhou):
    lesson = make_lesson(zhou, price=0)
    with pytest.raises(errors.NotYetBegun):
        take(zhou, lesson, now=lesson.starts_at - timedelta(hours=2))
    with pytest.raises(NotAllowed):
        take(lin, lesson)


@pytest.mark.django_db(transaction=True)
def test_four_sweeps_and_a_tick_at_once_pay_once(lin, mei, zhou, together):
    for one in (lin, mei):
        give_coins(one.resident, 100)
    lesson = make_lesson(zhou)
    seats = [book_seat(one, lesson) for one in (lin, mei)]

    def work(at):
        return take(zhou, lesson, *seats) if at == 4 else payments.post_due_seats(lesson.starts_at)

    together(5, work)
    payments.post_due_seats(lesson.starts_at)
    assert JournalEntry.objects.filter(kind=EntryKind.SEAT).count() == 2
    assert (coins_of(lin.resident), coins_of(mei.resident)) == ((60, 0, 60), (60, 0, 60))
