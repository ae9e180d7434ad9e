"""Random instants in four zones: each line stands in exactly one statement, that of its local month."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from core import months
from core.clock import local_date
from ledger.choices import AccountKind, EntryKind
from ledger.models import JournalEntry, MonthlyStatement
from ledger.selectors import month_lines, system_account_id
from ledger.services.books import open_account, open_book
from ledger.services.posting import LineRequest, post
from ledger.services.statements import close_and_state

pytestmark = pytest.mark.django_db
ZONES = ["Asia/Shanghai", "America/New_York", "Europe/London", "Pacific/Apia"]
BEGIN, END = datetime(2026, 2, 20, tzinfo=UTC), datetime(2026, 6, 10, tzinfo=UTC)  # over the clock changes of spring
LINES = 150  # a zone


def instants(dice: random.Random, zone: str) -> list[datetime]:
    """Half of them anywhere, half within seconds of the zone's month edges."""
    span = (END - BEGIN).total_seconds()
    anywhere = [BEGIN + timedelta(seconds=dice.uniform(0, span)) for _ in range(LINES // 2)]
    turns = [months.ended_at(month, zone) for month in months.between(date(2026, 2, 1), date(2026, 5, 1))]
    nearby = [timedelta(microseconds=number) for number in (-999_999, -1, 0, 1, 999_999)]
    edges = [dice.choice(turns) + dice.choice(nearby) for _ in range(LINES // 2)]
    return sorted(anywhere + edges)


@pytest.mark.parametrize("zone", ZONES)
def test_each_line_in_exactly_one_statement(zone: str) -> None:
    book = open_book(name_zh="社区", name_en="", time_zone=zone, unit="coin", now=BEGIN)
    wallet = open_account(book_id=book.pk, kind=AccountKind.WALLET, number="R0001", now=BEGIN)
    issuance = system_account_id(book.pk, AccountKind.ISSUANCE)
    when = instants(random.Random(zone), zone)
    for number, instant in enumerate(when):
        post(LineRequest(book.pk, f"test:{number}", EntryKind.HOURS, issuance, wallet.pk, 1), now=instant)
    expected = Counter(months.first_of(local_date(instant, zone)) for instant in when)
    all_months = months.between(months.first_of(local_date(BEGIN, zone)), months.first_of(local_date(END, zone)))
    for month in all_months:
        close_and_state(book_id=book.pk, month=month, now=END + timedelta(days=60))

    stated = {row.month: row for row in MonthlyStatement.objects.filter(account=wallet.pk)}
    assert {month: row.lines for month, row in stated.items() if row.lines} == dict(expected)
    found = [line.entry_id for month in all_months for line in month_lines(wallet.pk, month)]
    assert sorted(found) == sorted(JournalEntry.objects.filter(credit=wallet.pk).values_list("pk", flat=True))
    balance = 0
    for month in all_months:
        row = stated[month]
        assert (row.opening, row.closing) == (balance, balance + expected[month])
        balance = row.closing
