"""Two communities of one unit exchange coins in the demonstration, and the books still add up."""

from __future__ import annotations

import pytest

from communities.models import Community, Partnership
from demo.services.seeding import seed_small
from ledger import clearing
from ledger.selectors import balance
from reports.services.checking import run_checks
from tests.factories.people import NOW
from transfers.models import Transfer

pytestmark = pytest.mark.django_db


def test_coins_went_each_way() -> None:
    seed_small(now=NOW, only=["jinshan", "laodongyifang"], residents=12, months=1)
    assert Partnership.objects.accepted().count() == 1
    assert set(Transfer.objects.values_list("community__slug", "partner__slug", "state")) == {
        ("jinshan", "laodongyifang", "sent"),
        ("laodongyifang", "jinshan", "sent"),
    }
    books = [Community.objects.get(slug=slug).book_id for slug in ("jinshan", "laodongyifang")]
    assert balance(clearing.clearing_account_id(*books)).balance == 0
    assert [one for one in run_checks() if not one.holds] == []
