"""Saying something: rows in the outbox, in the caller's own transaction: nothing is said of what rolled back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

from core.nudge import nudge
from notifications.choices import Channel, OutboxState
from notifications.models import OutboxMessage

CHUNK = 1000
IN_APP: tuple[str, ...] = (Channel.INBOX,)

# A dropped row (withdrawn, then claimed again) is due once more; a sent one stays sent.
INSERT = """
INSERT INTO notifications_outboxmessage
    (kind, subject, due_at, next_try_at, recipient_id, channel, payload, url, state, attempts)
SELECT kind, subject, due_at, due_at, recipient_id, channel, payload::jsonb, url, 'pending', 0
FROM unnest(%s::text[], %s::text[], %s::timestamptz[], %s::bigint[], %s::text[], %s::text[], %s::text[])
    AS row (kind, subject, due_at, recipient_id, channel, payload, url)
ON CONFLICT ON CONSTRAINT outbox_said_once DO UPDATE
    SET state = 'pending', attempts = 0, next_try_at = excluded.due_at, payload = excluded.payload, url = excluded.url
    WHERE notifications_outboxmessage.state = 'dropped'
"""


@dataclass(frozen=True, slots=True)
class Announcement:
    """What to say, to whom, about what, when. ``subject`` names the thing ("sign-up:<id>").

    No recipient means that there is nobody to tell.
    """

    kind: str
    subject: str
    recipient_user_id: int | None
    due_at: datetime
    payload: Mapping[str, Any] = field(default_factory=dict)
    url: str = ""
    channels: Sequence[str] = IN_APP


def announce(
    *,
    kind: str,
    subject: str,
    recipient_user_id: int | None,
    due_at: datetime,
    payload: Mapping[str, Any] | None = None,
    url: str = "",
    channels: Sequence[str] = IN_APP,
) -> int:
    """Put one message into the outbox, a row a channel. Answers the rows written; the same key again writes none."""
    return announce_many([Announcement(kind, subject, recipient_user_id, due_at, payload or {}, url, channels)])


def announce_many(announcements: Iterable[Announcement]) -> int:
    """Put many messages into the outbox; answers the rows written. ValueError for a link that leaves the site."""
    heard = (said for said in announcements if said.recipient_user_id is not None)
    written = 0
    while chunk := list(islice(heard, CHUNK)):
        written += _insert(chunk)
        nudge(due_at=min(said.due_at for said in chunk))
    return written


def drop(*, kind: str, subject: str, recipient_user_id: int | None = None) -> int:
    """Take back what is not yet sent: of everybody, or of one recipient. Answers the rows dropped."""
    waiting = OutboxMessage.objects.filter(kind=kind, subject=subject, state=OutboxState.PENDING)
    if recipient_user_id is not None:
        waiting = waiting.filter(recipient_id=recipient_user_id)
    return waiting.update(state=OutboxState.DROPPED)


def _insert(chunk: list[Announcement]) -> int:
    rows = [_row(said, channel) for said in chunk for channel in said.channels]
    once = {(row[:4], row[4]): row for row in rows}  # one statement may not meet the same row twice
    if not once:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [list(column) for column in zip(*once.values(), strict=True)])
        return int(cursor.rowcount)


def _row(said: Announcement, channel: str) -> tuple[Any, ...]:
    if said.url and (not said.url.startswith("/") or said.url.startswith("//")):
        raise ValueError(f"a notice links within the site, not to {said.url}")
    payload = json.dumps(dict(said.payload), cls=DjangoJSONEncoder)
    return (said.kind, said.subject, said.due_at, said.recipient_user_id, str(channel), payload, said.url)
