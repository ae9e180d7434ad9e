"""The states of a transfer, and who filled it in."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class TransferState(models.TextChoices):
    """Sent at once, or requested → sent where a second person approves; or an end on the way."""

    REQUESTED = "requested", _("Waiting for approval")
    SENT = "sent", pgettext_lazy("transfer", "Sent")
    REFUSED = "refused", _("Refused")
    CANCELLED = "cancelled", _("Cancelled")
    EXPIRED = "expired", _("Lapsed")


ENDED = (TransferState.REFUSED, TransferState.CANCELLED, TransferState.EXPIRED)


class Via(models.TextChoices):
    """Who filled it in."""

    SELF = "self", _("by the resident")
    STAFF = "staff", _("by staff, for the resident")
