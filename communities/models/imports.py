"""Who brought which list of opening balances over, and what became of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.columns import done_by
from communities.models.places import Community

FILE_NAME_LENGTH = 120


class BalanceImport(models.Model):
    """One run over a file; the coins stand in the ledger. ``finished_at`` is empty where it was broken off.

    ``second_manager`` answers for it too: above the community's limit of coins nobody brings them over alone.
    """

    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, related_name="balance_imports", verbose_name=_("community")
    )
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("manager")
    )
    second_manager = done_by(_("second manager"))
    file_name = models.CharField(_("file"), max_length=FILE_NAME_LENGTH)
    file_hash = models.CharField(_("file's SHA-256"), max_length=64)
    started_at = models.DateTimeField(_("started at"))
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    posted = models.PositiveIntegerField(_("brought over"), default=0)
    refused = models.PositiveIntegerField(_("refused"), default=0)
    coins = models.PositiveBigIntegerField(_("coins"), default=0)

    class Meta:
        verbose_name = _("import of opening balances")
        verbose_name_plural = _("imports of opening balances")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(posted__lte=models.F("rows")) & models.Q(refused__lte=models.F("rows")),
                name="balance_import_within_rows",
            ),
            models.CheckConstraint(
                condition=models.Q(second_manager=None) | ~models.Q(second_manager=models.F("manager")),
                name="balance_import_by_two",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} {self.started_at:%Y-%m-%d}"
