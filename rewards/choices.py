"""The states of a redemption, how it came in, and what moves stock."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RedemptionState(models.TextChoices):
    """requested → ready → collected, or an end on the way; it ends once."""

    REQUESTED = "requested", _("Waiting for approval")
    READY = "ready", _("Ready to collect")
    COLLECTED = "collected", _("Collected")
    CANCELLED = "cancelled", _("Cancelled")
    REFUSED = "refused", _("Refused")
    EXPIRED = "expired", _("Expired")


LIVE = (RedemptionState.REQUESTED, RedemptionState.READY)


class Via(models.TextChoices):
    """Who filled the request in, and where."""

    SELF = "self", _("by the resident")
    STAFF = "staff", _("by staff, for the resident")
    COUNTER = "counter", _("over the counter")


class MovementKind(models.TextChoices):
    """Why the number on the shelf changed."""

    RECEIVED = "received", _("Goods received")
    HANDED_OVER = "handed_over", _("Handed over")
    RETURNED = "returned", _("Brought back")
    COUNTED = "counted", _("Counted")
    WRITTEN_OFF = "written_off", _("Written off")
