"""Entries, what is set aside for them, and requests to mirror them."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from ledger.choices import EntryKind, HoldStatus, LinePart, ReversalStatus
from ledger.models.accounts import Book
from ledger.models.columns import frozen, to

LINE_PARTS = 8


class JournalEntry(models.Model):
    """One debit, one credit, one positive amount: it balances by construction.

    ``debit_seq``/``debit_after`` and ``credit_seq``/``credit_after`` are each side's running number and balance (null
    for insert-only accounts). ``asked_amount`` and ``asked_credit`` stand where a cap changed what was asked.
    """

    id = models.BigAutoField(primary_key=True)
    book = to("ledger.Book", _("book"))
    debit = to("ledger.Account", _("debit account"))
    credit = to("ledger.Account", _("credit account"))
    amount = models.BigIntegerField(_("amount"))
    debit_seq = models.BigIntegerField(_("debit number"), null=True)
    debit_after = models.BigIntegerField(_("debit balance after"), null=True)
    credit_seq = models.BigIntegerField(_("credit number"), null=True)
    credit_after = models.BigIntegerField(_("credit balance after"), null=True)
    posted_at = models.DateTimeField(_("posted at"))
    recorded_at = models.DateTimeField(_("recorded at"), db_default=Now())
    actor_id = models.BigIntegerField(_("actor"), null=True)
    reverses = to("self", _("reverses"), null=True)
    hold = to("ledger.Hold", _("hold"), null=True)
    asked_amount = models.BigIntegerField(_("amount asked"), null=True)
    asked_credit = to("ledger.Account", _("credit account asked"), null=True)
    booked_date = models.DateField(_("booked"))
    line = models.IntegerField(_("line"))
    kind = models.SmallIntegerField(_("kind"), choices=EntryKind)
    memo = models.SmallIntegerField(_("memo code"), default=0)
    reference = models.CharField(_("reference"), max_length=120)

    class Meta:
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal entries")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["book", "reference", "line"], name="ledger_entry_reference"),
            models.UniqueConstraint(
                fields=["debit", "debit_seq"], condition=Q(debit_seq__isnull=False), name="ledger_entry_debit"
            ),
            models.UniqueConstraint(
                fields=["credit", "credit_seq"], condition=Q(credit_seq__isnull=False), name="ledger_entry_credit"
            ),
            models.UniqueConstraint(
                fields=["reverses"], condition=Q(reverses__isnull=False), name="ledger_entry_reverses"
            ),
            models.UniqueConstraint(fields=["hold"], condition=Q(hold__isnull=False), name="ledger_entry_hold"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="ledger_entry_amount"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="ledger_entry_two"),
            models.CheckConstraint(
                condition=Q(debit_seq__isnull=True, debit_after__isnull=True)
                | Q(debit_seq__isnull=False, debit_after__isnull=False),
                name="ledger_entry_debit_runs",
            ),
            models.CheckConstraint(
                condition=Q(credit_seq__isnull=True, credit_after__isnull=True)
                | Q(credit_seq__isnull=False, credit_after__isnull=False),
                name="ledger_entry_credit_runs",
            ),
            # One side at least keeps a balance, so its row lock queues every race for the same request.
            models.CheckConstraint(
                condition=Q(debit_seq__isnull=False) | Q(credit_seq__isnull=False), name="ledger_entry_one_kept"
            ),
            models.CheckConstraint(condition=Q(line__gte=0), name="ledger_entry_line"),
        ]
        # Clearing accounts number no lines, and a settlement sheet reads a month of one.
        indexes: ClassVar = [
            models.Index(fields=[side, "booked_date"], condition=Q(kind=EntryKind.TRANSFER), name=name)
            for side, name in (("credit", "ledger_transfer_sent"), ("debit", "ledger_transfer_received"))
        ]
        triggers: ClassVar = frozen()

    def __str__(self) -> str:
        return f"{self.reference} #{self.line}"

    @property
    def position(self) -> int:
        """Which request of its group this line answers, from 0."""
        return self.line // LINE_PARTS

    @property
    def part(self) -> LinePart:
        """Whether it is the line asked for, or one that the ledger added."""
        return LinePart(self.line % LINE_PARTS)


class Hold(models.Model):
    """Coins set aside: out of what is available, not yet out of the balance. The payee may come with the posting."""

    book = to("ledger.Book", _("book"))
    debit = to("ledger.Account", _("payer"))
    credit = to("ledger.Account", _("payee"), null=True)
    amount = models.BigIntegerField(_("amount"))
    actor_id = models.BigIntegerField(_("actor"), null=True)
    held_at = models.DateTimeField(_("held at"))
    ended_at = models.DateTimeField(_("ended at"), null=True)
    kind = models.SmallIntegerField(_("kind"), choices=EntryKind)
    status = models.SmallIntegerField(_("status"), choices=HoldStatus, default=HoldStatus.ACTIVE)
    reference = models.CharField(_("reference"), max_length=120)

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["book", "reference"], name="ledger_hold_reference"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="ledger_hold_amount"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="ledger_hold_two"),
            models.CheckConstraint(
                condition=Q(status=HoldStatus.ACTIVE, ended_at__isnull=True)
                | Q(status__in=[HoldStatus.POSTED, HoldStatus.RELEASED, HoldStatus.EXPIRED], ended_at__isnull=False),
                name="ledger_hold_status",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["debit"], condition=Q(status=HoldStatus.ACTIVE), name="ledger_hold_active")
        ]

    def __str__(self) -> str:
        return self.reference


class ReversalRequest(models.Model):
    """One person asks that a whole reference be reversed, with the reason; another confirms or declines."""

    book = models.ForeignKey(Book, models.PROTECT, verbose_name=_("book"), related_name="reversal_requests")
    reference = models.CharField(_("reference"), max_length=120)
    reversal_reference = models.CharField(_("reference of the reversal"), max_length=120)
    reason = models.CharField(_("reason"), max_length=500)
    asked_by_id = models.BigIntegerField(_("asked by"))
    asked_at = models.DateTimeField(_("asked at"))
    decided_by_id = models.BigIntegerField(_("decided by"), null=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    status = models.SmallIntegerField(_("status"), choices=ReversalStatus, default=ReversalStatus.ASKED)

    class Meta:
        verbose_name = _("reversal request")
        verbose_name_plural = _("reversal requests")
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["book", "reference"],
                condition=Q(status__in=[ReversalStatus.ASKED, ReversalStatus.CONFIRMED]),
                name="ledger_reversal_once",
            ),
            models.CheckConstraint(
                condition=Q(decided_by_id__isnull=True) | ~Q(decided_by_id=F("asked_by_id")),
                name="ledger_reversal_two_people",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="ledger_reversal_reason"),
            models.CheckConstraint(
                condition=Q(status=ReversalStatus.ASKED, decided_at__isnull=True, decided_by_id__isnull=True)
                | Q(
                    status__in=[ReversalStatus.CONFIRMED, ReversalStatus.DECLINED],
                    decided_at__isnull=False,
                    decided_by_id__isnull=False,
                ),
                name="ledger_reversal_status",
            ),
        ]

    def __str__(self) -> str:
        return self.reference
