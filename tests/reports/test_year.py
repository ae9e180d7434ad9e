"""The yearly report: every figure against sums reckoned another way, the language, the places to sign."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
import time_machine
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from audit.services import note_check
from communities.actors import Actor
from core.clock import local_date
from ledger.models import JournalEntry
from ledger.services import seals
from reports.selectors.year import Year, year_of
from reports.services.checking import check_and_pause
from reports.sheets.year import year_sections
from tasks.models import HourRecord
from tests.factories.people import make_actor
from tests.factories.rewards import wallet_of
from tests.reports.conftest import ClientFor, Lived, issue, signed_sums

pytestmark = pytest.mark.django_db


@pytest.fixture
def found(lived: Lived, lin: Actor, now: datetime) -> Year:
    """2026, with coins of the year before and of the year after it."""
    seals.seal_book(book_id=lived.book.pk, now=now)
    check_and_pause(now=now)
    return year_of(lived.book, lin.community, 2026, local_date(now, lived.book.time_zone))


def url(lived: Lived) -> str:
    return reverse("admin:ledger_book_year", args=[lived.book.pk])


def test_hours_people_and_coins(found: Year, lived: Lived) -> None:
    records = HourRecord.objects.filter(state="verified", service_date__year=2026)
    sums = records.aggregate(minutes=Sum("minutes"), coins=Sum("coins_earned"))
    assert found.service.minutes == sums["minutes"] == sum(one.minutes for one in found.service_months)
    assert found.service.coins == sums["coins"] == 195
    assert (found.service.services, found.service.helpers) == (4, 2)
    assert [one.services for one in found.service_months] == [*[0] * 10, 4, 0]
    assert (found.handed_over, found.residents) == (1, 2)


def test_coins_by_kind_are_all_the_entries(found: Year, lived: Lived) -> None:
    entries = JournalEntry.objects.filter(book=lived.book, booked_date__year=2026)
    assert found.entries == entries.count()
    assert sum(one.coins for one in found.kinds) == entries.aggregate(sum=Sum("amount"))["sum"]
    assert {one.kind: one.coins for one in found.kinds} == dict(
        entries.order_by().values_list("kind").annotate(Sum("amount"))
    )
    assert all(one.months[10] == one.coins for one in found.kinds)


def test_opening_and_what_moved_make_the_closing(found: Year, lived: Lived) -> None:
    sums = signed_sums(lived.book.pk)
    for one in found.movements:
        normal = -sums.get(one.kind, 0) if one.kind.debit_normal else sums.get(one.kind, 0)
        assert (one.opening, one.closing) == (0, normal), one.kind
    assert sum(one.sign * one.closing for one in found.movements) == found.closing.explained == 45
    assert sum(one.closing for one in found.holders) == found.closing.held_by_people == 45
    assert found.closing.difference == 0


def test_what_is_printed_adds_up_by_its_signs(found: Year, lived: Lived, lin: Actor) -> None:
    moved = [replace(one, opening=3, closing=3 - 32) if one.sign < 0 else one for one in found.movements]
    _hours, forward, *_rest = year_sections(lived.book, replace(found, movements=[*found.movements, *moved[-1:]]))
    signs = {"+": 1, "−": -1}
    for column, total in enumerate(forward.total[1:], start=1):
        added = sum(signs[str(row[0])[0]] * int(str(row[column])) for row in forward.rows[:-1])
        assert added == total
    assert forward.rows[-1][1:] == [3, -32, -29]


def test_each_part_says_which_day_its_months_go_by(found: Year, lived: Lived) -> None:
    hours, _forward, _holders, kinds, *_rest = year_sections(lived.book, found)
    assert "第四部分按入账日期统计" in hours.text
    assert "第一部分按服务日期统计" in kinds.text


def test_corrections_and_proofs(found: Year) -> None:
    assert (found.reversals, found.reversed_coins, found.declined) == (1, 120, 0)
    assert (found.lent, found.repaid, found.written_off, found.closing.recovery) == (60, 30, 0, 30)
    assert (found.checks.runs, found.checks.broken, found.checks.last_broken) == (1, 0, 0)
    assert found.seal is not None


def test_another_books_trouble_is_not_this_ones(lived: Lived, lin: Actor, now: datetime) -> None:
    book = lived.book.pk
    for number, books in enumerate(([book + 1], [book], None, []), start=1):
        result = {"number": number, "holds": books == [], "count": 1, "seconds": 0.1, "books": books}
        note_check(ran_at=now - timedelta(hours=9 - number), results=[result])
    elsewhere = {"number": 3, "holds": False, "count": 1, "seconds": 0.1, "books": [book + 1]}
    note_check(ran_at=now, results=[elsewhere, {**elsewhere, "number": 5, "holds": True, "books": []}])
    checks = year_of(lived.book, lin.community, 2026, local_date(now, lived.book.time_zone)).checks
    assert (checks.runs, checks.broken, checks.last_checks, checks.last_broken) == (5, 2, 2, 0)


def test_one_year_opens_as_the_last_closed(lived: Lived, lin: Actor, now: datetime) -> None:
    issue(lived.book.pk, wallet_of(lin.resident), 7, reference="next:1", now=datetime(2027, 2, 1, tzinfo=UTC))
    first = year_of(lived.book, lin.community, 2026, date(2027, 3, 1))
    second = year_of(lived.book, lin.community, 2027, date(2027, 3, 1))
    assert first.through == date(2026, 12, 31)
    assert second.through == date(2027, 3, 1)
    assert [one.closing for one in first.movements] == [one.opening for one in second.movements]
    assert (second.closing.explained - second.opening.explained, second.entries) == (0, 2)  # 7 earned, and repaid
    assert second.service.services == 0


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", ["时间银行年度报告", "金山大社区", "社区居委会（盖章）", "居务监督委员会", "流通数：期初、增减、期末"]),
        (
            "en",
            ["Yearlyreportofthetimebank", "Residents'committee(seal)", "Supervisorycommitteeofresidents", "balanced"],
        ),
    ],
)
def test_the_paper(
    language: str, words: list[str], found: Year, lived: Lived, chen: Actor, client_for: ClientFor
) -> None:
    answer = client_for(chen).get(url(lived), {"year": "2026", "as": "pdf", "in": language})
    assert answer["Content-Type"] == "application/pdf"
    pages = PdfReader(BytesIO(answer.content)).pages
    text = "".join(page.extract_text() for page in pages).replace(" ", "").replace("\n", "").replace("’", "'")
    assert len(pages) <= 3
    for word in [*words, found.seal.code]:
        assert word in text, word


def test_the_page_and_years_that_are_none(lived: Lived, chen: Actor, now: datetime, client_for: ClientFor) -> None:
    client = client_for(chen)
    with time_machine.travel(now, tick=False):
        for asked in ({}, {"year": "2026"}, {"year": "1850"}, {"year": "x"}, {"year": "2026", "in": "../etc"}):
            assert client.get(url(lived), asked).context["year"] == 2026


def test_as_many_queries_with_fifty_people(
    lived: Lived, lin: Actor, chen: Actor, now: datetime, client_for: ClientFor
) -> None:
    client = client_for(chen)
    client.get(url(lived))
    with CaptureQueriesContext(connection) as few:
        client.get(url(lived))
    for at in range(30):
        issue(lived.book.pk, wallet_of(make_actor(lin.community, f"人{at}").resident), 5, reference=f"t:{at}", now=now)
    with CaptureQueriesContext(connection) as many:
        client.get(url(lived))
    assert len(many) == len(few) <= 22
