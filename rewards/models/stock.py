"""Movements of stock: append-only; the shelf's number is their sum."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rewards.choices import MovementKind

REASON_LENGTH = 200
MAX_QUANTITY = 100_000

KEEP_ON_HAND = """
    UPDATE rewards_reward SET on_hand = on_hand + NEW.quantity WHERE id = NEW.reward_id;
    RETURN NULL;
"""


class StockMovement(models.Model):
    """What came or went, signed; `counted` says what a count found, and `quantity` by how much it differed."""

    id = models.BigAutoField(primary_key=True)
    reward = models.ForeignKey("rewards.Reward", models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=12, choices=MovementKind)
    quantity = models.IntegerField()
    counted = models.PositiveIntegerField(null=True)
    redemption = models.ForeignKey("rewards.Redemption", models.PROTECT, null=True, related_name="movements")
    reason = models.CharField(_("reason"), max_length=REASON_LENGTH, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    moved_at = models.DateTimeField()

    class Meta:
        verbose_name = _("stock movement")
        verbose_name_plural = _("stock movements")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="rewards_movement_sign",
                condition=Q(kind=MovementKind.RECEIVED, quantity__gt=0)
                | Q(kind=MovementKind.RETURNED, quantity__gt=0, redemption__isnull=False)
                | Q(kind=MovementKind.HANDED_OVER, quantity__lt=0, redemption__isnull=False)
                | Q(kind=MovementKind.WRITTEN_OFF, quantity__lt=0)
                | Q(kind=MovementKind.COUNTED, counted__isnull=False),
            ),
            models.CheckConstraint(
                name="rewards_movement_reason", condition=~Q(kind=MovementKind.WRITTEN_OFF) | ~Q(reason="")
            ),
            models.UniqueConstraint(
                name="rewards_movement_once", fields=["redemption", "kind"], condition=Q(redemption__isnull=False)
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(name="keep_on_hand", when=pgtrigger.After, operation=pgtrigger.Insert, func=KEEP_ON_HAND),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.quantity:+d}"
