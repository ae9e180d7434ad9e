"""Ticking who came to a lesson. Who came pays at once, who stayed away pays at the deadline."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from bookings import errors
from bookings.choices import BookingState
from bookings.models import Booking, Lesson
from bookings.policies import can_run_lessons
from bookings.services.payments import pay_seat
from communities.actors import Actor
from core.errors import NotAllowed
from core.transactions import atomic_with_retry

TICKS_OPEN = timedelta(hours=1)  # before the lesson begins


@atomic_with_retry
def take_attendance(*, actor: Actor, lesson_id: UUID, present: set[UUID], now: datetime) -> int:
    """Say who came, by the ids of their seats; answers how many. The others were missing once the lesson has begun.

    Saying it again corrects it; a payment is not taken back.
    """
    if not can_run_lessons(actor):
        raise NotAllowed
    lesson = Lesson.objects.for_community(actor.community).select_for_update(of=("self",)).get(pk=lesson_id)
    if lesson.cancelled_at:
        raise errors.LessonIsCancelled
    if now < lesson.starts_at - TICKS_OPEN:
        raise errors.NotYetBegun
    seats = list(Booking.objects.seated().filter(lesson=lesson).select_for_update().order_by("pk"))
    for seat in sorted(seats, key=lambda seat: seat.wallet_id or 0):  # the ledger's accounts are locked by id
        _tick(seat, came=seat.pk in present, begun=now >= lesson.starts_at, actor=actor, now=now)
    return sum(seat.state == BookingState.ATTENDED for seat in seats)


def _tick(seat: Booking, *, came: bool, begun: bool, actor: Actor, now: datetime) -> None:
    state = BookingState.ATTENDED if came else BookingState.NO_SHOW if begun else BookingState.CONFIRMED
    if seat.state != state:
        seat.state, seat.decided_by_id, seat.decided_at = state, actor.user_id, now
        seat.save(update_fields=["state", "decided_by", "decided_at"])
    if state != BookingState.CONFIRMED:
        pay_seat(seat, community=actor.community, actor_id=actor.user_id, now=now)
