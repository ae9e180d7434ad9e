"""Once a day, what is kept no longer is deleted. Due work: a long backlog is worked off a bounded part a minute.

The outbox keeps its rows longer than their words: the row is what makes saying a thing twice harmless.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction

from core.forgetting import delete_some
from notifications.choices import OutboxState
from notifications.forgetting import registered
from notifications.models import Heartbeat, InboxMessage, OutboxMessage
from notifications.services import heartbeat

logger = logging.getLogger(__name__)

FORGETTING = "forgetting"
EVERY = timedelta(days=1)
MOST = 10_000  # rows of one kind in one run
WORDS_KEPT = timedelta(days=30)  # after a message was due: long enough to see why it failed
ROWS_KEPT = timedelta(days=400)  # longer than anything is announced again under the same key
READ_KEPT = timedelta(days=180)  # after it was read
UNREAD_KEPT = timedelta(days=730)  # after it arrived


def forget_due(now: datetime) -> int:
    """Forget all that is due, at most once a day; how many things. One that fails stops no other, and is told."""
    if Heartbeat.objects.filter(name=FORGETTING, beat_at__gt=now - EVERY).exists():
        return 0
    counts, failed = [], []
    for one in registered():
        try:
            counts.append(one.run(now, MOST))
        except Exception:
            logger.exception("%s could not be forgotten", one.name)
            failed.append(one.name)
    if failed:
        raise RuntimeError(f"not forgotten: {', '.join(failed)}")
    if all(count < MOST for count in counts):
        heartbeat.beat(name=FORGETTING, now=now)
    return sum(counts)


def forget_words(now: datetime, most: int) -> int:
    """Empty the payloads of messages that were sent, dropped or given up; how many."""
    ended = OutboxMessage.objects.filter(due_at__lt=now - WORDS_KEPT).exclude(state=OutboxState.PENDING)
    chosen = ended.exclude(payload={}, url="").order_by().values("pk")[:most]
    return OutboxMessage.objects.filter(pk__in=chosen).update(payload={}, url="")


@transaction.atomic
def forget_outbox(now: datetime, most: int) -> int:
    """Delete the rows themselves; how many. A notice that is still in an inbox stays there."""
    old = OutboxMessage.objects.filter(due_at__lt=now - ROWS_KEPT).exclude(state=OutboxState.PENDING)
    chosen = list(old.order_by().values_list("pk", flat=True)[:most])
    InboxMessage.objects.filter(outbox__in=chosen).update(outbox=None)
    return delete_some(OutboxMessage.objects.filter(pk__in=chosen), most)


def forget_inbox(now: datetime, most: int) -> int:
    """Delete notices that were read long ago, and those that nobody ever read; how many."""
    read = delete_some(InboxMessage.objects.filter(read_at__lt=now - READ_KEPT), most)
    unread = InboxMessage.objects.filter(read_at__isnull=True, created_at__lt=now - UNREAD_KEPT)
    return read + (delete_some(unread, most - read) if read < most else 0)
