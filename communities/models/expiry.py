"""Which coins expire on which day, as their holders were told: nothing expires that was not announced."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from communities.models.places import Community


class ExpiryRun(models.Model):
    """The first of a month on which a community's coins expire: those booked up to and on ``through``."""

    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, related_name="expiry_runs", verbose_name=_("community")
    )
    day = models.DateField(_("day"))
    through = models.DateField(_("booked through"))
    announced_at = models.DateTimeField(_("announced at"))
    done_at = models.DateTimeField(_("done"), null=True, blank=True)

    class Meta:
        verbose_name = _("day of expiry")
        verbose_name_plural = _("days of expiry")
        constraints = [
            models.UniqueConstraint(fields=["community", "day"], name="expiry_run_once"),
            models.CheckConstraint(condition=Q(day__day=1, through__day=1), name="expiry_run_first_day"),
            models.CheckConstraint(condition=Q(through__lt=F("day")), name="expiry_run_through_before"),
        ]
        indexes = [models.Index(fields=["day"], condition=Q(done_at__isnull=True), name="expiry_run_open")]

    def __str__(self) -> str:
        return f"{self.community_id} {self.day}"


class ExpiryNotice(models.Model):
    """What a wallet's holders were told will expire, in coins, and what did: never more. Null until the day."""

    run = models.ForeignKey(ExpiryRun, on_delete=models.PROTECT, related_name="notices", verbose_name=_("day"))
    account = models.ForeignKey(
        "ledger.Account", on_delete=models.PROTECT, related_name="expiry_notices", verbose_name=_("wallet")
    )
    coins = models.PositiveBigIntegerField(_("announced"))
    taken = models.PositiveBigIntegerField(_("expired"), null=True, blank=True)

    class Meta:
        verbose_name = _("notice of expiry")
        verbose_name_plural = _("notices of expiry")
        constraints = [
            models.UniqueConstraint(fields=["run", "account"], name="expiry_announced_once"),
            models.CheckConstraint(condition=Q(coins__gt=0), name="expiry_announces_coins"),
            models.CheckConstraint(
                condition=Q(taken__isnull=True) | Q(taken__lte=F("coins")), name="expiry_no_more_than_announced"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.account_id}"
