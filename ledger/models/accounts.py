"""Books and their accounts."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ledger.choices import HAS_FLOOR, KEEPS_BALANCE, AccountKind


class Book(models.Model):
    """One community's accounts. Its days, months and statements follow its own time zone."""

    name_zh = models.CharField(_("Chinese name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=100, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=40)
    unit = models.CharField(_("unit"), max_length=20)
    closed_through = models.DateField(_("closed through"), null=True)
    spending_paused_at = models.DateTimeField(_("spending paused at"), null=True)
    opened_at = models.DateTimeField(_("opened at"))

    class Meta:
        verbose_name = _("book")
        verbose_name_plural = _("books")
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.name_zh


class Account(models.Model):
    """One account of a book. ``number`` is what exports show, unique in the book; it says nobody's name.

    ``partner``: the other book, of a clearing account.
    """

    book = models.ForeignKey(Book, models.PROTECT, verbose_name=_("book"), related_name="accounts", db_index=False)
    balance = models.BigIntegerField(_("balance"), default=0)
    held = models.BigIntegerField(_("held"), default=0)
    seq = models.BigIntegerField(_("number of lines"), default=0)
    floor = models.BigIntegerField(_("floor"), null=True)
    floor_target = models.BigIntegerField(
        _("floor to come"), null=True
    )  # where a narrower credit line will let it rise
    cap = models.BigIntegerField(_("cap"), null=True)
    recovery = models.ForeignKey(
        "self", models.PROTECT, verbose_name=_("recovery account"), null=True, related_name="+", db_index=False
    )
    owner = models.ForeignKey("self", models.PROTECT, verbose_name=_("recovered from"), null=True, related_name="+")
    partner = models.ForeignKey(
        Book, models.PROTECT, verbose_name=_("partner book"), null=True, related_name="+", db_index=False
    )
    opened_at = models.DateTimeField(_("opened at"))
    last_booked = models.DateField(_("last booked"), null=True)
    kind = models.SmallIntegerField(_("kind"), choices=AccountKind)
    keeps_balance = models.BooleanField(_("keeps a balance"))
    number = models.CharField(_("number"), max_length=60)

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["book", "number"], name="ledger_account_number"),
            models.CheckConstraint(condition=Q(held__gte=0), name="ledger_account_held"),
            models.CheckConstraint(condition=Q(balance__gte=F("floor") + F("held")), name="ledger_account_floor"),
            models.CheckConstraint(
                condition=Q(floor__isnull=False, kind__in=sorted(HAS_FLOOR))
                | Q(Q(floor__isnull=True), ~Q(kind__in=sorted(HAS_FLOOR))),
                name="ledger_account_has_floor",
            ),
            models.CheckConstraint(
                condition=Q(floor_target__isnull=True) | Q(floor_target__gt=F("floor"), kind=AccountKind.WALLET),
                name="ledger_account_floor_target",
            ),
            models.CheckConstraint(
                condition=Q(cap__isnull=True) | Q(cap__gte=0, kind=AccountKind.WALLET), name="ledger_account_cap"
            ),
            models.CheckConstraint(
                condition=~Q(kind=AccountKind.RECOVERY) | Q(balance__lte=0, owner__isnull=False),
                name="ledger_account_recovery",
            ),
            models.CheckConstraint(
                condition=Q(keeps_balance=True, kind__in=sorted(KEEPS_BALANCE))
                | Q(Q(keeps_balance=False, balance=0, held=0, seq=0), ~Q(kind__in=sorted(KEEPS_BALANCE))),
                name="ledger_account_insert_only",
            ),
            models.UniqueConstraint(
                fields=["book", "partner"], condition=Q(partner__isnull=False), name="ledger_account_partner"
            ),
            models.CheckConstraint(
                condition=Q(Q(kind=AccountKind.CLEARING, partner__isnull=False), ~Q(partner=F("book")))
                | Q(Q(partner__isnull=True), ~Q(kind=AccountKind.CLEARING)),
                name="ledger_account_clearing",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def available(self) -> int:
        """What may be spent, in coins; 0 for an account without a floor."""
        return 0 if self.floor is None else self.balance - self.held - self.floor

    @property
    def on_credit(self) -> int:
        """How much of what is available is a credit line, in coins, and not the holder's own."""
        return self.available - max(0, self.balance - self.held) if self.floor is not None and self.floor < 0 else 0

    @property
    def normal_balance(self) -> int:
        """The balance on its normal side, in coins."""
        return -self.balance if AccountKind(self.kind).debit_normal else self.balance
