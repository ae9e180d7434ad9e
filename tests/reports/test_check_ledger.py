"""check_ledger: clean books exit 0; a broken one is named, exits 1, and pauses spending when asked."""

import json
from datetime import datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection, connections
from django.utils import translation

from audit.models import CheckRun
from communities.actors import Actor
from communities.choices import Role
from communities.models import Community
from core.invariants import Finding
from ledger.models import Account, Book
from notifications import kinds
from notifications.models import InboxMessage
from notifications.services.sweep import run_due
from reports.services import alarms
from reports.services.checking import PAUSING, Result, all_checks, check_and_pause, check_daily, run_checks
from reports.wording import invariant
from tasks.services.verification import verify
from tests.factories.hours import make_hours
from tests.factories.people import make_actor, make_community
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
    assert {"number", "name", "holds", "count", "seconds", "pauses_spending", "findings"} == set(rows[0])
    assert all(row["holds"] and row["count"] == 0 and row["seconds"] >= 0 for row in rows)
    assert {row["number"] for row in rows if row["pauses_spending"]} == {1, 2, 3, 4, 8}
    kept = CheckRun.objects.get()
    assert (kept.checks, kept.broken) == (len(rows), 0)
    assert [one["number"] for one in kept.results] == [row["number"] for row in rows]


@pytest.mark.django_db(transaction=True)
def test_a_database_that_only_reads_is_checked_too(credited: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")  # as a standby does
        try:
            code, _text = run()
        finally:
            cursor.execute("SET default_transaction_read_only = off")
    assert code == 0
    assert not CheckRun.objects.exists()


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
    run = CheckRun.objects.get()
    assert run.broken >= 1
    assert {book for one in run.results for book in one["books"]} == paused


@pytest.mark.django_db(transaction=True)
def test_who_answers_for_the_book_is_told_once_a_day(
    credited: int, lin: Actor, wang: Actor, chen: Actor, zhou: Actor, xincheng: Community, now: datetime
) -> None:
    make_actor(xincheng, "别处审计", Role.AUDITOR, resident=False)
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE ledger_account SET balance = balance + 7 WHERE id = %s", [credited])
    check_and_pause(now=now)
    check_and_pause(now=now + timedelta(hours=2))
    with time_machine.travel(now, tick=False):
        run_due(now=now)
    told = InboxMessage.objects.filter(kind=alarms.KIND)
    broken = {one.number for one in run_checks() if not one.holds}
    assert {notice.user_id for notice in told} == {wang.user_id, chen.user_id}
    assert sorted(notice.payload["number"] for notice in told.filter(user=chen.user)) == sorted(broken)
    assert {notice.url for notice in told} == {f"/admin/ledger/book/{lin.community.book_id}/change/"}
    check_and_pause(now=now + timedelta(days=1))
    run_due(now=now + timedelta(days=1, minutes=1))
    assert told.filter(user=chen.user).count() == 2 * len(broken)


@pytest.mark.django_db
def test_a_finding_that_names_no_book_is_everybodys(chen: Actor, now: datetime) -> None:
    there = make_actor(make_community("sanjiang", street="zhaozhen"), "别处审计", Role.AUDITOR, resident=False)
    near, far = chen.community.book_id, there.community.book_id
    results = [
        Result(10, "a", 0.1, [Finding(f"book {near}", "differs")]),
        Result(10, "b", 0.1, [Finding("redemption 7", "differs")]),
        Result(12, "c", 0.1, [Finding(f"book {far} seal 3", "broken")]),
    ]
    assert alarms.tell(results, now=now) == 3  # 10 to both, 12 to the far one
    assert alarms.tell(results, now=now) == 0


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "word"), [("en", "Debits equal credits"), ("zh-hans", "借方等于贷方")])
def test_the_notice_speaks_the_readers_language(language: str, word: str) -> None:
    payload = {"number": 1, "pauses": True, "name_zh": "金山", "name_en": "Jinshan", "time_zone": "Asia/Shanghai"}
    with translation.override(language):
        assert word in kinds.render(alarms.KIND, payload).title


@pytest.mark.django_db
@pytest.mark.parametrize("number", [*range(1, 14), 99])
def test_a_missing_name_is_a_number(number: int) -> None:
    assert invariant(number)
