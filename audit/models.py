"""Who opened a person's record. What was changed stands in the event tables that pghistory keeps beside each model."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class RecordView(models.Model):
    """One opening of a personal record by somebody other than its owner."""

    viewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("viewer")
    )
    community_number = models.BigIntegerField(_("community"), null=True, blank=True)  # this app knows no community
    record_kind = models.CharField(_("kind of record"), max_length=40)
    record_id = models.CharField(_("record"), max_length=40)
    viewed_at = models.DateTimeField(_("opened at"))

    class Meta:
        verbose_name = _("opened record")
        verbose_name_plural = _("opened records")
        indexes = [
            models.Index(fields=["record_kind", "record_id", "-viewed_at"], name="record_view_by_record"),
            models.Index(fields=["community_number", "-viewed_at"], name="record_view_by_community"),
        ]

    def __str__(self) -> str:
        return f"{self.record_kind} {self.record_id}"
