"""One row of the verifiers' queue approved by htmx: its outcome, the counts of the rows left, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from communities.actors import Actor
from communities.models import Community
from tasks.choices.hours import HourState
from tasks.models import HourRecord
from tests.factories.hours import YESTERDAY, make_hours, plant_hours
from tests.factories.people import make_actor
from tests.factories.tasks import make_rule

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/c/jinshan/staff/verify/", "Accept-Language": "en"}


@pytest.fixture(autouse=True)
def _morning(jinshan: Community, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    make_rule(jinshan)
    monkeypatch.setattr("core.clock.now", lambda: now)


@pytest.fixture
def staff(zhou: Actor, client_for: Callable[[Actor], Client]) -> Client:
    return client_for(zhou)


def press(client: Client, record: HourRecord, *shown: HourRecord, key: str = "k" * 24) -> Any:
    """The row's own button, with what the page's form carries."""
    data = {"form_key": key, "only": record.pk, "shown": [record.pk, *(one.pk for one in shown)], "section": "clean"}
    return client.post(reverse("tasks:verify_bulk", args=["jinshan"]), data, headers=HTMX)


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())).replace(" ,", ",")


def test_the_outcome_and_the_counts_of_the_rows_left(lin: Actor, mei: Actor, staff: Client, now: datetime) -> None:
    one, other = make_hours(lin, now=now), make_hours(mei, now=now, minutes=90)
    answer = press(staff, one, other)
    assert answer.content.decode().startswith('<tr class="done"')
    assert "<html" not in answer.content.decode()
    for sentence in (
        "Approved: +60 time coins for 林秀英.",
        "1 record to verify",
        "Nothing odd (1)",
        "1 record: 90 time coins, 1 h 30 min",
    ):
        assert sentence in words(answer)
    assert "Look at" not in words(answer)
    assert HourRecord.objects.get(state=HourState.VERIFIED) == one
    # Said in the row, so not once more on the next page.
    assert "Approved" not in words(staff.get(reverse("tasks:verify", args=["jinshan"])))
    # Sent once more, it says the same and credits nothing more.
    assert words(press(staff, one, other)) == words(answer)


def test_two_rows_with_the_page_s_one_key(lin: Actor, mei: Actor, staff: Client, now: datetime) -> None:
    one, other = make_hours(lin, now=now), make_hours(mei, now=now)
    press(staff, one, other)
    assert "0 records to verify" in words(press(staff, other))
    assert HourRecord.objects.filter(state=HourState.VERIFIED).count() == 2


def test_the_first_of_two_approvals_is_said_and_the_record_waits(lin: Actor, staff: Client, now: datetime) -> None:
    lin.community.settings.two_person_limit_coins = 30
    lin.community.settings.save()
    record = make_hours(lin, now=now)
    url = reverse("tasks:verify_one", args=["jinshan", record.pk])
    answer = staff.post(url, {"action": "approve", "form_key": "k" * 24, "shown": record.pk}, headers=HTMX)
    assert "Your approval is noted." in words(answer)
    assert "1 record to verify" in words(answer)
    record.refresh_from_db()
    assert record.state == HourState.SUBMITTED
    again = staff.post(url, {"action": "approve", "form_key": "m" * 24, "shown": record.pk}, headers=HTMX)
    assert "Not approved" in words(again)


def test_own_hours_are_not_approved_and_say_why(jinshan: Community, lin: Actor, now: datetime, client_for: Any) -> None:
    worker = make_actor(jinshan, "何工", "worker")
    record = make_hours(worker, now=now)
    client = client_for(worker)
    assert "Not approved" in words(press(client, record))
    again = words(press(client, record))
    assert "Nothing was changed." in again
    assert "noted" not in again
    assert not HourRecord.objects.filter(state=HourState.VERIFIED).exists()


def test_anothers_record_is_not_found_and_residents_may_not(
    lin: Actor, outsider: Actor, staff: Client, now: datetime, client_for: Any
) -> None:
    make_rule(outsider.community)
    theirs, own = plant_hours(outsider.resident), make_hours(lin, now=now)
    assert press(staff, theirs).status_code == 404
    assert press(client_for(lin), own).status_code == 403
    assert not HourRecord.objects.filter(state=HourState.VERIFIED).exists()


@pytest.mark.parametrize("data", [{}, {"form_key": "k" * 24}, {"form_key": "k" * 24, "only": "nonsense"}])
def test_what_cannot_be_read_loads_the_page_anew(staff: Client, data: dict[str, str]) -> None:
    answer = staff.post(reverse("tasks:verify_bulk", args=["jinshan"]), data, headers=HTMX)
    assert (answer.status_code, answer["HX-Redirect"]) == (200, "/c/jinshan/staff/verify/")


def test_as_many_queries_with_fifty_rows_as_with_two(lin: Actor, staff: Client, now: datetime) -> None:
    records = [plant_hours(lin.resident, starts_at=YESTERDAY - timedelta(days=day)) for day in range(53)]
    press(staff, records[0])
    counts = set()
    for pressed, shown in ((1, records[3:4]), (2, records[3:])):
        with CaptureQueriesContext(connection) as queries:
            assert "Approved" in words(press(staff, records[pressed], *shown))
        counts.add(len(queries))
    assert len(counts) == 1
