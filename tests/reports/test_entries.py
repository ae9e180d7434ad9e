"""Journal entries: each filter by what it leaves, in words, as a file; and no list that counts ten million rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from communities.actors import Actor
from core import export
from ledger.choices import EntryKind
from ledger.models import JournalEntry
from reports import tables
from reports.admin import base
from reports.admin.entries import entries_table
from reports.forms import EntryFilterForm
from reports.selectors.samples import Sample, Seed
from reports.sheets.sample import sample_table
from tasks.models import HourRecord
from tests.factories.people import make_actor
from tests.factories.rewards import give_coins, wallet_of
from tests.factories.transfers import make_partner, send_coins
from tests.reports.conftest import ClientFor, Lived, csv_of, issue, table_of

pytestmark = pytest.mark.django_db
LIST = "admin:ledger_journalentry_changelist"


def shown(client: Any, **filters: str) -> list[JournalEntry]:
    """The entries that the list shows."""
    answer = client.get(reverse(LIST), filters)
    assert answer.status_code == 200, filters
    return list(answer.context["cl"].queryset.order_by("pk"))


def expected(lived: Lived, **which: Any) -> list[JournalEntry]:
    return list(JournalEntry.objects.filter(book=lived.book, **which).order_by("pk"))


def test_by_kind_amount_month_and_who(lived: Lived, chen: Actor, wang: Actor, client_for: ClientFor) -> None:
    client = client_for(chen)
    assert shown(client, kind=str(EntryKind.HOURS.value)) == expected(lived, kind=EntryKind.HOURS)
    assert shown(client, amount_from="60", amount_to="120") == expected(lived, amount__gte=60, amount__lte=120)
    assert shown(client, amount_from="１２０") == expected(lived, amount__gte=120)
    assert shown(client, month="2026-11") == expected(lived)
    assert shown(client, month="2026-10") == []
    assert shown(client, who="王海") == expected(lived, actor_id=wang.user_id)
    assert shown(client, who="王海", kind=str(EntryKind.HOURS.value)) == expected(lived, actor_id=wang.user_id)
    assert shown(client, who="没有此人") == []
    assert shown(client, book=str(lived.book.pk)) == expected(lived)


def test_by_account(lived: Lived, chen: Actor, lin: Actor, client_for: ClientFor) -> None:
    wallet = lin.resident.wallet
    client = client_for(chen)
    of_lin = [one for one in expected(lived) if wallet.pk in (one.debit_id, one.credit_id)]
    assert len(of_lin) == 8
    assert shown(client, number=wallet.number.lower()) == of_lin
    assert shown(client, account=str(wallet.pk)) == of_lin
    assert shown(client, number="issuance") == [
        one for one in expected(lived) if "issuance" in (one.debit.number, one.credit.number)
    ]
    assert shown(client, number="X9999") == []


def test_reversed_and_reversing(lived: Lived, chen: Actor, client_for: ClientFor) -> None:
    client = client_for(chen)
    (mirror,) = shown(client, state="reversing")
    assert [one.pk for one in shown(client, state="reversed")] == [mirror.reverses_id]
    assert mirror.reference.endswith(":reverse")


def test_what_makes_no_sense_is_named_and_narrows_nothing(lived: Lived, chen: Actor, client_for: ClientFor) -> None:
    client = client_for(chen)
    for filters in (
        {"amount_from": "viel"},
        {"amount_to": "-60"},
        {"amount_from": "12-0"},
        {"month": "2026-13"},
        {"kind": "7"},
        {"book": "999"},
        {"account": "x"},
    ):
        assert shown(client, **filters) == expected(lived), filters
    text = client.get(reverse(LIST), {"amount_from": "viel"}, headers={"Accept-Language": "en"}).content.decode()
    assert "Write a whole number of coins." in text


@pytest.mark.parametrize("form", ["", "csv", "xlsx"])
def test_a_filter_that_no_row_can_have_leads_to_the_whole_list(
    form: str, lived: Lived, chen: Actor, client_for: ClientFor
) -> None:
    answer = client_for(chen).get(reverse(LIST), {"booked_date__year": "99999", "as": form})
    assert (answer.status_code, answer["Location"]) == (302, reverse(LIST))


def test_no_list_counts_for_each_of_its_filters(lived: Lived, chen: Actor, client_for: ClientFor) -> None:
    for name in ("account", "hold", "journalentry"):
        url = reverse(f"admin:ledger_{name}_changelist")
        assert "_facets" not in client_for(chen).get(url).content.decode()
        answer = client_for(chen).get(url, {"_facets": "True"})
        assert not answer.context["cl"].add_facets


def test_the_filters_in_words(lived: Lived, chen: Actor, client_for: ClientFor) -> None:
    filters = {"kind": "10", "amount_from": "60", "month": "2026-11", "who": "周"}
    answer = client_for(chen).get(reverse(LIST), filters, headers={"Accept-Language": "en"})
    assert dict(answer.context["filters"].words) == {
        "Kind": "Hours verified",
        "Amount from": "60",
        "Month": "November 2026",
        "Entered by (part of a name)": "周",
    }
    assert "as=xlsx" in answer.content.decode()


def test_names_of_another_street_are_not_looked_up(lived: Lived, stranger: Actor, client_for: ClientFor) -> None:
    client = client_for(stranger)
    assert shown(client, who="周敏") == []
    assert shown(client, number="R0001") == []
    assert shown(client, book=str(lived.book.pk)) == []


def test_who_acted_from_elsewhere_is_masked(lin: Actor, chen: Actor, now: datetime, client_for: ClientFor) -> None:
    tang = make_actor(make_partner(lin.community), "汤秀兰")
    give_coins(tang.resident, 100)
    sent = send_coins(tang, lin, now=now)
    entry = JournalEntry.objects.get(book=lin.community.book, reference__contains=str(sent.pk))
    client, page = client_for(chen), reverse("admin:ledger_journalentry_change", args=[entry.pk])
    with translation.override("zh-hans"):
        table = sample_table(lin.community.book, Sample(Seed(1, ""), [entry.pk], 1))
    drawn = str(table.rows([entry]))
    files = "".join(csv_of(client.get(reverse(LIST), {"as": "csv"})))
    for text in (client.get(page).content.decode(), client.get(reverse(LIST)).content.decode(), drawn, files):
        assert "汤**" in text
        assert "汤秀兰" not in text
    assert shown(client, who="汤秀兰") == []


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_file_of_what_is_filtered(form: str, lived: Lived, chen: Actor, client_for: ClientFor) -> None:
    HourRecord.objects.filter(pk=lived.mei_record.pk).update(title_zh="＝1+1", title_en="=1+1")
    answer = client_for(chen).get(
        reverse(LIST), {"kind": "10", "amount_to": "45", "as": form}, headers={"Accept-Language": "en"}
    )
    if form == "csv":
        head, *rows = csv_of(answer)
        assert head.startswith("Entry,Booked on,")
        assert len(rows) == len(expected(lived, kind=10, amount__lte=45)) == 2
        assert "'=1+1" in rows[0]
    else:
        head, *rows = table_of(answer)
        assert [row[7] for row in rows] == [45, 30]
        assert rows[0][9] == "'=1+1"
        assert rows[0][1].date() == lived.mei_record.decided_at.date()
        assert rows[0][10] == "王海燕"


def test_what_is_posted_meanwhile_shifts_no_row(
    lived: Lived, lin: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "BATCH", 1)
    before = [one.pk for one in expected(lived)][::-1]
    table = entries_table(JournalEntry.objects.filter(book=lived.book).order_by("-pk"), {lin.community.pk})
    found = []
    for number, row in enumerate(tables.all_rows(table)):
        found.append(row[0])
        assert number < len(before)
        issue(lived.book.pk, wallet_of(lin.resident), 5, reference=f"meanwhile:{number}", now=now)
    assert found == before


def test_a_long_file_is_cut_and_says_so(
    lived: Lived, chen: Actor, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export.cut, "__kwdefaults__", {"at": 3})
    rows = csv_of(client_for(chen).get(reverse(LIST), {"as": "csv"}, headers={"Accept-Language": "en"}))
    assert len(rows) == 1 + 3 + 1
    assert "Only the first" in rows[-1]


def test_files_are_for_who_may_see_the_list(
    lived: Lived, zhou: Actor, stranger: Actor, operator_client: Any, client_for: ClientFor
) -> None:
    asked = {"as": "csv"}
    assert client_for(zhou).get(reverse(LIST), asked).status_code == 302
    assert operator_client.get(reverse(LIST), asked).status_code == 403
    assert len(csv_of(client_for(stranger).get(reverse(LIST), asked))) == 1


def test_a_list_is_not_counted_to_its_end(
    lived: Lived, chen: Actor, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "MOST_COUNTED", 5)
    answer = client_for(chen).get(reverse(LIST), headers={"Accept-Language": "en"})
    assert answer.context["cl"].result_count == 5
    assert "There are 5 entries or more" in answer.content.decode()


def test_as_many_queries_with_fifty_entries(
    lived: Lived, lin: Actor, chen: Actor, now: datetime, client_for: ClientFor
) -> None:
    client = client_for(chen)
    asked = {"who": "周", "number": lin.resident.wallet.number, "amount_from": "1"}
    client.get(reverse(LIST), asked)
    with CaptureQueriesContext(connection) as few:
        client.get(reverse(LIST), asked)
    for number in range(49):
        issue(lived.book.pk, wallet_of(lin.resident), 5, reference=f"test:{number}", now=now + timedelta(days=1))
    with CaptureQueriesContext(connection) as many:
        client.get(reverse(LIST), asked)
    assert len(many) == len(few) <= 20


def test_the_form_has_a_field_for_each_filter() -> None:
    assert set(EntryFilterForm.base_fields) == {
        *("book", "kind", "month", "amount_from", "amount_to", "who", "number", "state", "account"),
    }


def test_links_from_an_account_lead_to_its_entries(
    lived: Lived, lin: Actor, chen: Actor, client_for: ClientFor
) -> None:
    url = reverse("admin:ledger_account_change", args=[lin.resident.wallet_id])
    text = client_for(chen).get(url).content.decode()
    filters: Mapping[str, str] = {"account": str(lin.resident.wallet_id)}
    assert f"{reverse(LIST)}?account={filters['account']}" in text
    assert len(shown(client_for(chen), **filters)) == 8
