"""The book's page: every figure against sums reckoned another way, at a date and now; who sees it; drift; files."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from communities.actors import Actor
from communities.models import Community
from core.clock import local_date
from ledger.choices import AccountKind
from ledger.models import JournalEntry
from ledger.selectors import drift, outstanding, outstanding_by_book, outstanding_in, trial_balance
from ledger.services import seals
from ledger.services.books import open_accounts
from reports.selectors.books import books_on
from reports.services.checking import check_and_pause
from tests.factories.people import make_community
from tests.factories.rewards import wallet_of
from tests.reports.conftest import ClientFor, Lived, csv_of, issue, signed_sums, table_of

pytestmark = pytest.mark.django_db
TERMS = {
    AccountKind.WALLET: "wallets",
    AccountKind.FUND: "fund",
    AccountKind.ISSUANCE: "issuance",
    AccountKind.RECOVERY: "recovery",
    AccountKind.REDEEMED: "redeemed",
}


def page(lived: Lived) -> str:
    return reverse("admin:ledger_book_change", args=[lived.book.pk])


def test_every_term_is_an_independent_sum(lived: Lived) -> None:
    sums = signed_sums(lived.book.pk)
    found = books_on(lived.book)
    for kind, name in TERMS.items():
        normal = -sums.get(kind, 0) if kind.debit_normal else sums.get(kind, 0)
        assert getattr(found.outstanding, name) == normal, name
    assert found.outstanding == outstanding(lived.book.pk) == outstanding_in(one.line for one in found.lines)
    assert (found.outstanding.issuance, found.outstanding.redeemed) == (60 + 60 + 30 + 45, 180)
    assert found.outstanding.recovery == 30  # 60 lent, 30 repaid
    assert found.outstanding.held_by_people == 45
    assert found.entries == JournalEntry.objects.filter(book=lived.book).count()
    assert found.debits == found.credits
    assert found.is_sound


def test_at_a_date_only_what_was_booked_by_then_counts(lived: Lived, lin: Actor, now: datetime) -> None:
    today = local_date(now, lived.book.time_zone)
    issue(
        lived.book.pk, wallet_of(lin.resident), 500, reference="hour-record:later:verify", now=now + timedelta(days=3)
    )
    then = books_on(lived.book, today)
    sums = signed_sums(lived.book.pk, f"{today}")
    assert then.outstanding.issuance == -sums[AccountKind.ISSUANCE] == 195
    assert books_on(lived.book).outstanding.issuance == 695
    assert then.drift is None
    assert all(one.stored is None for one in then.lines)
    nothing = books_on(lived.book, today - timedelta(days=30))
    assert (nothing.entries, nothing.outstanding.held_by_people) == (0, 0)


def test_the_page_at_a_date_and_now(lived: Lived, chen: Actor, now: datetime, client_for: ClientFor) -> None:
    seals.seal_book(book_id=lived.book.pk, now=now)
    check_and_pause(now=now)
    client = client_for(chen)
    with time_machine.travel(now + timedelta(days=2), tick=False):
        today = client.get(page(lived), headers={"Accept-Language": "en"})
        then = client.get(page(lived), {"on": "2026-11-21"})
        future = client.get(page(lived), {"on": "2027-01-01"})
        odd = client.get(page(lived), {"on": "yesterday"})
    text = today.content.decode()
    assert "Difference <strong>0</strong> = Balanced" in text
    assert "Drift 0" in text
    assert today.context["books"].seal.code in text
    assert len(today.context["check_lines"]) >= 12
    assert (then.context["on"], then.context["outstanding"].held_by_people) == (date(2026, 11, 21), 0)
    assert (future.context["on"], odd.context["on"]) == (None, None)


@pytest.mark.django_db(transaction=True)
def test_drift_is_named_and_not_hidden_by_a_second_error(lived: Lived, chen: Actor, client_for: ClientFor) -> None:
    assert drift(lived.book.pk).accounts == 0
    with connections["owner"].cursor() as cursor:
        wallets = [one.wallet_id for one in (lived.records[0], lived.mei_record)]
        for wallet, coins in zip(wallets, (7, -7), strict=True):
            cursor.execute("UPDATE ledger_account SET balance = balance + %s WHERE id = %s", [coins, wallet])
    found = drift(lived.book.pk)
    assert (found.accounts, found.coins) == (2, 14)
    text = client_for(chen).get(page(lived), headers={"Accept-Language": "en"}).content.decode()
    assert "Drift: 2 accounts are off by 14 in all" in text
    assert "verdict--bad" in text


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_files(form: str, lived: Lived, chen: Actor, client_for: ClientFor) -> None:
    for url in (page(lived), reverse(f"reports:books_{form}", args=["jinshan"])):
        answer = client_for(chen).get(url, {"as": form}, headers={"Accept-Language": "en"})
        if form == "xlsx":
            rows = {row[0]: row for row in table_of(answer)}
            assert rows["Issuance"][2:5] == (315, 120, 195)
            assert (rows["Coins outstanding"][4], rows["Difference"][4]) == (45, 0)
        else:
            assert "Issuance,1,315,120,195,195,0" in csv_of(answer)


def test_who_sees_a_book(
    lived: Lived, chen: Actor, wang: Actor, zhou: Actor, lin: Actor, stranger: Actor, operator_client: Client,
    client_for: ClientFor,
) -> None:  # fmt: skip
    assert client_for(chen).get(page(lived)).status_code == 200
    assert client_for(wang).get(page(lived)).status_code == 200
    assert client_for(stranger).get(page(lived)).status_code == 404
    assert [client_for(one).get(page(lived)).status_code for one in (zhou, lin)] == [302, 302]
    totals = operator_client.get(page(lived))
    assert totals.status_code == 200
    assert reverse("admin:ledger_book_recoveries", args=[lived.book.pk]) not in totals.content.decode()


def test_the_front_page_leads_everywhere(
    lived: Lived, chen: Actor, stranger: Actor, operator_client: Client, now: datetime, client_for: ClientFor
) -> None:
    check_and_pause(now=now)
    text = client_for(chen).get(reverse("admin:index"), headers={"Accept-Language": "en"}).content.decode()
    for name in ("change", "reversals", "recoveries", "pairs", "sample", "year"):
        assert reverse(f"admin:ledger_book_{name}", args=[lived.book.pk]) in text
    assert "checks hold" in text
    assert '<strong class="difference">0</strong> Balanced' in text
    foreign = client_for(stranger).get(reverse("admin:index")).content.decode()
    assert page(lived) not in foreign
    totals = operator_client.get(reverse("admin:index")).content.decode()
    assert page(lived) in totals
    assert reverse("admin:ledger_book_pairs", args=[lived.book.pk]) not in totals


@pytest.mark.django_db(transaction=True)
def test_the_front_page_says_what_does_not_hold(
    lived: Lived, chen: Actor, stranger: Actor, now: datetime, client_for: ClientFor
) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE ledger_account SET balance = balance + 7 WHERE id = %s", [lived.mei_record.wallet_id])
    check_and_pause(now=now)
    here, there = (
        client_for(one).get(reverse("admin:index"), headers={"Accept-Language": "en"}).content.decode()
        for one in (chen, stranger)
    )
    assert "do not hold" in here or "does not hold" in here
    assert "Spending is paused" in here
    assert "checks hold" in there


def test_the_overview_adds_all_books_up_in_as_many_queries(
    lived: Lived, xincheng: Community, chen: Actor, operator_client: Client
) -> None:
    url = reverse("admin:ledger_book_changelist")
    operator_client.get(url)
    with CaptureQueriesContext(connection) as few:
        assert operator_client.get(url).status_code == 200
    for number in range(12):
        make_community(f"more{number}")
    with CaptureQueriesContext(connection) as many:
        page_ = operator_client.get(url)
    assert len(many) == len(few)
    assert len(page_.context["cl"].result_list) == 14
    assert outstanding_by_book([lived.book.pk, xincheng.book_id])[lived.book.pk] == outstanding(lived.book.pk)


def test_as_many_queries_with_fifty_accounts(
    lived: Lived, chen: Actor, lin: Actor, now: datetime, client_for: ClientFor
) -> None:
    client = client_for(chen)
    client.get(page(lived))
    with CaptureQueriesContext(connection) as few:
        client.get(page(lived))
    wallets = open_accounts(book_id=lived.book.pk, kind=AccountKind.WALLET, numbers=[f"W{n}" for n in range(50)])
    for at, wallet in enumerate(wallets):
        issue(lived.book.pk, wallet, 10, reference=f"test:{at}", now=now)
    with CaptureQueriesContext(connection) as many:
        client.get(page(lived))
    assert len(many) == len(few) <= 20
    assert trial_balance(lived.book.pk)[0].accounts >= 50


def test_the_public_page_explains_the_day_it_shows(
    lived: Lived, chen: Actor, now: datetime, client_for: ClientFor
) -> None:
    with time_machine.travel(now + timedelta(days=2), tick=False):
        then = client_for(chen).get(reverse("reports:books", args=["jinshan"]), {"on": "2026-11-21"})
    assert then.context["outstanding"].issuance == 0
