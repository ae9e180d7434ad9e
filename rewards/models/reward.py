"""Goods that coins buy. The numbers on the shelf are kept by triggers on movements and redemptions."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from communities.models import Community
from core.ids import new_id
from core.typed import typed_plain

TITLE_LENGTH = 80
NOTE_LENGTH = 600
MAX_PRICE = 100_000


class RewardQuerySet(models.QuerySet["Reward"]):
    """Filters that callers share."""

    def for_community(self, community: Community) -> RewardQuerySet:
        """The goods of one community."""
        return self.filter(community=community)

    def shown(self) -> RewardQuerySet:
        """What the catalogue shows, also what is sold out."""
        return self.filter(withdrawn_at=None)


class Reward(models.Model):
    """One kind of goods. `on_hand` stands on the shelf; `reserved` of it is promised to live redemptions."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("communities.Community", models.PROTECT, related_name="rewards")
    title_zh = models.CharField(_("title in Chinese"), max_length=TITLE_LENGTH)
    title_en = models.CharField(_("title in English"), max_length=TITLE_LENGTH, blank=True)
    about = models.CharField(_("what it is"), max_length=NOTE_LENGTH, blank=True)
    price_coins = models.PositiveIntegerField(_("price in coins"))
    made_by = models.ForeignKey(
        "communities.Resident", models.PROTECT, null=True, blank=True, related_name="goods_made"
    )
    low_stock = models.PositiveIntegerField(_("warn when fewer are left than"), default=0)
    on_hand = models.PositiveIntegerField(default=0, editable=False)
    reserved = models.PositiveIntegerField(default=0, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = RewardQuerySet.as_manager()

    class Meta:
        verbose_name = _("goods")
        verbose_name_plural = _("goods")
        ordering = ["price_coins", "id"]
        indexes = [models.Index(fields=["community", "price_coins"], name="rewards_reward_catalogue")]
        constraints = [
            models.CheckConstraint(
                name="rewards_reward_reserved", condition=Q(reserved__gte=0, reserved__lte=F("on_hand"))
            ),
            models.CheckConstraint(
                name="rewards_reward_price", condition=Q(price_coins__gte=1, price_coins__lte=MAX_PRICE)
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The title in the reader's language, else in Chinese."""
        return typed_plain(self, "title")

    @property
    def free(self) -> int:
        """How many can still be asked for."""
        return self.on_hand - self.reserved

    @property
    def is_sold_out(self) -> bool:
        """Whether none can be asked for."""
        return self.free == 0

    @property
    def is_low(self) -> bool:
        """Whether staff should order more."""
        return self.free < self.low_stock
