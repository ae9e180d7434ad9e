"""The invariants of people hold for the cast, and planted faults are found and named."""

from __future__ import annotations

import pytest

from accounts.models import User
from communities.invariants import CHECKS
from communities.models import HouseholdMember, Resident
from communities.services import households
from tests.factories.people import NOW, make_resident

pytestmark = pytest.mark.django_db


def found() -> list[tuple[int, str]]:
    return [(check.number, one.subject) for check in CHECKS for one in check.run()]


@pytest.fixture
def everybody(lin, mei, zhou, wang, wu, chen, outsider, xincheng):
    return make_resident(xincheng, "汪大成")


def test_the_cast_is_clean(everybody):
    assert found() == []


def test_planted_faults_are_named(everybody, lin, mei, outsider, zhou, wang):
    Resident.objects.filter(pk=mei.resident.pk).update(wallet=None)
    household = households.open_household(actor=zhou, resident_ids=[lin.resident.pk], now=NOW)
    member = HouseholdMember.objects.create(household=household, resident=outsider.resident, starts_date=NOW.date())
    User.objects.filter(pk=wang.user_id).update(is_staff=False)
    assert found() == [
        (20, f"resident {mei.resident.pk}"),
        (21, f"membership {member.pk}"),
        (22, f"user {wang.user_id}"),
    ]


def test_a_wallet_of_another_book_is_named(everybody, mei, outsider):
    wallet = outsider.resident.wallet
    Resident.objects.filter(pk=outsider.resident.pk).update(wallet=None)
    Resident.objects.filter(pk=mei.resident.pk).update(wallet=wallet)
    assert (20, f"resident {mei.resident.pk}") in found()
