"""Planning lessons and cancelling them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bookings import errors
from bookings.choices import BookingState
from bookings.models import Booking, Course, Lesson
from bookings.policies import can_run_lessons
from communities.actors import Actor
from communities.selectors import same_household
from core.clock import local_date
from core.errors import NotAllowed
from core.transactions import atomic_with_retry
from ledger.services import holds, reversals
from notifications.services.outbox import Announcement, announce_many

MAX_LESSONS = 60
LONGEST = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class CoursePlan:
    """What staff type of a course."""

    title_zh: str
    place_zh: str
    places: int
    price_coins: int
    title_en: str = ""
    place_en: str = ""
    about: str = ""
    teacher: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """When a lesson begins and ends."""

    starts_at: datetime
    ends_at: datetime


@atomic_with_retry
def plan_course(*, actor: Actor, plan: CoursePlan, spans: Sequence[Span], now: datetime) -> Course:
    """Open a course with its lessons. Refuses past or overlong lessons and more than MAX_LESSONS at once."""
    if not can_run_lessons(actor):
        raise NotAllowed
    course = Course.objects.create(
        community=actor.community,
        title_zh=plan.title_zh,
        title_en=plan.title_en,
        about=plan.about,
        teacher=plan.teacher,
        place_zh=plan.place_zh,
        place_en=plan.place_en,
        price_coins=plan.price_coins,
        places=plan.places,
        created_by_id=actor.user_id,
        created_at=now,
    )
    _add(course, spans, now)
    return course


@atomic_with_retry
def add_lessons(*, actor: Actor, course_id: UUID, spans: Sequence[Span], now: datetime) -> list[Lesson]:
    """More lessons of a course, at its price and places."""
    if not can_run_lessons(actor):
        raise NotAllowed
    course = Course.objects.for_community(actor.community).select_for_update().get(pk=course_id)
    return _add(course, spans, now)


@atomic_with_retry
def cancel_lesson(*, actor: Actor, lesson_id: UUID, reason: str, now: datetime) -> Lesson:
    """Cancel a lesson: held coins are released at once, paid ones wait for a second person (`confirm_refunds`)."""
    if not can_run_lessons(actor):
        raise NotAllowed
    lesson = (
        Lesson.objects.for_community(actor.community)
        .select_related("course")
        .select_for_update(of=("self",))
        .get(pk=lesson_id)
    )
    if lesson.cancelled_at:
        raise errors.LessonIsCancelled
    lesson.cancelled_at, lesson.cancelled_by_id, lesson.cancel_reason = now, actor.user_id, reason
    lesson.save(update_fields=["cancelled_at", "cancelled_by", "cancel_reason"])
    seats = list(
        Booking.objects.seated()
        .filter(lesson=lesson)
        .select_for_update(of=("self",))
        .select_related("resident")
        .order_by("pk")
    )
    for seat in seats:
        _end_with_lesson(seat, actor=actor, reason=reason, now=now)
    held = [seat.hold_id for seat in seats if seat.hold_id and not seat.paid_at]
    if held:
        holds.release(hold_ids=held, now=now)
    announce_many(_told(lesson, seat, actor=actor, now=now) for seat in seats)
    return lesson


@atomic_with_retry
def confirm_refunds(*, actor: Actor, lesson_id: UUID, now: datetime) -> int:
    """As the second person, reverse the paid seats of a cancelled lesson. Answers how many."""
    if not actor.is_manager:
        raise NotAllowed
    seats = list(
        Booking.objects.for_community(actor.community)
        .filter(lesson_id=lesson_id, reversal__isnull=False, reversed_at=None)
        .select_for_update(of=("self",))
        .select_related("resident", "reversal")
        .order_by("wallet_id", "pk")  # the ledger's accounts are locked by id
    )
    if not seats:
        raise errors.NothingToRefund
    for seat in seats:
        _refund(seat, actor=actor, now=now)
    return len(seats)


def _add(course: Course, spans: Sequence[Span], now: datetime) -> list[Lesson]:
    if not spans:
        raise errors.LessonsWrong(_("Give at least one day for a lesson."))
    if len(spans) > MAX_LESSONS:
        raise errors.LessonsWrong(_("That is too many lessons at once: plan up to %(most)s.") % {"most": MAX_LESSONS})
    for span in spans:
        _check_span(span, now)
    return Lesson.objects.bulk_create(
        Lesson(
            course=course,
            starts_at=span.starts_at,
            ends_at=span.ends_at,
            places=course.places,
            price_coins=course.price_coins,
        )
        for span in spans
    )


def _check_span(span: Span, now: datetime) -> None:
    if span.ends_at <= span.starts_at or span.ends_at - span.starts_at > LONGEST:
        raise errors.LessonsWrong(_("A lesson ends after it begins, and lasts at most 12 hours."), field="ends_time")
    if span.starts_at <= now:
        raise errors.LessonsWrong(_("A lesson must begin in the future."))


def _end_with_lesson(seat: Booking, *, actor: Actor, reason: str, now: datetime) -> None:
    seat.state, seat.ended_at, seat.ended_by_id = BookingState.LESSON_CANCELLED, now, actor.user_id
    if seat.paid_at:
        asked = reversals.ask(
            book_id=actor.community.book_id,
            reference=seat.pay_reference,
            reason=reason,
            actor_id=actor.user_id,
            now=now,
        )
        seat.reversal_id = asked.pk
    seat.save(update_fields=["state", "ended_at", "ended_by", "reversal"])


def _refund(seat: Booking, *, actor: Actor, now: datetime) -> None:
    assert seat.reversal_id is not None
    assert seat.reversal is not None
    days = [local_date(moment, actor.community.time_zone) for moment in (seat.booked_at, now)]
    if seat.reversal.asked_by_id == actor.user_id or same_household(actor.user_id, seat.resident_id, days):
        raise errors.RefundOfOwn
    reversals.confirm(request_id=seat.reversal_id, actor_id=actor.user_id, now=now)
    seat.reversed_at = now
    seat.save(update_fields=["reversed_at"])


def _told(lesson: Lesson, seat: Booking, *, actor: Actor, now: datetime) -> Announcement:
    payload = {
        "title_zh": lesson.course.title_zh,
        "title_en": lesson.course.title_en,
        "starts_at": lesson.starts_at.isoformat(),
        "time_zone": actor.community.time_zone,
        "coins": seat.price_coins,
        "paid": seat.paid_at is not None,
    }
    return Announcement(
        kind="lesson_cancelled",
        subject=f"booking:{seat.pk}",
        recipient_user_id=seat.resident.user_id,
        due_at=now,
        payload=payload,
        url=reverse("bookings:calendar", kwargs={"community": actor.community.slug}),
    )
