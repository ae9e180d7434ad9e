"""Delivery of what is due: into inboxes in chunks, by email and SMS one by one.

Rows are claimed with FOR UPDATE SKIP LOCKED, so that any number of workers share the work. An inbox message and its
outbox row are written in one transaction: exactly once. A mail leaves before its row is committed: a worker killed in
between sends it again, with the same Message-ID.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation

from core import sms
from core.typed import typed_plain
from notifications import kinds
from notifications.choices import Channel, OutboxState
from notifications.models import InboxMessage, OutboxMessage
from notifications.selectors import is_closed

logger = logging.getLogger(__name__)

CHUNK = 200
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))  # then it has failed
MAX_ATTEMPTS = len(BACK_OFF) + 1


class NoAddress(Exception):
    """The person has no address for this channel: nothing to retry."""


def deliver_due(*, now: datetime, limit: int = 5000) -> int:
    """Deliver what is due at ``now``, at most ``limit`` messages. Answers how many were delivered."""
    if is_closed():
        return 0
    done = 0
    while done < limit and (delivered := _deliver_inbox_chunk(now=now, rows=min(CHUNK, limit - done))) is not None:
        done += delivered
    for channel, send in SENDERS.items():
        done += _deliver_channel(channel, send, now=now, limit=limit - done)
    return done


@transaction.atomic
def _deliver_inbox_chunk(*, now: datetime, rows: int) -> int | None:
    """The messages delivered, None when none is due."""
    claimed = list(_due(Channel.INBOX, now)[:rows])
    if not claimed:
        return None
    known: list[OutboxMessage] = []
    unknown: list[OutboxMessage] = []
    for message in claimed:
        (known if _is_known(message) else unknown).append(message)
    InboxMessage.objects.bulk_create([_inbox_message(message, now) for message in known], ignore_conflicts=True)
    _mark(known, state=OutboxState.SENT, sent_at=now)
    _mark(unknown, state=OutboxState.FAILED)
    return len(known)


def _deliver_channel(channel: str, send: Callable[[OutboxMessage], None], *, now: datetime, limit: int) -> int:
    """One transaction a message. The first failure ends the channel's round: the next sweep tries again."""
    done = 0
    while done < limit:
        outcome = _deliver_one(channel, send, now)
        if outcome is None:
            break
        done += outcome
    return done


@transaction.atomic
def _deliver_one(channel: str, send: Callable[[OutboxMessage], None], now: datetime) -> int | None:
    """1 = sent, 0 = never to be sent, None = nothing due, or the channel is in trouble."""
    message = _due(channel, now).select_related("recipient").first()
    if message is None:
        return None
    try:
        with transaction.atomic():
            send(message)
    except NoAddress:
        _mark([message], state=OutboxState.DROPPED)
        return 0
    except kinds.UnknownKind:
        logger.exception("outbox row %s has a kind that nobody registered", message.pk)
        _mark([message], state=OutboxState.FAILED)
        return 0
    except Exception:
        logger.exception("outbox row %s could not be sent", message.pk)
        _put_off(message, now)
        return None
    _mark([message], state=OutboxState.SENT, sent_at=now)
    return 1


def _due(channel: str, now: datetime) -> QuerySet[OutboxMessage]:
    pending = OutboxMessage.objects.filter(channel=channel, state=OutboxState.PENDING, next_try_at__lte=now)
    return pending.select_for_update(skip_locked=True, of=("self",)).order_by("next_try_at", "pk")


def _mark(messages: list[OutboxMessage], *, state: str, sent_at: datetime | None = None) -> None:
    OutboxMessage.objects.filter(pk__in=[message.pk for message in messages]).update(state=state, sent_at=sent_at)


def _put_off(message: OutboxMessage, now: datetime) -> None:
    """Try again later, each time later; after the last try it has failed, and check_health says so."""
    message.attempts += 1
    if message.attempts >= MAX_ATTEMPTS:
        message.state = OutboxState.FAILED
    else:
        message.next_try_at = now + BACK_OFF[message.attempts - 1]
    message.save(update_fields=["attempts", "state", "next_try_at"])


def _is_known(message: OutboxMessage) -> bool:
    try:
        kinds.kind_of(message.kind)
    except kinds.UnknownKind:
        logger.exception("outbox row %s has a kind that nobody registered", message.pk)
        return False
    return True


def _inbox_message(message: OutboxMessage, now: datetime) -> InboxMessage:
    return InboxMessage(
        user_id=message.recipient_id,
        outbox_id=message.pk,
        kind=message.kind,
        payload=message.payload,
        url=message.url,
        is_action=kinds.kind_of(message.kind).action,
        created_at=now,
    )


def _send_email(message: OutboxMessage) -> None:
    address = message.recipient.email
    if not address:
        raise NoAddress
    subject, body = _words(message)
    mail = EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [address])
    mail.extra_headers["Message-ID"] = f"<outbox-{message.pk}@{settings.SITE_URL.split('//')[-1].split(':')[0]}>"
    mail.send()


def _send_sms(message: OutboxMessage) -> None:
    user = message.recipient
    if not sms.is_on() or not user.phone or not user.phone_verified_at:
        raise NoAddress
    subject, _ = _words(message)
    sms.sender().send(sms.Sms(to=user.phone, text=subject))


def _words(message: OutboxMessage) -> tuple[str, str]:
    """Subject and text in the recipient's language, with the link."""
    with translation.override(message.recipient.language or settings.LANGUAGE_CODE):
        said = kinds.render(message.kind, message.payload)
        about = typed_plain(said, "about")
    title = kinds.plain(said.title)
    subject = " ".join(f"{title} · {about}".split()) if about else " ".join(title.split())
    link = f"{settings.SITE_URL}{message.url}" if message.url else ""
    parts = [title, about, kinds.plain(said.body), link]
    return subject, "\n\n".join(part for part in parts if part) + "\n"


SENDERS: dict[str, Callable[[OutboxMessage], None]] = {Channel.EMAIL: _send_email, Channel.SMS: _send_sms}
