"""Who opened a person's record, and when the books were checked.

What was changed stands in the event tables that pghistory keeps beside each model.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RecordView(models.Model):
    """One opening of a personal record by somebody other than its owner."""

    viewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("viewer")
    )
    community_number = models.BigIntegerField(_("community"), null=True, blank=True)  # this app knows no community
    record_kind = models.CharField(_("kind of record"), max_length=40)
    record_id = models.CharField(_("record"), max_length=40)
    viewed_at = models.DateTimeField(pgettext_lazy("record", "opened at"))

    class Meta:
        verbose_name = _("opened record")
        verbose_name_plural = _("opened records")
        indexes = [
            models.Index(fields=["record_kind", "record_id", "-viewed_at"], name="record_view_by_record"),
            models.Index(fields=["community_number", "-viewed_at"], name="record_view_by_community"),
        ]

    def __str__(self) -> str:
        return self.record_id


class CheckRun(models.Model):
    """One run of ``check_ledger`` over all books. ``results``: a mapping each, as ``note_check`` writes it."""

    ran_at = models.DateTimeField(_("checked at"))
    checks = models.PositiveSmallIntegerField(_("checks"))
    broken = models.PositiveSmallIntegerField(_("broken"))
    seconds = models.FloatField(_("seconds"))
    results: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(_("results"), default=list)

    class Meta:
        verbose_name = _("check of the books")
        verbose_name_plural = _("checks of the books")
        indexes = [models.Index(fields=["-ran_at"], name="check_run_newest")]
        constraints = [
            models.CheckConstraint(condition=models.Q(broken__lte=models.F("checks")), name="check_run_broken_of_all")
        ]

    def __str__(self) -> str:
        return f"{self.ran_at:%Y-%m-%d %H:%M} {self.checks - self.broken}/{self.checks}"
