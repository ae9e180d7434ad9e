"""Journal entries narrowed by what an auditor types: kind, month, amount, who, account, reversed or reversing."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from communities.models import Community
from core.months import following
from core.sources import SourceLine
from ledger.choices import EntryKind
from ledger.models import Account, JournalEntry

MOST_PEOPLE = 200  # of one name
REVERSED, REVERSING = "reversed", "reversing"


@dataclass(frozen=True, slots=True)
class Narrow:
    """What was typed; None and "" leave things as they are."""

    book: int | None = None
    kind: int | None = None
    month: date | None = None
    amount_from: int | None = None
    amount_to: int | None = None
    who: str = ""
    number: str = ""
    account: int | None = None
    state: str = ""


def narrowed(
    entries: QuerySet[JournalEntry], by: Narrow, *, book_ids: Collection[int], community_ids: Collection[int]
) -> QuerySet[JournalEntry]:
    """The entries that fit; names and account numbers are looked up within the reader's books and communities."""
    exact = {"book_id": by.book, "kind": by.kind, "amount__gte": by.amount_from, "amount__lte": by.amount_to}
    found = entries.filter(**{name: value for name, value in exact.items() if value is not None})
    if by.month:
        found = found.filter(booked_date__gte=by.month, booked_date__lt=following(by.month))
    if by.who:
        found = found.filter(actor_id__in=people_called(by.who, community_ids))
    if by.number or by.account is not None:
        found = found.filter(_sides(_accounts(by, book_ids)))
    if by.state == REVERSED:
        found = found.filter(Exists(JournalEntry.objects.filter(reverses=OuterRef("pk"))))
    if by.state == REVERSING:
        found = found.filter(reverses__isnull=False)
    return found


def told(entry: JournalEntry, source: SourceLine | None) -> SourceLine | None:
    """The entry's source, as its own book reads it."""
    receiving = entry.kind == EntryKind.TRANSFER and entry.credit_seq is not None
    return source.told(receiving=receiving) if source else None


def people_called(name: str, community_ids: Collection[int]) -> list[int]:
    """Accounts whose name has these letters, of people who live in or work for these communities. One query."""
    return list(
        User.objects.filter(within(community_ids), display_name__icontains=name)
        .order_by("pk")
        .values_list("pk", flat=True)
        .distinct()[:MOST_PEOPLE]
    )


def within(community_ids: Collection[int], path: str = "") -> Q:
    """People who live in, or work for, these communities; ``path`` leads from a row to the user."""
    streets = Community.objects.filter(pk__in=community_ids).values("street")
    return (
        Q(**{f"{path}residents__community__in": community_ids})
        | Q(**{f"{path}grants__community__in": community_ids})
        | Q(**{f"{path}grants__street__in": streets})
    )


def _accounts(by: Narrow, book_ids: Collection[int]) -> list[Account]:
    accounts = Account.objects.filter(book_id__in=book_ids)
    if by.number:
        accounts = accounts.filter(number__iexact=by.number)
    if by.account is not None:
        accounts = accounts.filter(pk=by.account)
    return list(accounts)


def _sides(accounts: Iterable[Account]) -> Q:
    """Either side of these accounts. Where there is a running number its index finds the rows."""
    kept = [one.pk for one in accounts if one.keeps_balance]
    rest = [one.pk for one in accounts if not one.keeps_balance]
    return (
        Q(debit_id__in=kept, debit_seq__isnull=False)
        | Q(credit_id__in=kept, credit_seq__isnull=False)
        | Q(debit_id__in=rest)
        | Q(credit_id__in=rest)
    )
