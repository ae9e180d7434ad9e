"""A random sample: the same seed draws the same, also later; it is fair, bounded, linked and printed."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import date, datetime, timedelta
from io import BytesIO
from urllib.parse import quote

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from communities.actors import Actor
from communities.choices import Role
from ledger.models import JournalEntry
from reports.selectors.samples import MOST, SEED_LETTERS, Seed, draw, seed_of
from tests.factories.people import make_actor
from tests.factories.rewards import give_coins, wallet_of
from tests.factories.transfers import make_partner, send_coins
from tests.reports.conftest import ClientFor, Lived, issue, table_of

pytestmark = pytest.mark.django_db
NOVEMBER = (date(2026, 11, 1), date(2026, 12, 1))
MONTH = {"first": "2026-11", "last": "2026-11"}


@pytest.fixture
def many(lived: Lived, lin: Actor, now: datetime) -> Lived:
    """Forty entries more."""
    for number in range(40):
        issue(lived.book.pk, wallet_of(lin.resident), 5, reference=f"test:{number}", now=now)
    return lived


def url(lived: Lived) -> str:
    return reverse("admin:ledger_book_sample", args=[lived.book.pk])


def drawn(lived: Lived, seed: Seed, number: int = 10) -> list[int]:
    return draw(lived.book.pk, first=NOVEMBER[0], end=NOVEMBER[1], number=number, seed=seed).ids


def test_it_is_the_order_of_the_hashes(many: Lived) -> None:
    seed = seed_of(many.book.pk, "抽查")
    ids = JournalEntry.objects.filter(book=many.book).values_list("pk", flat=True)
    ordered = sorted(ids, key=lambda pk: hashlib.sha256(f"抽查|{pk}".encode()).hexdigest())
    assert drawn(many, seed) == sorted(ordered[:10])


def test_the_same_seed_draws_the_same_also_later(many: Lived, lin: Actor, now: datetime) -> None:
    seed = seed_of(many.book.pk, "42")
    before = draw(many.book.pk, first=NOVEMBER[0], end=NOVEMBER[1], number=10, seed=seed)
    for number in range(60):
        issue(many.book.pk, wallet_of(lin.resident), 1, reference=f"later:{number}", now=now + timedelta(hours=1))
    again = draw(many.book.pk, first=NOVEMBER[0], end=NOVEMBER[1], number=10, seed=seed_of(many.book.pk, str(seed)))
    assert again == before
    assert drawn(many, seed_of(many.book.pk, "43")) != before.ids


def test_a_closed_period_needs_the_word_alone(many: Lived, lin: Actor, now: datetime) -> None:
    before = drawn(many, seed_of(many.book.pk, "42"))
    issue(many.book.pk, wallet_of(lin.resident), 1, reference="december", now=now + timedelta(days=20))
    assert drawn(many, seed_of(many.book.pk, "42")) == before


@pytest.mark.parametrize("typed", ["2026-11", "n7-abc", " 抽查 一 ", "x" * 40, "N5-" + "y" * 40, "N-3", "0"])
def test_a_seed_typed_again_is_the_same(typed: str, many: Lived) -> None:
    first = seed_of(many.book.pk, typed)
    assert seed_of(many.book.pk, str(first)) == seed_of(many.book.pk, str(first).lower()) == first
    assert len(str(first)) <= SEED_LETTERS
    assert (first.through == 7) == (typed == "n7-abc")  # a month is no number of an entry


def test_a_fresh_seed_is_another_each_time(many: Lived) -> None:
    seeds = {str(seed_of(many.book.pk, "")) for _at in range(20)}
    assert len(seeds) == 20


def test_every_entry_is_as_likely(many: Lived) -> None:
    seen = Counter(pk for at in range(300) for pk in drawn(many, seed_of(many.book.pk, f"s{at}")))
    every = JournalEntry.objects.filter(book=many.book).count()
    assert len(seen) == every
    assert max(seen.values()) < 3 * (300 * 10 / every)


def test_a_small_period_is_drawn_whole_and_never_more_than_the_most(many: Lived) -> None:
    every = JournalEntry.objects.filter(book=many.book).count()
    assert len(drawn(many, seed_of(many.book.pk, "a"), number=10_000)) == min(every, MOST)
    nothing = draw(many.book.pk, first=date(2026, 1, 1), end=date(2026, 2, 1), number=5, seed=Seed(10**9, "a"))
    assert (nothing.ids, nothing.out_of) == ([], 0)


def test_the_address_keeps_the_seed(many: Lived, chen: Actor, client_for: ClientFor) -> None:
    client = client_for(chen)
    assert client.get(url(many)).context["drawn"] is None
    first = client.get(url(many), {**MONTH, "number": "7", "seed": "抽查一"})
    assert first.status_code == 302
    page = client.get(first["Location"])
    assert page.context["drawn"].seed.word == "抽查一"
    assert str(page.context["drawn"].seed) in page.content.decode()
    assert len(page.context["rows"]) == 7
    again = client.get(first["Location"])
    assert again.context["drawn"] == page.context["drawn"]


def test_a_chinese_word_names_the_file(many: Lived, chen: Actor, client_for: ClientFor) -> None:
    asked = {**MONTH, "number": "7", "seed": "N999999999-抽查"}
    for kind in ("pdf", "csv", "xlsx"):
        answer = client_for(chen).get(url(many), {**asked, "as": kind})
        name = f"sample-{many.book.pk}-N999999999-{quote('抽查')}.{kind}"
        assert f"filename*=utf-8''{name}" in answer["Content-Disposition"]


def test_months_left_out_are_put_into_the_address(
    many: Lived, chen: Actor, now: datetime, client_for: ClientFor
) -> None:
    with time_machine.travel(now, tick=False):
        first = client_for(chen).get(url(many), {"seed": "42"})
    with time_machine.travel(now + timedelta(days=60), tick=False):
        later = client_for(chen).get(first["Location"])
    assert "first=2026-01&last=2026-11&number=25&seed=N" in first["Location"]
    assert f"{later.context['period'].last:%Y-%m}" == "2026-11"


@pytest.mark.parametrize("asked", [{"number": "0"}, {"number": "201"}, {"number": "x"}, {"seed": "x" * 90}])
def test_more_than_may_be_is_refused_kindly(
    asked: dict[str, str], many: Lived, chen: Actor, client_for: ClientFor
) -> None:
    page = client_for(chen).get(url(many), asked)
    assert page.status_code == 200
    assert page.context["form"].errors


def test_links_lead_to_entry_and_source(lived: Lived, chen: Actor, client_for: ClientFor) -> None:
    seed = seed_of(lived.book.pk, "all")
    text = client_for(chen).get(url(lived), {**MONTH, "number": "200", "seed": str(seed)}).content.decode()
    entry = JournalEntry.objects.get(reference=lived.mei_record.reference)
    assert reverse("admin:ledger_journalentry_change", args=[entry.pk]) in text
    assert reverse("tasks:verify_one", args=["jinshan", lived.mei_record.pk]) in text
    assert reverse("rewards:redemption", args=["jinshan", lived.redemption.pk]) in text


def test_a_transfer_is_told_as_this_book_reads_it(lin: Actor, client_for: ClientFor) -> None:
    haihong = make_partner(lin.community)
    an = make_actor(haihong, "安秀兰")
    auditor = make_actor(haihong, "罗审计", Role.AUDITOR, resident=False)
    give_coins(lin.resident, 100)
    sent = send_coins(lin, an)
    page = client_for(auditor).get(
        reverse("admin:ledger_book_sample", args=[haihong.book_id]),
        {**MONTH, "number": "200", "seed": "N999999999-X"},
        headers={"Accept-Language": "en"},
    )
    text = page.content.decode()
    assert reverse("transfers:transfer", args=["haihong", sent.pk]) in text
    assert reverse("transfers:transfer", args=["jinshan", sent.pk]) not in text
    assert "From " in text


def test_on_paper_and_in_a_file_there_is_room_to_tick_and_sign(
    lived: Lived, chen: Actor, client_for: ClientFor
) -> None:
    seed = seed_of(lived.book.pk, "all")
    asked = {**MONTH, "number": "200", "seed": str(seed)}
    client = client_for(chen)
    head, *rows = table_of(client.get(url(lived), {**asked, "as": "xlsx"}, headers={"Accept-Language": "en"}))
    assert head[-3:] == ("Paper seen", "Agrees", "Remarks, signature")
    assert len(rows) == JournalEntry.objects.filter(book=lived.book).count()
    answer = client.get(url(lived), {**asked, "as": "pdf"}, headers={"Accept-Language": "en"})
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)
    assert str(seed) in text
    assert "Second auditor" in text


def test_as_many_queries_for_two_hundred(many: Lived, chen: Actor, client_for: ClientFor) -> None:
    client = client_for(chen)
    seed = str(seed_of(many.book.pk, "q"))
    counts = []
    for number in ("1", "1", "45"):
        with CaptureQueriesContext(connection) as queries:
            client.get(url(many), {**MONTH, "number": number, "seed": seed})
        counts.append(len(queries))
    assert counts[2] <= counts[1] + 4  # one look-up an app that an entry came from
    assert counts[2] <= 20
