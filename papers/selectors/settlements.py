"""The settlement sheet 互转结算单: a month between two communities, as one of their clearing accounts tells it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from communities.models import Community
from core import months
from ledger import clearing
from ledger.clearing import ClearingLine, ClearingMonth
from ledger.models import Account
from ledger.selectors import balances


@dataclass(frozen=True, slots=True)
class Standing:
    """A partner, past or present, and how things stand now: above 0 this community owes it, below 0 it is owed."""

    partner: Community
    balance: int


@dataclass(frozen=True, slots=True)
class Settlement:
    """One month with one partner. ``is_final``: both books have closed the month, so that no line can be added."""

    community: Community
    partner: Community
    account_id: int
    month: date
    figures: ClearingMonth
    is_final: bool

    def lines(self, *, skip: int = 0, most: int) -> list[ClearingLine]:
        """Some of the month's transfers, in the order they were booked."""
        return clearing.clearing_lines(
            account_id=self.account_id, partner_id=self.partner.book_id, month=self.month, skip=skip, most=most
        )


class Lines:
    """The transfers of a settlement as a list that a paginator cuts: only the page asked for is read."""

    def __init__(self, settlement: Settlement) -> None:
        self.settlement = settlement

    def __len__(self) -> int:
        return self.settlement.figures.lines

    def __getitem__(self, cut: slice) -> list[ClearingLine]:
        return self.settlement.lines(skip=cut.start or 0, most=(cut.stop or len(self)) - (cut.start or 0))

    def __iter__(self) -> Iterator[ClearingLine]:
        return iter(self[0 : len(self)])


def standings(community: Community) -> list[Standing]:
    """Every community that coins were ever exchanged with or may be, by name."""
    rows = Account.objects.filter(book_id=community.book_id, partner__isnull=False).values_list("pk", "partner_id")
    accounts = {book: account for account, book in rows}
    found = balances(accounts.values())
    others = Community.objects.filter(book_id__in=accounts).order_by("name_zh")
    return [Standing(one, found[accounts[one.book_id]].balance) for one in others]


def settlement_of(*, community: Community, partner_slug: str, month: date) -> Settlement | None:
    """The sheet of a month, None for a community that is no partner and never was."""
    partner = Community.objects.select_related("book").filter(slug=partner_slug).first()
    if partner is None:
        return None
    account = Account.objects.filter(book_id=community.book_id, partner_id=partner.book_id).first()
    if account is None:
        return None
    last_day = months.following(month) - timedelta(days=1)
    closed = [place.book.closed_through for place in (community, partner)]
    return Settlement(
        community=community,
        partner=partner,
        account_id=account.pk,
        month=month,
        figures=clearing.clearing_month(account_id=account.pk, month=month),
        is_final=all(day is not None and day >= last_day for day in closed),
    )


def has_older(settlement: Settlement) -> bool:
    """Whether a month before this one has a sheet with something on it."""
    first = clearing.first_day(settlement.account_id)
    return first is not None and first < settlement.month
