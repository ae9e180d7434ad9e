"""How far the month's statements have come. The statements themselves are the ledger's."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from communities.models import Community


class StatementRun(models.Model):
    """One month of one community: stated in the ledger, then announced account by account.

    A killed job goes on at the cursor.
    """

    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, related_name="statement_runs", verbose_name=_("community")
    )
    month = models.DateField(_("month"))
    announced_through = models.BigIntegerField(_("announced through account"), default=0)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)

    class Meta:
        verbose_name = _("run of statements")
        verbose_name_plural = _("runs of statements")
        constraints = [
            models.UniqueConstraint(fields=["community", "month"], name="statement_run_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="statement_run_first_day"),
        ]

    def __str__(self) -> str:
        return f"{self.community_id} {self.month:%Y-%m}"
