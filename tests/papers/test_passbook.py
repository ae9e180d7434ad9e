"""The passbook page: what it shows, to whom, in how many queries."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import RecordView
from communities.actors import Actor
from communities.models import Community
from ledger.choices import EntryKind
from ledger.services.holds import hold
from tests.factories.people import NOW, make_actor
from tests.papers.conftest import OCTOBER, Earn, wallet_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
ClientFor = Callable[[Actor], Client]
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def frozen() -> object:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def page_of(actor: Actor, name: str = "passbook", **kwargs: object) -> str:
    return reverse(f"papers:{name}", kwargs={"community": actor.community.slug, **kwargs})


def read(client: Client, url: str) -> str:
    answer = client.get(url, headers=ENGLISH)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def cells(page: str) -> list[tuple[str, ...]]:
    """The rows of the passbook as text: day, item, duration, in, out, balance."""
    rows = re.findall(r'<tr(?: class="carry")? role="row">(.*?)</tr>', page, re.S)
    found = [re.findall(r"<t[hd].*?>(.*?)</t[hd]>", row, re.S) for row in rows]
    return [tuple(re.sub(r"<[^>]+>", "", cell).strip() for cell in row) for row in found]


def test_the_ruled_page(lin: Actor, earn: Earn, client_for: ClientFor) -> None:
    wallet = wallet_of(lin)
    earn(wallet, 1013, at=OCTOBER)
    earn(wallet, 90, -40)
    hold(
        book_id=wallet.book_id, reference="booking:1", debit_id=wallet.pk, amount=60, kind=EntryKind.SEAT,
        actor_id=lin.user_id, now=NOW,
    )  # fmt: skip
    page = read(client_for(lin), page_of(lin))
    assert cells(page)[1:] == [
        ("", "Brought forward", "", "", "", "1,013"),
        ("22 Nov", "21 Nov Bees clean the yard", "1 h 30 min", "+90", "", "1,103"),
        ("22 Nov", "Redeemed · 21 Nov Bees clean the yard", "", "", "−40", "1,063"),
    ]
    for label, figure in [("Paid in this month", "+90"), ("Held", "60"), ("Available", "1,003")]:
        assert re.search(rf">{label}</dt><dd[^>]*>{re.escape(figure)}</dd>", page), label


def test_a_month_of_the_past(lin: Actor, earn: Earn, client_for: ClientFor) -> None:
    wallet = wallet_of(lin)
    earn(wallet, 100, at=OCTOBER)
    earn(wallet, 20)
    page = read(client_for(lin), page_of(lin) + "?month=2026-10")
    assert [row[-1] for row in cells(page)[1:]] == ["0", "100"]
    assert "Balance at the end of the month" in page
    assert "Held" not in page


@pytest.mark.parametrize("month", ["2027-01", "nonsense", "2026-13", "２０２６-11", ""])
def test_a_month_that_is_none_shows_this_one(month: str, lin: Actor, earn: Earn, client_for: ClientFor) -> None:
    earn(wallet_of(lin), 20)
    assert [row[-1] for row in cells(read(client_for(lin), page_of(lin) + f"?month={month}"))[1:]] == ["0", "20"]


def test_a_long_month_is_paged(lin: Actor, earn: Earn, client_for: ClientFor) -> None:
    earn(wallet_of(lin), *[1] * 100)
    client = client_for(lin)
    last = cells(read(client, page_of(lin)))
    first = cells(read(client, page_of(lin) + "?page=1"))
    balances = [[row[-1] for row in page if row[-1].isdigit()] for page in (first, last)]
    assert (balances[0][0], balances[0][-1], len(set(balances[0]))) == ("0", "89", 90)
    assert (balances[1][0], balances[1][-1]) == ("89", "100")


def test_printing_shows_the_whole_month(lin: Actor, earn: Earn, client_for: ClientFor) -> None:
    earn(wallet_of(lin), *[1] * 100)
    page = read(client_for(lin), page_of(lin, "passbook_print"))
    assert page.count('<div class="sheet">') == 5
    assert page.count("data-typed>Bees") == 100


def test_an_empty_one(lin: Actor, client_for: ClientFor) -> None:
    page = read(client_for(lin), page_of(lin))
    assert "Nothing was paid in or out" in page
    assert ("Household number" in page, "Member number" in page) == (False, True)


def test_a_household_names_the_member(xincheng: Community, earn: Earn, client_for: ClientFor) -> None:
    he = make_actor(xincheng, "何玉珍")
    assert he.resident is not None
    household = he.resident.memberships.get().household
    earn(household.wallet, 30)
    page = read(client_for(he), page_of(he))
    assert "林秀英" in page
    assert household.number in page
    assert ("Household number" in page, "Member number" in page) == (True, False)


def test_nobodys_household_says_what_to_do(xincheng: Community, client_for: ClientFor) -> None:
    he = make_actor(xincheng, "何玉珍")
    assert he.resident is not None
    he.resident.memberships.all().delete()
    assert "Ask at the desk" in read(client_for(he), page_of(he))
    assert client_for(he).get(page_of(he, "passbook_pdf")).status_code == 404


def test_where_a_line_comes_from(lin: Actor, earn: Earn, client_for: ClientFor) -> None:
    [entry] = earn(wallet_of(lin), 90)
    page = read(client_for(lin), page_of(lin, "line", entry=entry))
    for text in ("周敏", "1 h 30 min", "/resident-side/", "Sat 21 Nov"):
        assert text in page


def test_no_line_of_a_neighbour(lin: Actor, mei: Actor, earn: Earn, client_for: ClientFor) -> None:
    [entry] = earn(wallet_of(mei), 90)
    assert client_for(lin).get(page_of(lin, "line", entry=entry)).status_code == 404


@pytest.mark.parametrize("name", ["staff_passbook", "staff_passbook_print", "staff_passbook_pdf", "staff_passbook_csv"])
def test_at_the_desk(
    name: str, lin: Actor, mei: Actor, zhou: Actor, chen: Actor, wu: Actor, outsider: Actor, client_for: ClientFor
) -> None:
    assert lin.resident is not None
    url = page_of(lin, name, resident=lin.resident.pk)
    statuses = {
        who: client_for(actor).get(url).status_code
        for who, actor in {"lin": lin, "mei": mei, "zhou": zhou, "chen": chen, "wu": wu, "outsider": outsider}.items()
    }
    assert statuses == {"lin": 200, "mei": 403, "zhou": 200, "chen": 200, "wu": 403, "outsider": 404}


def test_staff_who_open_one_are_noted(lin: Actor, zhou: Actor, client_for: ClientFor) -> None:
    assert lin.resident is not None
    url = page_of(lin, "staff_passbook", resident=lin.resident.pk)
    client_for(lin).get(url)
    assert not RecordView.objects.exists()
    client_for(zhou).get(url)
    view = RecordView.objects.get()
    assert (view.viewer, view.record_kind, view.record_id) == (zhou.user, "passbook", str(lin.resident.pk))


def test_at_the_desk_nobody_of_elsewhere(zhou: Actor, outsider: Actor, client_for: ClientFor) -> None:
    assert outsider.resident is not None
    assert client_for(zhou).get(page_of(zhou, "staff_passbook", resident=outsider.resident.pk)).status_code == 404


def test_staff_who_do_not_live_here_have_none(zhou: Actor, client_for: ClientFor) -> None:
    assert client_for(zhou).get(page_of(zhou)).status_code == 403


def test_as_many_queries_at_fifty_as_at_one(lin: Actor, earn: Earn, client_for: ClientFor) -> None:
    client, wallet = client_for(lin), wallet_of(lin)
    earn(wallet, 90)
    client.get(page_of(lin))
    with CaptureQueriesContext(connection) as at_one:
        client.get(page_of(lin))
    earn(wallet, *[1] * 50, prefix="test:more")
    with CaptureQueriesContext(connection) as at_fifty:
        client.get(page_of(lin))
    assert len(at_one) == len(at_fifty) <= 7  # and one for the sources of the second app
