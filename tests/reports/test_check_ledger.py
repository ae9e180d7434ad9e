"""check_ledger: clean books exit 0; a broken one is named, exits 1, and pauses spending when asked."""

import json
from datetime import datetime
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connections

from communities.actors import Actor
from communities.models import Community
from ledger.models import Account, Book
from reports.services.checking import PAUSING, all_checks, check_and_pause, check_daily, run_checks
from tasks.services.verification import verify
from tests.factories.hours import make_hours
from tests.factories.tasks import make_rule


def run(*arguments: str) -> tuple[int, str]:
    """Exit code and output of the command."""
    out = StringIO()
    try:
        call_command("check_ledger", *arguments, stdout=out)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue()
    return 0, out.getvalue()


@pytest.fixture
def credited(lin: Actor, zhou: Actor, now: datetime) -> int:
    """An hour of lin's, verified; answers the wallet."""
    make_rule(lin.community)
    record = verify(actor=zhou, record_id=make_hours(lin, now=now).pk, now=now)
    assert record.wallet_id is not None
    return record.wallet_id


def test_every_number_of_the_list_that_exists_is_checked() -> None:
    numbers = {check.number for check in all_checks()}
    assert {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13} <= numbers


@pytest.mark.django_db
def test_clean_books(credited: int) -> None:
    code, text = run()
    assert code == 0, text
    assert "all hold" in text


@pytest.mark.django_db
def test_json_names_each_with_count_and_time(credited: int) -> None:
    code, text = run("--json")
    rows = json.loads(text)
    assert code == 0
    assert len(rows) == len(all_checks())
    assert {"number", "name", "holds", "count", "seconds", "findings"} == set(rows[0])
    assert all(row["holds"] and row["count"] == 0 for row in rows)


@pytest.mark.django_db(transaction=True)
def test_a_planted_fault_is_named_and_pauses_spending(credited: int, lin: Actor, now: datetime) -> None:
    with connections["owner"].cursor() as cursor:  # past the functions, as only the owner could
        cursor.execute("UPDATE ledger_account SET balance = balance + 7 WHERE id = %s", [credited])
    code, text = run()
    assert code == 1
    assert "BROKEN" in text
    assert f"account {Account.objects.get(pk=credited).number}" in text
    broken = {one.number for one in run_checks() if not one.holds}
    assert broken & PAUSING
    assert Book.objects.get(pk=lin.community.book_id).spending_paused_at is None
    check_and_pause(now=now)
    assert Book.objects.get(pk=lin.community.book_id).spending_paused_at == now


@pytest.mark.django_db(transaction=True)
def test_only_the_book_in_doubt_is_paused_and_the_books_are_checked_daily(
    credited: int, lin: Actor, xincheng: Community, now: datetime
) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE ledger_account SET balance = balance + 7 WHERE id = %s", [credited])
    assert check_daily(now) == len(all_checks())
    assert check_daily(now) == 0  # once a day
    paused = set(Book.objects.exclude(spending_paused_at=None).values_list("pk", flat=True))
    assert paused == {lin.community.book_id}
