"""Paying for a seat: the hold becomes an entry at the deadline, or when the resident checks in earlier."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from bookings.models import Booking
from communities.models import Community
from core.transactions import atomic_with_retry
from ledger.choices import AccountKind, EntryKind
from ledger.selectors import system_account_id
from ledger.services.posting import LineRequest, post

SEATS_A_SWEEP = 500


def pay_seat(booking: Booking, *, community: Community, actor_id: int | None, now: datetime) -> None:
    """Post the held coins of a locked seat: Dr wallet, Cr redeemed. Nothing for a free or a paid seat."""
    if booking.hold_id is None or booking.paid_at is not None:
        return
    assert booking.wallet_id is not None
    post(
        LineRequest(
            book_id=community.book_id,
            reference=booking.pay_reference,
            kind=EntryKind.SEAT,
            debit_id=booking.wallet_id,
            credit_id=system_account_id(community.book_id, AccountKind.REDEEMED),
            amount=booking.price_coins,
            actor_id=actor_id,
            hold_id=booking.hold_id,
        ),
        now=now,
    )
    booking.paid_at = now
    booking.save(update_fields=["paid_at"])


def post_due_seats(now: datetime) -> int:
    """Pay the seats whose deadline has passed, a transaction each; answers how many. Due work of every minute."""
    due = list(Booking.objects.due(now).order_by("cancel_until").values_list("pk", flat=True)[:SEATS_A_SWEEP])
    return sum(_pay_due(booking_id=pk, now=now) for pk in due)


@atomic_with_retry
def _pay_due(*, booking_id: UUID, now: datetime) -> int:
    seats = Booking.objects.due(now).select_for_update(skip_locked=True, of=("self",))
    booking = seats.filter(pk=booking_id).select_related("lesson__course__community").first()
    if booking is None:
        return 0
    pay_seat(booking, community=booking.lesson.course.community, actor_id=None, now=now)
    return 1
