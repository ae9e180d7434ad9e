"""Booking a seat and giving it up. Lock order: lesson, seat, then the ledger's accounts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from bookings import errors, rules
from bookings.choices import BookingState
from bookings.models import Booking, Lesson
from bookings.policies import can_book_for, can_cancel
from communities.actors import Actor
from communities.models import Community, Resident
from communities.selectors import spender_wallet
from core.clock import local_date
from core.errors import NotAllowed
from core.ids import new_id
from core.transactions import atomic_with_retry
from ledger.choices import AccountKind, EntryKind
from ledger.selectors import system_account_id
from ledger.services import holds


@atomic_with_retry
def book(*, actor: Actor, lesson_id: UUID, resident_id: UUID, now: datetime) -> Booking:
    """Confirm a seat at once and hold its price.

    Refuses a full, begun or cancelled lesson, a second seat, a clash of times, and too few coins (TooLittle).
    """
    resident = Resident.objects.for_community(actor.community).select_related("community__settings").get(pk=resident_id)
    if not can_book_for(actor, resident):
        raise NotAllowed
    lesson = _locked_lesson(actor.community, lesson_id)
    _check_open(lesson, now)
    _check_times(lesson, resident)
    if lesson.places_left <= 0:
        raise errors.LessonFull
    booking = _seat(actor=actor, lesson=lesson, resident=resident, now=now)
    if lesson.price_coins:
        _hold_price(booking, resident=resident, community=actor.community, actor=actor, now=now)
    booking.save(force_insert=True)
    booking.refresh_from_db(fields=["starts_at", "ends_at"])
    return booking


@atomic_with_retry
def cancel(*, actor: Actor, booking_id: UUID, now: datetime) -> Booking:
    """Give a seat up before its deadline: the place is free again and the hold released.

    Refuses with TooLateToCancel from the deadline on, and with SeatEnded the second time.
    """
    lesson_id = Booking.objects.for_community(actor.community).values_list("lesson_id", flat=True).get(pk=booking_id)
    lesson = _locked_lesson(actor.community, lesson_id)
    booking = Booking.objects.select_for_update(of=("self",)).select_related("resident").get(pk=booking_id)
    if not can_cancel(actor, booking):
        raise NotAllowed
    if not booking.is_seated:
        raise errors.SeatEnded
    if booking.paid_at or booking.state != BookingState.CONFIRMED or now >= min(booking.cancel_until, lesson.starts_at):
        raise errors.TooLateToCancel
    booking.state, booking.ended_at, booking.ended_by_id = BookingState.CANCELLED, now, actor.user_id
    booking.save(update_fields=["state", "ended_at", "ended_by"])
    if booking.hold_id:
        holds.release(hold_ids=[booking.hold_id], now=now)
    return booking


def _locked_lesson(community: Community, lesson_id: UUID) -> Lesson:
    return (
        Lesson.objects.for_community(community)
        .select_related("course")
        .select_for_update(of=("self",))
        .get(pk=lesson_id)
    )


def _check_open(lesson: Lesson, now: datetime) -> None:
    if lesson.cancelled_at:
        raise errors.LessonIsCancelled
    if lesson.starts_at <= now:
        raise errors.LessonOver


def _check_times(lesson: Lesson, resident: Resident) -> None:
    overlapping = (
        Booking.objects.of(resident).seated().filter(starts_at__lt=lesson.ends_at, ends_at__gt=lesson.starts_at)
    )
    for other in overlapping:
        if other.lesson_id == lesson.pk:
            raise errors.AlreadyBooked
        assert other.starts_at is not None
        assert other.ends_at is not None
        raise errors.TimesClash.at(other.starts_at, other.ends_at)


def _seat(*, actor: Actor, lesson: Lesson, resident: Resident, now: datetime) -> Booking:
    settings = actor.community.settings
    until = rules.cancel_until(
        price_coins=lesson.price_coins,
        starts_at=lesson.starts_at,
        booked_at=now,
        cancel_hours=settings.seat_cancel_hours,
        undo_minutes=settings.undo_minutes,
    )
    return Booking(
        id=new_id(),
        lesson=lesson,
        resident=resident,
        price_coins=lesson.price_coins,
        booked_by_id=actor.user_id,
        booked_at=now,
        cancel_until=until,
    )


def _hold_price(booking: Booking, *, resident: Resident, community: Community, actor: Actor, now: datetime) -> None:
    wallet_id, may_spend = spender_wallet(resident, local_date(now, community.time_zone))
    if wallet_id is None:
        raise errors.NoWallet
    if not may_spend:
        raise errors.MayNotSpend
    booking.wallet_id = wallet_id
    booking.hold_id = holds.hold(
        book_id=community.book_id,
        reference=booking.reference,
        debit_id=wallet_id,
        credit_id=system_account_id(community.book_id, AccountKind.REDEEMED),
        amount=booking.price_coins,
        kind=EntryKind.SEAT,
        actor_id=actor.user_id,
        now=now,
    )
