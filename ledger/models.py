"""The ledger's tables. Only the SQL functions of ``ledger/sql`` write them: the app's role may read, no more.

Stored balance = credits − debits for every account, so a book sums to 0. The foreign keys here are read by the ORM and
kept by the functions; most have no database constraint, since its share locks would queue every posting behind the one
issuance account. ``actor_id`` and the like are users' ids; the ledger knows no people.
"""

from typing import TYPE_CHECKING, ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from ledger.choices import (
    HAS_FLOOR,
    KEEPS_BALANCE,
    AccountKind,
    EntryKind,
    HoldStatus,
    LinePart,
    ReversalStatus,
)

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

FROZEN = "LG000"
LINE_PARTS = 8


def frozen() -> list[pgtrigger.Trigger]:
    """Triggers that refuse UPDATE and DELETE for everyone. By statement: they cost nothing on INSERT."""
    return [
        pgtrigger.Trigger(
            name="frozen",
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            operation=pgtrigger.Update | pgtrigger.Delete,
            func="RAISE EXCEPTION 'the ledger is append-only: % on %', TG_OP, TG_TABLE_NAME "
            f"USING ERRCODE = '{FROZEN}';",
        )
    ]


def _to(
    model: str, name: "_StrPromise", *, null: bool = False, related: str = "+"
) -> "models.ForeignKey[models.Model]":
    """A reference that the functions keep, without a constraint or an index of its own."""
    return models.ForeignKey(
        model,
        models.DO_NOTHING,
        verbose_name=name,
        null=null,
        db_constraint=False,
        db_index=False,
        related_name=related,
    )


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


class JournalEntry(models.Model):
    """One debit, one credit, one positive amount: it balances by construction.

    ``debit_seq``/``debit_after`` and ``credit_seq``/``credit_after`` are each side's running number and balance (null
    for insert-only accounts). ``asked_amount`` and ``asked_credit`` stand where a cap changed what was asked.
    """

    id = models.BigAutoField(primary_key=True)
    book = _to("ledger.Book", _("book"))
    debit = _to("ledger.Account", _("debit account"))
    credit = _to("ledger.Account", _("credit account"))
    amount = models.BigIntegerField(_("amount"))
    debit_seq = models.BigIntegerField(_("debit number"), null=True)
    debit_after = models.BigIntegerField(_("debit balance after"), null=True)
    credit_seq = models.BigIntegerField(_("credit number"), null=True)
    credit_after = models.BigIntegerField(_("credit balance after"), null=True)
    posted_at = models.DateTimeField(_("posted at"))
    recorded_at = models.DateTimeField(_("recorded at"), db_default=Now())
    actor_id = models.BigIntegerField(_("actor"), null=True)
    reverses = _to("self", _("reverses"), null=True)
    hold = _to("ledger.Hold", _("hold"), null=True)
    asked_amount = models.BigIntegerField(_("amount asked"), null=True)
    asked_credit = _to("ledger.Account", _("credit account asked"), null=True)
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

    book = _to("ledger.Book", _("book"))
    debit = _to("ledger.Account", _("payer"))
    credit = _to("ledger.Account", _("payee"), null=True)
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


class MonthlyStatement(models.Model):
    """What an account had, got, gave and had left in a month that is closed. ``last_seq``: its last line by then."""

    book = _to("ledger.Book", _("book"))
    account = _to("ledger.Account", _("account"))
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

    account = _to("ledger.Account", _("account"))
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
    number = models.IntegerField(_("number"))
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
