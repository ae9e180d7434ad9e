"""Who asked to be told once when sold-out goods are back. The row ends with the telling."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Wish(models.Model):
    """One resident waits for one kind of goods. Nothing is reserved by it."""

    id = models.BigAutoField(primary_key=True)
    reward = models.ForeignKey("rewards.Reward", models.CASCADE, related_name="wishes")
    resident = models.ForeignKey("communities.Resident", models.CASCADE, related_name="wishes")
    wished_at = models.DateTimeField(_("asked for"))

    class Meta:
        verbose_name = _("wish to be told")
        verbose_name_plural = _("wishes to be told")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(name="rewards_wish_once", fields=["reward", "resident"])]

    def __str__(self) -> str:
        return f"{self.resident_id} {self.reward_id}"
