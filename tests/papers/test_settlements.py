"""The settlement sheet: both communities read the same figures with opposite sign; for managers and auditors."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
import time_machine
from django.utils.html import strip_tags
from pypdf import PdfReader

from communities.choices import Role
from communities.models import Partnership
from communities.services import partners
from ledger.clearing import clearing_account_id, clearing_month
from ledger.models import JournalEntry
from ledger.selectors import balance
from ledger.services import statements
from papers.selectors.settlements import settlement_of, standings
from tests.factories.people import NOW, make_actor
from tests.factories.rewards import give_coins
from tests.factories.transfers import make_partner, send_coins

pytestmark = pytest.mark.django_db
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
IN_OCTOBER = datetime(2026, 10, 20, 3, tzinfo=UTC)
ROLES = {"wang": 200, "chen": 200, "zhou": 403, "lin": 403, "mei": 403, "wu": 403, "outsider": 404}


@pytest.fixture
def haihong(jinshan):
    return make_partner(jinshan)


@pytest.fixture
def an(haihong):
    return make_actor(haihong, "安秀兰")


@pytest.fixture
def sent(lin, an):
    """October: 30 out. November: 40 and 25 out, 15 back."""
    give_coins(lin.resident, 500, now=IN_OCTOBER - timedelta(days=5))
    send_coins(lin, an, 30, now=IN_OCTOBER)
    for payer, payee, coins in ((lin, an, 40), (an, lin, 15), (lin, an, 25)):
        send_coins(payer, payee, coins)


def figures(here, there, month=NOVEMBER):
    found = settlement_of(community=here, partner_slug=there.slug, month=month).figures
    return found.opening, found.sent, found.received, found.closing


def url(end="", month="2026-11", here="jinshan", there="haihong"):
    return f"/c/{here}/reports/settlements/{there}/{month}/{end}"


@pytest.fixture
def today():
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        yield


def english(client):
    client.cookies["django_language"] = "en"
    return client


def words(response):
    return " ".join(strip_tags(response.content.decode()).split())


def test_both_read_the_same_with_opposite_sign(sent, jinshan, haihong):
    assert figures(jinshan, haihong, OCTOBER) == (0, 30, 0, 30)
    assert figures(jinshan, haihong) == (30, 65, 15, 80)
    opening, sent_, received, closing = figures(haihong, jinshan)
    assert (-opening, received, sent_, -closing) == figures(jinshan, haihong)
    assert [standings(one)[0].balance for one in (jinshan, haihong)] == [80, -80]


def test_the_months_are_the_clearing_account(sent, jinshan, haihong):
    account = clearing_account_id(jinshan.book_id, haihong.book_id)
    assert clearing_month(account_id=account, month=NOVEMBER).closing == balance(account).balance


def test_the_lines_carry_numbers_and_no_names(sent, jinshan, haihong, lin, an, chen, client_for, today):
    page = english(client_for(chen)).get(url())
    shown = words(page)
    assert "We owe 80 time coins" in shown
    assert lin.resident.wallet.number in shown
    for name in ("林秀英", "林**", "安秀兰", "安**"):
        assert name not in page.content.decode()
    lines = settlement_of(community=jinshan, partner_slug="haihong", month=NOVEMBER).lines(most=10)
    assert [line.delta for line in lines] == [40, -15, 25]
    assert {line.number for line in lines} == {lin.resident.wallet.number}
    assert {line.other_number for line in lines} == {an.resident.wallet.number}


def test_the_partner_reads_its_own_side(sent, haihong, client_for, today):
    manager = make_actor(haihong, "韩露", Role.MANAGER, resident=False)
    shown = words(english(client_for(manager)).get(url(here="haihong", there="jinshan")))
    assert "We are owed 80 time coins" in shown


@pytest.mark.parametrize("who", ROLES)
def test_who_reads_it(who, sent, request, client_for, today):
    client = client_for(request.getfixturevalue(who))
    for end in ("", "settlement.pdf", "settlement.csv"):
        assert client.get(url(end)).status_code == ROLES[who], end
    assert client.get("/c/jinshan/reports/settlements/").status_code == ROLES[who]


def test_the_pdf_has_the_figures_and_two_places_to_sign(sent, chen, client_for, today):
    answer = client_for(chen).get(url("settlement.pdf"), headers={"Accept-Language": "zh-hans"})
    assert answer["Content-Type"] == "application/pdf"
    text = re.sub(r"\s", "", "".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages))
    for word in ("互转结算单", "金山大社区", "海虹社区", "本社区应付80时间币"):
        assert word in text, word
    assert text.count("签字") == 2
    assert "林" not in text


def test_the_table_runs_from_opening_to_closing(sent, chen, client_for, today):
    rows = english(client_for(chen)).get(url("settlement.csv")).content.decode().splitlines()
    assert [row.split(",")[6] for row in rows[1:]] == ["30", "70", "55", "80", "80"]
    assert rows[-1].split(",")[4:6] == ["65", "15"]


def test_it_is_paged(lin, an, jinshan, chen, client_for, today):
    give_coins(lin.resident, 500)
    for _number in range(30):
        send_coins(lin, an, 1)
    client = english(client_for(chen))
    first, second = client.get(url()), client.get(f"{url()}?page=2")
    assert [len(one.context["rows"]) for one in (first, second)] == [24, 6]
    assert second.context["rows"][-1][0].entry_id > first.context["rows"][-1][0].entry_id


def test_a_line_that_the_partner_booked_in_another_month_says_so(sent, jinshan, haihong, lin, an):
    december = datetime(2026, 12, 1, 1, tzinfo=UTC)
    statements.close_and_state(book_id=haihong.book_id, month=NOVEMBER, now=december)
    late = send_coins(lin, an, 9, now=NOW + timedelta(minutes=1))
    halves = dict(JournalEntry.objects.filter(reference=late.reference).values_list("book_id", "booked_date"))
    assert halves == {jinshan.book_id: NOW.date(), haihong.book_id: date(2026, 12, 1)}
    ours = settlement_of(community=jinshan, partner_slug="haihong", month=NOVEMBER)
    theirs = settlement_of(community=haihong, partner_slug="jinshan", month=NOVEMBER)
    marked = [line for line in ours.lines(most=99) if line.elsewhere]
    assert [(line.delta, line.elsewhere) for line in marked] == [(9, date(2026, 12, 1))]
    assert ours.figures.closing - sum(line.delta for line in marked) == -theirs.figures.closing
    assert not ours.is_final


def test_closed_by_both_it_is_final(sent, jinshan, haihong):
    for one in (jinshan, haihong):
        statements.close_and_state(book_id=one.book_id, month=OCTOBER, now=NOW)
    jinshan.refresh_from_db()
    assert settlement_of(community=jinshan, partner_slug="haihong", month=OCTOBER).is_final
    assert not settlement_of(community=jinshan, partner_slug="haihong", month=NOVEMBER).is_final


def test_it_stays_after_the_partnership_has_ended(sent, wang, chen, client_for, today):
    partners.end(actor=wang, partnership_id=Partnership.objects.get().pk, now=NOW)
    assert client_for(chen).get(url()).status_code == 200


@pytest.mark.parametrize("month", ["2026-12", "2026-13", "nonsense", "1999-01"])
def test_no_sheet_of_a_month_to_come_or_of_none(sent, chen, client_for, today, month):
    assert client_for(chen).get(url(month=month)).status_code == 404


def test_no_sheet_with_who_never_was_a_partner(sent, outsider, chen, client_for, today):
    for there in ("sanjiang", "jinshan", "nowhere"):
        assert client_for(chen).get(url(there=there)).status_code == 404
