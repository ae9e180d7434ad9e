"""The words of the outbox: ways to a person, and what became of a message."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Channel(TextChoices):
    """How a message reaches its person."""

    INBOX = "inbox", _("In the app")
    EMAIL = "email", _("Email")
    SMS = "sms", _("Text message")


class OutboxState(TextChoices):
    """What became of an outbox row. Only a pending one is ever sent."""

    PENDING = "pending", _("To be sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    DROPPED = "dropped", _("Not needed any more")
    NOT_RESENT = "not_resent", _("Not sent again after a restore")
