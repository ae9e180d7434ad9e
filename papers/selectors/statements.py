"""The monthly statements of a passbook, as the ledger wrote them."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import QuerySet

from core import months
from ledger.models import MonthlyStatement, Seal
from papers.selectors.holders import Holder


def statements_of(holder: Holder) -> QuerySet[MonthlyStatement]:
    """The holder's statements, newest first."""
    return MonthlyStatement.objects.filter(account=holder.account).order_by("-month")


def statement_of(*, holder: Holder, month: date) -> MonthlyStatement | None:
    """The statement of a month, None when it was not made."""
    return statements_of(holder).filter(month=month).first()


def seal_over(*, book_id: int, month: date) -> Seal | None:
    """The first seal that covers the whole month, None while there is none."""
    last_day = months.following(month) - timedelta(days=1)
    return Seal.objects.filter(book_id=book_id, day__gt=last_day).defer("digests").order_by("number").first()
