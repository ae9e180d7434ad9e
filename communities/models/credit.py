"""How far below nothing one wallet may go, where a manager settled it apart from the community's line."""

from __future__ import annotations

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from communities.choices import BOUNDS
from communities.models.places import Community

REASON_LENGTH = 200


@pghistory.track()
class CreditLine(models.Model):
    """A line of one wallet's own: it stays when the community's changes. ``coins`` 0: may not go below nothing.

    None: the community's again. The row stays, for its history.
    """

    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, related_name="credit_lines", verbose_name=_("community")
    )
    wallet = models.OneToOneField(
        "ledger.Account", on_delete=models.PROTECT, related_name="credit_line", verbose_name=_("wallet")
    )
    coins = models.PositiveIntegerField(_("credit line"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=REASON_LENGTH)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("set by")
    )
    set_at = models.DateTimeField(_("set at"))

    class Meta:
        verbose_name = _("credit line")
        verbose_name_plural = _("credit lines")
        constraints = [
            models.CheckConstraint(
                condition=Q(coins__range=BOUNDS["credit_line_coins"]), name="credit_line_within_bounds"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="credit_line_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.wallet_id} {self.coins}"
