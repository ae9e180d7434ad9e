"""The day's turn: new lines are sealed once a day in the book's zone, and statements print the seal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from communities.actors import Actor
from ledger.models import Checkpoint, Seal
from ledger.services import seals
from papers.services.seals import seal_due
from papers.services.statements import make_statements
from tests.factories.people import NOW
from tests.papers.conftest import OCTOBER, Earn, wallet_of

pytestmark = pytest.mark.django_db
MIDNIGHT = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)  # in Shanghai


def test_once_a_day_when_something_was_posted(lin: Actor, earn: Earn) -> None:
    earn(wallet_of(lin), 60)
    assert [seal_due(NOW), seal_due(NOW)] == [1, 0]
    earn(wallet_of(lin), 60, at=NOW + timedelta(hours=1))
    assert seal_due(MIDNIGHT - timedelta(seconds=1)) == 0
    assert [seal_due(MIDNIGHT), seal_due(MIDNIGHT)] == [1, 0]
    assert seal_due(MIDNIGHT + timedelta(days=1)) == 0
    days = Seal.objects.order_by("number").values_list("day", flat=True)
    assert list(days) == [date(2026, 11, 22), date(2026, 11, 23)]
    assert seals.verify(book_id=lin.community.book_id) == []
    assert Checkpoint.objects.exists()


def test_the_statement_prints_the_first_seal_after_its_month(
    lin: Actor, earn: Earn, client_for: Callable[[Actor], Client]
) -> None:
    earn(wallet_of(lin), 60, at=OCTOBER)
    seal_due(OCTOBER + timedelta(days=1))
    url = reverse("papers:statement", kwargs={"community": "jinshan", "month": "2026-10"})
    with time_machine.travel(NOW, tick=False):
        make_statements(community=lin.community, month=date(2026, 10, 1), now=NOW)
        assert "Seal code" not in client_for(lin).get(url, headers={"Accept-Language": "en"}).content.decode()
        earn(wallet_of(lin), 60)
        seal_due(NOW)
        newest = seals.newest(book_id=lin.community.book_id)
        assert newest is not None
        assert newest.code in client_for(lin).get(url, headers={"Accept-Language": "en"}).content.decode()
