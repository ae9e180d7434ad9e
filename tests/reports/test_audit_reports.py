"""Reversals, recoveries, and who approved with whom: figures, months, scope, files, queries."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from communities.actors import Actor
from communities.choices import Role
from communities.services.founding import install_role
from ledger.models import Account, JournalEntry
from reports.admin.pages import approval_pairs_table, reversal_pairs_table, reversals_table
from reports.forms import Period
from reports.selectors import pairs as pair_selectors
from reports.selectors import reversals as reversal_selectors
from reports.selectors.pairs import approval_pairs, reversal_pairs
from tasks.services import reversing, verification
from tests.factories.hours import make_hours
from tests.factories.people import make_actor
from tests.factories.tasks import make_rule
from tests.reports.conftest import ClientFor, Lived, csv_of, table_of

pytestmark = pytest.mark.django_db
NAMES = ("reversals", "recoveries", "pairs", "sample", "year")
NOVEMBER = {"first": "2026-11", "last": "2026-11"}


def url(name: str, lived: Lived) -> str:
    return reverse(f"admin:ledger_book_{name}", args=[lived.book.pk])


def rows(client: Client, name: str, lived: Lived, **asked: str) -> list[tuple[Any, ...]]:
    """The rows of a report as a workbook holds them."""
    answer = client.get(url(name, lived), {**NOVEMBER, **asked, "as": "xlsx"}, headers={"Accept-Language": "en"})
    return table_of(answer)[1:]


@pytest.mark.parametrize("name", NAMES)
def test_who_may(
    name: str, lived: Lived, chen: Actor, wang: Actor, zhou: Actor, lin: Actor, stranger: Actor,
    operator_client: Client, client_for: ClientFor,
) -> None:  # fmt: skip
    for form in ("", "csv", "xlsx", "pdf"):
        asked = {**NOVEMBER, "as": form, "number": "5", "seed": "N7-X"}
        assert client_for(chen).get(url(name, lived), asked).status_code == 200
        assert client_for(wang).get(url(name, lived), asked).status_code == 200
        assert client_for(stranger).get(url(name, lived), asked).status_code == 404
        assert operator_client.get(url(name, lived), asked).status_code == 403
        assert [client_for(one).get(url(name, lived), asked).status_code for one in (zhou, lin)] == [302, 302]


def test_an_operator_who_audits_elsewhere_reads_no_names_here(
    lived: Lived, stranger: Actor, now: datetime, client_for: ClientFor
) -> None:
    install_role(user=stranger.user, role=Role.OPERATOR, now=now)
    client = client_for(stranger)
    assert client.get(reverse("admin:ledger_book_change", args=[lived.book.pk])).status_code == 200
    assert client.get(url("recoveries", lived)).status_code == 403


def test_a_reversal_tells_its_whole_story(lived: Lived, chen: Actor, client_for: ClientFor) -> None:
    (row,) = rows(client_for(chen), "reversals", lived)
    _asked, what, reference, reason, asked_by, decided_by, _decided, outcome, coins, month = row
    assert (reference, reason, asked_by, decided_by) == (lived.reversed_.reference, "登记错了人", "周敏", "李建华")
    assert (outcome, coins, month) == ("Reversed", 120, "November 2026")
    assert what == (lived.reversed_.title_en or lived.reversed_.title_zh)
    assert rows(client_for(chen), "reversals", lived, first="2026-09", last="2026-10") == []
    text = client_for(chen).get(url("reversals", lived), NOVEMBER).content.decode()
    assert reverse("tasks:verify_one", args=["jinshan", lived.reversed_.pk]) in text


def test_in_chinese_a_column_of_people_is_no_deadline(lived: Lived, chen: Actor, client_for: ClientFor) -> None:
    book, period = lived.book, Period(date(2026, 11, 1), date(2026, 11, 1))
    with translation.override("zh-hans"):
        reversals = [str(column.label) for column in reversals_table(book, period).columns]
        pairs = [str(column.label) for column in reversal_pairs_table(book, period).columns]
        approvals = [str(column.label) for column in approval_pairs_table(book, period).columns]
    assert "审批人" in reversals
    assert "审批人" in pairs
    assert approvals[2:5] == ["为谁审批", "核实次数", "兑换审批次数"]


def test_the_coins_of_a_reversal_leave_out_what_only_moved_a_debt(lived: Lived) -> None:
    later = lived.records[3].reference  # 30 earned, all of which repaid
    assert JournalEntry.objects.filter(reference=later).count() == 2
    assert reversal_selectors.originals(lived.book.pk, [later])[later].coins == 30


def test_a_recovery_is_advanced_repaid_and_open(lived: Lived, lin: Actor, chen: Actor, client_for: ClientFor) -> None:
    (row,) = rows(client_for(chen), "recoveries", lived)
    assert row == (lin.resident.wallet.number, "0001 林秀英", 60, 30, 0, 30)
    account = Account.objects.get(owner=lin.resident.wallet)
    assert row[5] == -account.balance
    before = reversal_selectors.owed([account], date(2026, 9, 1), date(2026, 11, 1))[0]
    after = reversal_selectors.owed([account], date(2026, 12, 1), date(2027, 1, 1))[0]
    assert (before.advanced, before.open) == (0, 0)
    assert (after.advanced, after.repaid, after.open) == (0, 0, 30)


def test_who_approved_with_whom(lived: Lived, lin: Actor, chen: Actor, zhou: Actor, client_for: ClientFor) -> None:
    found = {(row[1], row[2].split(" ")[1]): row for row in rows(client_for(chen), "pairs", lived)}
    worth, _who, _whom, hours, redemptions, coins, share, of_whom = found["周敏", "林秀英"]
    # Four records of lin's by zhou, reversed or not: 60 + 60 + 120 + 30; and the rice, 180, that zhou handed over.
    assert (hours, redemptions, coins, share, of_whom) == (4, 1, 450, 100, 100)
    assert worth == "Concentrated"
    assert found["王海燕", "梅晓东"][3:6] == (1, 0, 45)
    assert found["王海燕", "梅晓东"][0] is None  # once says nothing
    (row,) = rows(client_for(chen), "pairs", lived, of="reversals")
    assert row[1:6] == ("周敏", "李建华", 0, 1, 120)


def test_a_ring_comes_first(lived: Lived, now: datetime) -> None:
    community = lived.reversed_.community
    one, other = (make_actor(community, name, Role.WORKER) for name in ("互一", "互二"))
    for at in range(3):
        starts = now - timedelta(days=at + 2)
        verification.verify(actor=one, record_id=make_hours(other, now=now, starts_at=starts).pk, now=now)
        verification.verify(actor=other, record_id=make_hours(one, now=now, starts_at=starts).pk, now=now)
    start, end = now - timedelta(days=1), now + timedelta(days=1)
    first, second, *rest = approval_pairs(community, start, end)
    assert {(first.who, first.whom), (second.who, second.whom)} == {
        (one.user_id, other.resident.pk),
        (other.user_id, one.resident.pk),
    }
    assert (first.mutual, first.share, first.flagged) == (True, 100, True)
    assert not any(pair.mutual for pair in rest)


def test_shares_add_up(lived: Lived, now: datetime) -> None:
    found = approval_pairs(lived.reversed_.community, now - timedelta(days=1), now + timedelta(days=1))
    by_who: dict[int, int] = {}
    for pair in found:
        by_who[pair.who] = by_who.get(pair.who, 0) + pair.coins
    assert [pair.share for pair in found] == [round(100 * pair.coins / by_who[pair.who]) for pair in found]
    assert reversal_pairs(lived.book.pk, now + timedelta(days=1), now + timedelta(days=2)) == []


def test_months_that_make_no_sense_are_said(lived: Lived, chen: Actor, client_for: ClientFor) -> None:
    client = client_for(chen)
    for asked in ({"first": "2026-12", "last": "2026-01"}, {"first": "gestern"}, {"of": "x"}, {"page": "99"}):
        assert client.get(url("pairs", lived), asked).status_code == 200
    text = client.get(url("pairs", lived), {"first": "gestern"}, headers={"Accept-Language": "en"}).content.decode()
    assert "Write a month as 2026-11." in text


def test_as_many_queries_with_fifty_rows(
    lived: Lived, zhou: Actor, chen: Actor, now: datetime, client_for: ClientFor
) -> None:
    client = client_for(chen)
    counts: dict[str, int] = {}
    for name in ("reversals", "recoveries", "pairs"):
        client.get(url(name, lived), NOVEMBER)
        with CaptureQueriesContext(connection) as few:
            client.get(url(name, lived), NOVEMBER)
        counts[name] = len(few)
    make_rule(zhou.community)
    for at in range(20):
        actor = make_actor(zhou.community, f"居民{at}")
        record = verification.verify(actor=zhou, record_id=make_hours(actor, now=now).pk, now=now)
        reversing.ask_reversal(actor=zhou, record_id=record.pk, reason="错", now=now)
    for name, before in counts.items():
        with CaptureQueriesContext(connection) as many:
            client.get(url(name, lived), NOVEMBER)
        assert len(many) == before <= 20, name


def test_a_page_holds_fifty(lived: Lived, chen: Actor, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = [pair_selectors.Pair(chen.user_id, chen.user_id, 1, 0, at, 1, 1, False) for at in range(70)]
    monkeypatch.setattr(pair_selectors, "approval_pairs", lambda *args: pairs)
    client = client_for(chen)
    first = client.get(url("pairs", lived), NOVEMBER)
    second = client.get(url("pairs", lived), {**NOVEMBER, "page": "2"})
    assert (len(first.context["rows"]), len(second.context["rows"])) == (50, 20)
    assert "first=2026-11&amp;last=2026-11&amp;page=2" in first.content.decode()
    everything = client.get(url("pairs", lived), {**NOVEMBER, "as": "csv"})
    assert len(csv_of(everything)) == 71
