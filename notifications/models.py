"""The outbox (what is due to be said, and to whom), the inbox (what was said in the app) and signs of life."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.columns import done_by
from core.ids import new_id
from notifications.choices import Channel, OutboxState


class OutboxMessage(models.Model):
    """One message to one person by one channel, due at an instant. The unique key makes saying it twice harmless."""

    kind = models.CharField(_("kind"), max_length=60)
    subject = models.CharField(_("subject"), max_length=160)
    due_at = models.DateTimeField(_("due"))
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="outbox", verbose_name=_("recipient")
    )
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    payload: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        _("payload"), default=dict, encoder=DjangoJSONEncoder
    )
    url = models.CharField(_("link"), max_length=300, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=OutboxState, default=OutboxState.PENDING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_try_at = models.DateTimeField(_("next try"))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("outbox message")
        verbose_name_plural = _("outbox messages")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject", "due_at", "recipient", "channel"], name="outbox_said_once"
            ),
            models.CheckConstraint(
                condition=Q(state=OutboxState.SENT, sent_at__isnull=False)
                | (~Q(state=OutboxState.SENT) & Q(sent_at__isnull=True)),
                name="outbox_sent_has_its_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["channel", "next_try_at"], name="outbox_pending", condition=Q(state=OutboxState.PENDING)
            ),
            models.Index(fields=["kind", "subject"], name="outbox_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class InboxMessage(models.Model):
    """A message in a person's inbox. Its words are made of kind and payload in the reader's language."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="inbox", verbose_name=_("user")
    )
    outbox: models.OneToOneField[OutboxMessage | None, OutboxMessage | None] = models.OneToOneField(
        OutboxMessage, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("outbox message")
    )
    kind = models.CharField(_("kind"), max_length=60)
    payload: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        _("payload"), default=dict, encoder=DjangoJSONEncoder
    )
    url = models.CharField(_("link"), max_length=300, blank=True)
    is_action = models.BooleanField(_("asks for an action"), default=False)
    created_at = models.DateTimeField(_("arrived"))
    read_at = models.DateTimeField(_("read"), null=True, blank=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        indexes = [
            models.Index(fields=["user", "-created_at"], name="inbox_newest"),
            models.Index(fields=["user"], name="inbox_unread", condition=Q(read_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {uuid.UUID(str(self.pk))}"


class Heartbeat(models.Model):
    """When a background process last showed that it lives, and what went wrong in that round ("" = nothing)."""

    name = models.CharField(_("process"), max_length=40, primary_key=True)
    beat_at = models.DateTimeField(_("last seen"))
    trouble = models.CharField(_("trouble"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return self.name


class Restore(models.Model):
    """A restore of a backup. Until somebody opened the site again, it is read and not written."""

    taken_at = models.DateTimeField(_("backup taken at"))
    restored_at = models.DateTimeField(_("restored at"))
    file_hash = models.CharField(_("file's SHA-256"), max_length=64)
    held_back = models.PositiveIntegerField(_("messages not sent again"), default=0)
    findings: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(
        _("what the checks found"), default=list
    )
    opened_at = models.DateTimeField(pgettext_lazy("restore", "opened at"), null=True, blank=True)
    opened_by = done_by(_("opened by"))

    class Meta:
        verbose_name = _("restore")
        verbose_name_plural = _("restores")
        constraints = [
            models.CheckConstraint(
                condition=Q(opened_at__isnull=True, opened_by__isnull=True)
                | Q(opened_at__isnull=False, opened_by__isnull=False),
                name="restore_opened_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return f"{self.restored_at:%Y-%m-%d}"
