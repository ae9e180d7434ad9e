"""The arithmetic of a seat: until when it can be given up."""

from datetime import datetime, timedelta


def cancel_until(
    *, price_coins: int, starts_at: datetime, booked_at: datetime, cancel_hours: int, undo_minutes: int
) -> datetime:
    """The last instant to give a seat up; from then on its coins are paid.

    `cancel_hours` before the lesson; who books later than that still has `undo_minutes` to undo a slip, but never
    beyond the beginning. A seat that costs nothing can be given up until the lesson begins.
    """
    if not price_coins:
        return starts_at
    deadline = starts_at - timedelta(hours=cancel_hours)
    return min(starts_at, max(deadline, booked_at + timedelta(minutes=undo_minutes)))
