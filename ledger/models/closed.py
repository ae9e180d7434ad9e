"""What is written down of a time that is over: monthly statements, checkpoints, seals."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ledger.models.accounts import Book
from ledger.models.columns import frozen, to


class MonthlyStatement(models.Model):
    """What an account had, got, gave and had left in a month that is closed. ``last_seq``: its last line by then."""

    book = to("ledger.Book", _("book"))
    account = to("ledger.Account", _("account"))
    opening = models.BigIntegerField(_("opening balance"))
    credited = models.BigIntegerField(_("credited"))
    debited = models.BigIntegerField(_("debited"))
    closing = models.BigIntegerField(_("closing balance"))
    lines = models.BigIntegerField(_("lines"))
    last_seq = models.BigIntegerField(_("number of the last line"))
    made_at = models.DateTimeField(_("made at"))
    month = models.DateField(_("month"))

    class Meta:
        verbose_name = _("monthly statement")
        verbose_name_plural = _("monthly statements")
        ordering: ClassVar = ["-month", "account"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "month"], name="ledger_statement_month"),
            models.CheckConstraint(
                condition=Q(closing=F("opening") + F("credited") - F("debited")), name="ledger_statement_adds_up"
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="ledger_statement_first_day"),
        ]
        indexes: ClassVar = [models.Index(fields=["book", "month"], name="ledger_statement_book")]
        triggers: ClassVar = frozen()

    def __str__(self) -> str:
        return f"{self.account_id} {self.month:%Y-%m}"


class Checkpoint(models.Model):
    """The balance of an insert-only account after the entry ``last_id``; nothing with a lower id commits later."""

    account = to("ledger.Account", _("account"))
    last_id = models.BigIntegerField(_("last entry"))
    balance = models.BigIntegerField(_("balance"))
    lines = models.BigIntegerField(_("lines"))
    made_at = models.DateTimeField(_("made at"))

    class Meta:
        verbose_name = _("checkpoint")
        verbose_name_plural = _("checkpoints")
        ordering: ClassVar = ["-last_id", "account"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "last_id"], name="ledger_checkpoint_last"),
        ]
        triggers: ClassVar = frozen()

    def __str__(self) -> str:
        return f"{self.account_id} @ {self.last_id}"


class Seal(models.Model):
    """A link of a book's hash chain: 16 bytes a line since the seal before, and the hash of both."""

    book = models.ForeignKey(Book, models.PROTECT, verbose_name=_("book"), related_name="seals", db_index=False)
    number = models.IntegerField(pgettext_lazy("seal", "number"))
    first_id = models.BigIntegerField(_("first entry"))
    last_id = models.BigIntegerField(_("last entry"))
    lines = models.IntegerField(_("lines"))
    sealed_at = models.DateTimeField(_("sealed at"))
    day = models.DateField(_("day"))
    digests = models.BinaryField(_("digests of the lines"))
    previous = models.BinaryField(_("seal before"))
    hash = models.BinaryField(_("seal"))

    class Meta:
        verbose_name = _("seal")
        verbose_name_plural = _("seals")
        ordering: ClassVar = ["book", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["book", "number"], name="ledger_seal_number"),
            models.CheckConstraint(condition=Q(last_id__gte=F("first_id")), name="ledger_seal_range"),
        ]
        triggers: ClassVar = frozen()

    def __str__(self) -> str:
        return f"{self.book_id}/{self.number}"

    @property
    def code(self) -> str:
        """What statements print, in groups of four."""
        text = bytes(self.hash).hex()[:16].upper()
        return "-".join(text[at : at + 4] for at in range(0, len(text), 4))
