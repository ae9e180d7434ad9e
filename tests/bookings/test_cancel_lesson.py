"""A cancelled lesson: held coins are free at once, paid ones come back by a second person."""

from datetime import timedelta

import pytest

from bookings import errors
from bookings.choices import BookingState
from bookings.services import lessons, payments
from bookings.services.lessons import CoursePlan, Span
from communities.choices import Role
from core.errors import NotAllowed
from notifications import kinds
from notifications.models import OutboxMessage
from tests.factories.bookings import book_seat, make_lesson
from tests.factories.people import NOW, make_actor
from tests.factories.rewards import coins_of, give_coins

pytestmark = pytest.mark.django_db


def cancel(actor, lesson, now=NOW):
    return lessons.cancel_lesson(actor=actor, lesson_id=lesson.pk, reason="老师生病", now=now)


def test_held_coins_are_free_and_everybody_is_told(lin, mei, zhou):
    for one in (lin, mei):
        give_coins(one.resident, 100)
    lesson = make_lesson(zhou)
    seats = [book_seat(one, lesson) for one in (lin, mei)]
    cancel(zhou, lesson)
    lesson.refresh_from_db()
    for seat in seats:
        seat.refresh_from_db()
        assert (seat.state, seat.reversal_id) == (BookingState.LESSON_CANCELLED, None)
    assert (lesson.taken, coins_of(lin.resident), coins_of(mei.resident)) == (0, (100, 0, 100), (100, 0, 100))
    told = OutboxMessage.objects.filter(kind="lesson_cancelled")
    assert {one.recipient_id for one in told} == {lin.user_id, mei.user_id}
    assert all(kinds.render(one.kind, one.payload).about_zh == "太极班" for one in told)


def paid_and_cancelled(lin, zhou):
    give_coins(lin.resident, 100)
    lesson = make_lesson(zhou)
    seat = book_seat(lin, lesson)
    payments.post_due_seats(seat.cancel_until)
    cancel(zhou, lesson, seat.cancel_until)
    return lesson, seat


def test_paid_coins_wait_for_a_second_person(lin, zhou, wang):
    lesson, seat = paid_and_cancelled(lin, zhou)
    assert coins_of(lin.resident) == (60, 0, 60)
    assert lessons.confirm_refunds(actor=wang, lesson_id=lesson.pk, now=NOW) == 1
    seat.refresh_from_db()
    assert (seat.reversed_at, coins_of(lin.resident)) == (NOW, (100, 0, 100))
    with pytest.raises(errors.NothingToRefund):
        lessons.confirm_refunds(actor=wang, lesson_id=lesson.pk, now=NOW)


def test_who_may_confirm(jinshan, lin, zhou, wang):
    lesson, _seat = paid_and_cancelled(lin, zhou)
    with pytest.raises(NotAllowed):
        lessons.confirm_refunds(actor=zhou, lesson_id=lesson.pk, now=NOW)
    asker = make_lesson(wang, title_zh="书法班")
    seat = book_seat(lin, asker)
    payments.post_due_seats(seat.cancel_until)
    cancel(wang, asker, seat.cancel_until)
    with pytest.raises(errors.RefundOfOwn):
        lessons.confirm_refunds(actor=wang, lesson_id=asker.pk, now=NOW)
    own = make_actor(jinshan, "自己", Role.MANAGER)
    give_coins(own.resident, 100)
    mine = make_lesson(zhou, title_zh="合唱班")
    seat = book_seat(own, mine)
    payments.post_due_seats(seat.cancel_until)
    cancel(zhou, mine, seat.cancel_until)
    with pytest.raises(errors.RefundOfOwn):
        lessons.confirm_refunds(actor=own, lesson_id=mine.pk, now=NOW)


def test_residents_may_not_and_twice_is_refused(lin, zhou):
    lesson = make_lesson(zhou)
    with pytest.raises(NotAllowed):
        cancel(lin, lesson)
    cancel(zhou, lesson)
    with pytest.raises(errors.LessonIsCancelled):
        cancel(zhou, lesson)


def test_what_cannot_be_planned(lin, zhou):
    plan = CoursePlan(title_zh="班", place_zh="室", places=5, price_coins=40)
    span = Span(NOW + timedelta(days=1), NOW + timedelta(days=1, minutes=90))
    with pytest.raises(NotAllowed):
        lessons.plan_course(actor=lin, plan=plan, spans=[span], now=NOW)
    for spans in ([], [Span(NOW, NOW + timedelta(hours=1))], [Span(span.starts_at, span.starts_at)], [span] * 61):
        with pytest.raises(errors.LessonsWrong):
            lessons.plan_course(actor=zhou, plan=plan, spans=spans, now=NOW)
    course = lessons.plan_course(actor=zhou, plan=plan, spans=[span], now=NOW)
    with pytest.raises(errors.LessonTwice):
        lessons.add_lessons(actor=zhou, course_id=course.pk, spans=[span], now=NOW)
