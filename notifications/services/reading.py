"""Marking notices as read."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from notifications.models import InboxMessage


def mark_read(*, user_id: int, message_id: UUID, now: datetime) -> InboxMessage:
    """Mark one of the person's notices as read, once. InboxMessage.DoesNotExist for another person's."""
    message = InboxMessage.objects.get(pk=message_id, user_id=user_id)
    if message.read_at is None:
        message.read_at = now
        message.save(update_fields=["read_at"])
    return message


def mark_all_read(*, user_id: int, now: datetime) -> int:
    """Mark all that have arrived by now as read. Answers how many were unread."""
    unread = InboxMessage.objects.filter(user_id=user_id, read_at__isnull=True, created_at__lte=now)
    return unread.update(read_at=now)
