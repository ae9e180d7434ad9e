"""Streets, the communities in them, and what each community has settled for itself."""

from __future__ import annotations

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from communities.choices import BOUNDS, Wallets
from core.coins import CoinWord
from core.wording import in_chinese


class Street(models.Model):
    """A street office, which some role grants span."""

    slug = models.SlugField(_("short name"), max_length=40, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("street")
        verbose_name_plural = _("streets")

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language, where it has one."""
        return self.name_zh if in_chinese() or not self.name_en else self.name_en


@pghistory.track(exclude=["next_member_number", "next_household_number"])
class Community(models.Model):
    """A neighbourhood with a book of its own. Its pages live under ``/c/<slug>/``."""

    slug = models.SlugField(_("short name"), max_length=40, unique=True)
    street = models.ForeignKey(Street, on_delete=models.PROTECT, related_name="communities", verbose_name=_("street"))
    name_zh = models.CharField(_("Chinese name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    book = models.OneToOneField(
        "ledger.Book", on_delete=models.PROTECT, related_name="community", verbose_name=_("book")
    )
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    address_zh = models.CharField(_("address in Chinese"), max_length=160, blank=True)
    address_en = models.CharField(_("address in English"), max_length=200, blank=True)
    opening_hours_zh = models.CharField(_("opening hours in Chinese"), max_length=160, blank=True)
    opening_hours_en = models.CharField(_("opening hours in English"), max_length=200, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=40, default="Asia/Shanghai")
    next_member_number = models.PositiveIntegerField(default=1, editable=False)
    next_household_number = models.PositiveIntegerField(default=1, editable=False)

    settings: CommunitySettings

    class Meta:
        verbose_name = _("community")
        verbose_name_plural = _("communities")

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language, where it has one."""
        return self.name_zh if in_chinese() or not self.name_en else self.name_en

    @property
    def coin(self) -> CoinWord:
        """How amounts are written here, without hours."""
        return self.settings.coin_word()

    @property
    def address(self) -> str:
        """Where the office is, in the reader's language."""
        return self.address_zh if in_chinese() or not self.address_en else self.address_en

    @property
    def opening_hours(self) -> str:
        """When the office is open, in the reader's language."""
        return self.opening_hours_zh if in_chinese() or not self.opening_hours_en else self.opening_hours_en


@pghistory.track()
class CommunitySettings(models.Model):
    """What a community has settled. Lengths are in the unit that ends each name, coins are whole."""

    community = models.OneToOneField(
        Community, on_delete=models.CASCADE, primary_key=True, related_name="settings", verbose_name=_("community")
    )
    wallets = models.CharField(_("wallets"), max_length=10, choices=Wallets.choices, default=Wallets.RESIDENT)
    coin_zh = models.CharField(_("the coin's Chinese name"), max_length=12, default="时间币")
    coin_en = models.CharField(_("the coin's English name"), max_length=24, default="time coin")
    coin_en_plural = models.CharField(_("its English plural"), max_length=24, default="time coins")
    earning_cap_day_minutes = models.PositiveIntegerField(_("minutes that earn, a day"), default=480)
    earning_cap_month_minutes = models.PositiveIntegerField(_("minutes that earn, a month"), default=3600)
    wallet_cap_coins = models.PositiveIntegerField(_("most coins in a wallet"), default=90000)
    gift_cap_month_coins = models.PositiveIntegerField(_("most coins given away, a month"), default=600)
    two_person_limit_coins = models.PositiveIntegerField(_("coins above which two people decide"), default=1200)
    undo_minutes = models.PositiveSmallIntegerField(_("minutes to undo"), default=10)
    request_lapses_days = models.PositiveSmallIntegerField(_("days until an undecided request lapses"), default=7)
    code_valid_days = models.PositiveSmallIntegerField(_("days a pick-up code is valid"), default=30)
    minimum_age_to_redeem = models.PositiveSmallIntegerField(_("least age to redeem"), default=0)
    automatic_approval_up_to = models.PositiveIntegerField(_("coins approved without a person"), default=0)
    expiry_months = models.PositiveSmallIntegerField(_("months until coins expire"), null=True, blank=True)
    credit_line_coins = models.PositiveIntegerField(_("credit line: coins a passbook may go below 0"), default=0)
    seat_cancel_hours = models.PositiveSmallIntegerField(_("hours before a lesson to cancel a seat"), default=24)
    flag_minutes = models.PositiveIntegerField(_("minutes of one service that are looked at twice"), default=480)
    max_minutes = models.PositiveIntegerField(_("most minutes of one service"), default=720)

    class Meta:
        verbose_name = _("community settings")
        verbose_name_plural = _("community settings")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(flag_minutes__lte=models.F("max_minutes")), name="settings_flag_before_refusal"
            ),
            models.CheckConstraint(
                condition=models.Q(max_minutes__gte=1, max_minutes__lte=1440), name="settings_service_within_a_day"
            ),
            models.CheckConstraint(
                condition=models.Q(*[(f"{name}__range", bounds) for name, bounds in sorted(BOUNDS.items())]),
                name="settings_within_bounds",
                violation_error_message=_("One of these numbers is too small or too large."),
            ),
            models.CheckConstraint(condition=models.Q(wallets__in=Wallets.values), name="settings_wallets_known"),
        ]

    def __str__(self) -> str:
        return f"{self.community_id}"

    @property
    def coin_names(self) -> list[str]:
        """What a message's payload says of the coin: Chinese, English, English plural."""
        return [self.coin_zh, self.coin_en, self.coin_en_plural]

    def coin_word(self, *, per_minute: bool = False, coins_per_hour: int = 60) -> CoinWord:
        """How amounts are written here; whether hours stand with them is the earning rule's to say."""
        return CoinWord(
            zh=self.coin_zh,
            en=self.coin_en,
            en_many=self.coin_en_plural,
            per_minute=per_minute,
            coins_per_hour=coins_per_hour,
        )
