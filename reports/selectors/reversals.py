"""What was reversed in a book, and what a reversal left to be repaid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Min, Q, QuerySet, Sum

from ledger.choices import AccountKind, EntryKind
from ledger.models import Account, JournalEntry, ReversalRequest

# Lines of a reference that only move coins between a wallet and what it owes.
BESIDE = (EntryKind.RECOVERY_REPAID, EntryKind.RECOVERY_ADVANCE)


@dataclass(frozen=True, slots=True)
class Original:
    """What a reversal is about: the coins of the reference and the day it was booked."""

    coins: int
    booked_date: date


@dataclass(frozen=True, slots=True)
class Owed:
    """A recovery account: what was lent, repaid and written off within a period, and what is open at its end."""

    account: Account
    advanced: int
    repaid: int
    written_off: int
    open: int


def reversals_asked(book_id: int, start: datetime, end: datetime) -> QuerySet[ReversalRequest]:
    """Requests of a half-open span, the newest first."""
    requests = ReversalRequest.objects.filter(book_id=book_id, asked_at__gte=start, asked_at__lt=end)
    return requests.order_by("-asked_at", "-pk")


def originals(book_id: int, references: Iterable[str]) -> dict[str, Original]:
    """Reference → its coins and the first day it was booked. One query."""
    entries = JournalEntry.objects.filter(book_id=book_id, reference__in=list(references))
    sums = entries.values("reference").annotate(
        coins=Sum("amount", filter=~Q(kind__in=BESIDE), default=0), day=Min("booked_date")
    )
    return {row["reference"]: Original(row["coins"], row["day"]) for row in sums.order_by()}


def recovery_accounts(book_id: int) -> QuerySet[Account]:
    """All recovery accounts of a book: one for each wallet that ever owed."""
    return Account.objects.filter(book_id=book_id, kind=AccountKind.RECOVERY).select_related("owner").order_by("pk")


def owed(accounts: Sequence[Account], first: date, end: date) -> list[Owed]:
    """What each account lent, got back and was forgiven from ``first`` until before ``end``. Two queries."""
    ids = [one.pk for one in accounts]
    within = Q(booked_date__gte=first)
    lent = JournalEntry.objects.filter(debit_id__in=ids, debit_seq__isnull=False, booked_date__lt=end)
    back = JournalEntry.objects.filter(credit_id__in=ids, credit_seq__isnull=False, booked_date__lt=end)
    forgiven = Q(kind=EntryKind.WRITE_OFF)
    debits = {
        row["debit_id"]: row
        for row in lent.order_by()
        .values("debit_id")
        .annotate(now=Sum("amount", filter=within, default=0), ever=Sum("amount"))
    }
    credits = {
        row["credit_id"]: row
        for row in back.order_by()
        .values("credit_id")
        .annotate(
            repaid=Sum("amount", filter=within & ~forgiven, default=0),
            forgiven=Sum("amount", filter=within & forgiven, default=0),
            ever=Sum("amount"),
        )
    }
    return [_owed(one, debits.get(one.pk, {}), credits.get(one.pk, {})) for one in accounts]


def _owed(account: Account, lent: Mapping[str, Any], back: Mapping[str, Any]) -> Owed:
    return Owed(
        account=account,
        advanced=lent.get("now", 0),
        repaid=back.get("repaid", 0),
        written_off=back.get("forgiven", 0),
        open=lent.get("ever", 0) - back.get("ever", 0),
    )
