"""The demonstration is lived through the services: what it leaves adds up, and it never mixes with data."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Count, Sum
from pytest_django import Settings
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import User
from bookings.models import Booking
from communities.models import Community, Resident, RoleGrant
from demo.management.commands import seed_demo
from demo.services import town
from demo.services.seeding import AlreadySeeded, Login, seed_small
from ledger import selectors
from ledger.choices import EntryKind
from ledger.models import JournalEntry, MonthlyStatement
from notifications.models import InboxMessage
from reports.journals import Format
from reports.services.checking import run_checks
from rewards.models import Redemption
from tasks.models import HelpRequest, HourRecord, Shift, SignUp
from tests import accounting
from tests.factories.people import NOW

RESIDENTS = 15
SLUGS = ["jinshan", "xincheng"]
OCTOBER = date(2026, 10, 1)


@pytest.fixture(scope="module")
def logins(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[list[Login]]:
    """Two communities seeded once for all tests of this file, and taken back after them."""
    with django_db_blocker.unblock():
        around = transaction.atomic()
        around._from_testcase = True  # as a test's own transaction: services inside begin their own
        with around:
            yield seed_small(now=NOW, only=SLUGS, residents=RESIDENTS, months=1)
            transaction.set_rollback(True)


def test_old_notices_were_read(logins: list[Login]) -> None:
    told = InboxMessage.objects.filter(created_at__lt=NOW - timedelta(days=7))
    assert told.exists()
    assert not told.filter(read_at=None).exists()


def test_each_community_has_its_people(logins: list[Login]) -> None:
    found = Resident.objects.values_list("community__slug").annotate(Count("pk")).order_by("community__slug")
    assert list(found) == [("jinshan", RESIDENTS), ("xincheng", RESIDENTS)]
    households = Resident.objects.filter(community__slug="xincheng").values("memberships__household").distinct()
    assert households.count() == RESIDENTS / 3
    assert not Resident.objects.filter(residence_verified_at=None).exists()
    minors = [one for one in Resident.objects.all() if one.is_minor_on(NOW.date())]
    assert minors
    assert all(one.guardian_name and one.home_visits_cleared_at is None for one in minors)


def test_hours_were_verified_and_the_last_days_wait(logins: list[Login]) -> None:
    for community in Community.objects.all():
        states = Counter(HourRecord.objects.filter(community=community).values_list("state", flat=True))
        assert set(states) == {"verified", "submitted", "reversed"}
        assert (states["reversed"], states["verified"] > 40, states["submitted"] > 3) == (1, True, True)
        issued = JournalEntry.objects.filter(book=community.book, kind=EntryKind.HOURS).aggregate(sum=Sum("amount"))
        earned = HourRecord.objects.filter(community=community).aggregate(sum=Sum("coins_earned"))
        assert issued["sum"] == earned["sum"]


def test_coins_were_spent(logins: list[Login]) -> None:
    for community in Community.objects.all():
        redemptions = Counter(Redemption.objects.filter(community=community).values_list("state", flat=True))
        collected = redemptions.pop("collected")
        assert redemptions == {"ready": 2, "requested": 2}
        spent = JournalEntry.objects.filter(book=community.book, kind=EntryKind.REDEMPTION)
        assert spent.count() == collected > 4
        assert selectors.outstanding(community.book_id).difference == 0
    assert set(Booking.objects.values_list("state", flat=True)) == {"attended"}


def test_every_account_was_stated_once(logins: list[Login]) -> None:
    found = MonthlyStatement.objects.values_list("month").annotate(Count("pk"))
    wallets, funds = RESIDENTS + RESIDENTS // 3, len(SLUGS)
    assert list(found) == [(OCTOBER, wallets + funds)]


def test_today_has_something_to_do(logins: list[Login]) -> None:
    for community in Community.objects.all():
        coming = Shift.objects.filter(community=community).open(NOW)
        assert coming.filter(task__urgent=True).count() == 1
        assert coming.count() > 6
        assert SignUp.objects.filter(shift__community=community).live().exists()
        assert HelpRequest.objects.filter(community=community).count() == 2


def test_the_books_are_sound(logins: list[Login]) -> None:
    assert [result.name for result in run_checks() if not result.holds] == []


def test_one_of_each_role_can_sign_in(logins: list[Login]) -> None:
    roles = Counter((one.community, one.role) for one in logins)
    staff = ("worker", "manager", "manager of the street", "auditor")
    assert set(roles) == {(slug, role) for slug in SLUGS for role in ("resident", *staff)}
    assert set(roles.values()) == {1}
    for login in logins:
        user = User.objects.get(phone=login.phone)
        assert user.phone_verified_at is not None
        assert RoleGrant.objects.live().filter(user=user).exists() == (login.role != "resident")


def test_a_second_seed_is_refused(logins: list[Login]) -> None:
    with pytest.raises(AlreadySeeded):
        seed_small(now=NOW)
    with pytest.raises(AlreadySeeded):
        town.seed_sized("town", now=NOW)
    with pytest.raises(CommandError, match="Seed the demonstration into an empty one"):
        call_command("seed_demo")


def test_the_command_prints_and_keeps_the_logins(
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings.DATA_DIR = tmp_path
    lin = Login("jinshan", "resident", "林秀英", "+8619010000001")
    monkeypatch.setattr(seed_demo, "seed_small", lambda **_: [lin])
    call_command("seed_demo", "--json")
    assert json.loads(capsys.readouterr().out) == [lin.as_dict()]
    assert "林秀英" in (tmp_path / "demo-logins.txt").read_text(encoding="utf-8")
    settings.DEMO = False
    with pytest.raises(CommandError, match="switched off"):
        call_command("seed_demo")


@pytest.mark.parametrize("form", accounting.BOTH)
@pytest.mark.parametrize("slug", SLUGS)
def test_accounting_programs_accept_its_books(logins: list[Login], form: Format, slug: str, tmp_path: Path) -> None:
    book = Community.objects.select_related("book").get(slug=slug).book
    file = accounting.written(form, book, tmp_path)
    assert accounting.verdict(form, file) == ""
    accounting.agree(form, book, file)
