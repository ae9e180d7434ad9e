"""A large place is made set-based: as many entries as asked, all verified, every month stated, the books sound."""

from __future__ import annotations

from collections import Counter

import pytest

from communities.models import Resident
from demo.services.town import MONTHS, Size, seed_place
from ledger.choices import EntryKind
from ledger.models import JournalEntry, MonthlyStatement
from reports.services.checking import run_checks
from tasks.models import HourRecord, SignUp
from tests.factories.people import NOW

pytestmark = pytest.mark.django_db

SIZE = Size(residents=60, entries=900)


def test_a_town() -> None:
    logins = seed_place(SIZE, now=NOW)
    assert {one.role for one in logins} >= {"resident", "worker", "manager", "auditor"}
    assert Resident.objects.count() == SIZE.residents
    entries = JournalEntry.objects.filter(kind=EntryKind.HOURS)
    assert entries.count() == SIZE.entries
    assert Counter(entries.values_list("debit__number", flat=True)) == {"issuance": SIZE.entries}
    verified = HourRecord.objects.credited()
    assert verified.count() == SIZE.entries
    assert not verified.filter(sign_up__isnull=False).exists()
    assert SignUp.objects.count() < SIZE.residents  # today's alone
    stated = Counter(MonthlyStatement.objects.values_list("month", flat=True))
    assert (len(stated), set(stated.values())) == (MONTHS, {SIZE.residents + 1})  # wallets and the fund
    assert [result.name for result in run_checks() if not result.holds] == []
