"""Dump, drop, restore: the same books, nothing sent again, nothing written until a manager opens."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import Client
from django.urls import reverse

from communities.actors import Actor
from core import clock
from ledger.models import JournalEntry
from notifications.choices import OutboxState
from notifications.health import problems
from notifications.models import Heartbeat, InboxMessage, OutboxMessage, Restore
from notifications.services.delivery import deliver_due
from notifications.services.sweep import run_due
from rewards.models import Redemption
from tests.backups.conftest import Elsewhere, databases_like
from tests.factories.notifications import test_kinds
from timebank.backups import manifest
from timebank.backups.errors import BackupRefused
from timebank.backups.restore import Restored, pointed_at, put_back

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["test_kinds"]

LINES = "SELECT count(*), md5(string_agg(l::text, '|' ORDER BY entry_id, side)) FROM ledger_lines AS l"
RIGHTS = """
SELECT c.oid::regclass::text, pg_get_userbyid(c.relowner), array(SELECT a::text FROM unnest(coalesce(
  c.relacl, acldefault(CASE c.relkind WHEN 'S' THEN 's'::"char" ELSE 'r' END, c.relowner))) AS a ORDER BY 1)
FROM pg_class AS c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'S')
UNION ALL
SELECT p.oid::regprocedure::text, pg_get_userbyid(p.proowner),
  array(SELECT a::text FROM unnest(coalesce(p.proacl, acldefault('f', p.proowner))) AS a ORDER BY 1)
FROM pg_proc AS p WHERE p.pronamespace = 'public'::regnamespace AND p.proname LIKE 'ledger%' ORDER BY 1
"""
DEFAULTS = "SELECT defaclobjtype::text, unnest(defaclacl)::text FROM pg_default_acl ORDER BY 1, 2"


def facts(db: Any) -> list[Any]:
    """Lines, rights and default rights, on a cursor or a connection."""
    found = []
    for query in (LINES, RIGHTS, DEFAULTS):
        answer = db.execute(query)
        found.append((answer or db).fetchall())
    return found


def checks(text: str) -> list[dict[str, Any]]:
    return [{key: value for key, value in one.items() if key != "seconds"} for one in json.loads(text)]


def here(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    call_command("check_ledger", "--json")
    return checks(capsys.readouterr().out)


def put_back_elsewhere(file: Path, elsewhere: Elsewhere, now: datetime) -> Restored:
    """A restore in this process, into the other database."""
    with pointed_at(elsewhere.name):
        return put_back(file, replace="", now=now, say=lambda _said: None)


@pytest.fixture
def restored(backup: Path, elsewhere: Elsewhere, now: datetime) -> Restored:
    """The backup in a database that was not there."""
    return put_back_elsewhere(backup, elsewhere, now)


def test_the_books_are_the_same(restored: Restored, elsewhere: Elsewhere, capsys: pytest.CaptureFixture[str]) -> None:
    assert all(one.holds for one in restored.results)
    with connections["owner"].cursor() as ours, elsewhere.connect() as theirs:
        expected, found = facts(ours), facts(theirs)
    for mine, other in zip(expected, found, strict=True):
        assert [one for one in mine if one not in other] == [one for one in other if one not in mine] == []
    assert expected[0][0][0] > 0
    checked = here(capsys)
    with pointed_at(elsewhere.name):
        assert here(capsys) == checked
        call_command("verify_seals")
    assert databases_like(elsewhere.name) == [elsewhere.name]


def test_the_app_has_the_rights_it_had_and_no_other(restored: Restored, elsewhere: Elsewhere) -> None:
    with elsewhere.connect("default") as app:
        for refused in (
            "UPDATE ledger_journalentry SET amount = 1",
            "DELETE FROM ledger_seal",
            "UPDATE communities_residentevent SET full_name = 'x'",
            "CREATE TABLE mine (id int)",
            "SELECT ledger_digest(e) FROM ledger_journalentry AS e",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(refused)
        assert app.execute("SELECT count(*) FROM pg_tables WHERE tableowner = current_user").fetchone() == (0,)
        app.execute("UPDATE communities_resident SET building = building")
        assert app.execute("SELECT ledger_pause_spending(id, NULL) FROM ledger_book").fetchone() is not None


def test_nothing_is_sent_again(restored: Restored, elsewhere: Elsewhere, test_kinds: None) -> None:
    with pointed_at(elsewhere.name):
        states = dict(OutboxMessage.objects.filter(kind="test").values_list("subject", "state"))
        assert states == {"yesterday": OutboxState.NOT_RESENT, "next week": OutboxState.PENDING}
        assert Restore.objects.get().held_back == OutboxMessage.objects.filter(state="not_resent").count() > 0
        assert run_due(now=clock.now()) == {}
        assert deliver_due(now=clock.now()) == 0
        assert not InboxMessage.objects.exists()
        assert Heartbeat.objects.filter(name="sweep").exists()
        assert not Session.objects.exists()


def test_everything_is_read_and_nothing_written_until_a_manager_opens(
    restored: Restored, elsewhere: Elsewhere, past: Redemption, lin: Actor, zhou: Actor, wang: Actor,
    client_for: Callable[[Actor], Client],
) -> None:  # fmt: skip
    with pointed_at(elsewhere.name):
        resident, worker, manager = client_for(lin), client_for(zhou), client_for(wang)
        home = resident.get(reverse("home:home", args=["jinshan"]), headers={"accept-language": "en"})
        assert b"The books are being compared" in home.content
        for client, page in ((resident, "rewards:cancel"), (worker, "rewards:hand_over")):
            args = ["jinshan", past.pk] if page == "rewards:cancel" else ["jinshan"]
            refused = client.post(reverse(page, args=args), headers={"accept-language": "en"})
            assert refused.status_code == 503
            assert "0898 6655 1234" in refused.content.decode()
            assert refused["Retry-After"]
        assert resident.post(reverse("accounts:language"), {"language": "en"}).status_code == 302
        url = reverse("reports:restore", args=["jinshan"])
        shown = manager.get(url)
        assert [one.code for one in shown.context["page"]] == [past.code]
        assert shown.context["entries"][0].reference.startswith("opening:")
        assert worker.post(url).status_code == 403
        assert Restore.objects.filter(opened_at=None).exists()
        assert manager.post(url).status_code == 302
        assert Restore.objects.get().opened_by == wang.user
        assert worker.post(reverse("rewards:hand_over", args=["jinshan"])).status_code != 503
        assert b"being compared" not in resident.get(reverse("home:home", args=["jinshan"])).content


def test_the_command_lists_and_opens(
    restored: Restored, elsewhere: Elsewhere, past: Redemption, wang: Actor, capsys: pytest.CaptureFixture[str]
) -> None:
    with pointed_at(elsewhere.name):
        call_command("open_after_restore")
        listed = capsys.readouterr().out
        assert past.code in listed
        assert "opening_balance" in listed
        newest = JournalEntry.objects.order_by("-pk").select_related("book")[0]
        here = newest.posted_at.astimezone(ZoneInfo(newest.book.time_zone))
        assert f"{here:%Y-%m-%d %H:%M} CST" in listed
        assert "UTC" not in listed
        assert past.resident.full_name not in listed
        assert "closed-after-restore" in {problem.code for problem in problems(now=clock.now())}
        with pytest.raises(CommandError, match="no manager"):
            call_command("open_after_restore", "--manager", "nobody@example.org")
        call_command("open_after_restore", "--manager", str(wang.user.phone))
        assert "open again" in capsys.readouterr().out
        with pytest.raises(CommandError, match="no restore waits"):
            call_command("open_after_restore")


def test_data_makes_way_only_where_its_name_is_typed(restored: Restored, elsewhere: Elsewhere, backup: Path) -> None:
    with elsewhere.connect() as db:
        db.execute("CREATE TABLE only_here (id int)")
    refused = elsewhere.manage("restore", str(backup))
    assert refused.returncode == 1
    assert f"--replace {elsewhere.name}" in refused.stderr
    with elsewhere.connect():
        used = elsewhere.manage("restore", str(backup), "--replace", elsewhere.name)
    assert "in use by 1 sessions" in used.stderr
    assert databases_like(elsewhere.name) == [elsewhere.name]

    done = elsewhere.manage("restore", str(backup), "--replace", elsewhere.name)
    assert done.returncode == 0, done.stderr
    kept = next(name for name in databases_like(elsewhere.name) if "_before_" in name)
    assert kept in done.stdout
    with elsewhere.connect() as db:
        assert db.execute("SELECT to_regclass('only_here')").fetchone() == (None,)
    with Elsewhere(kept).connect() as db:
        assert db.execute("SELECT to_regclass('only_here')").fetchone() == ("only_here",)


@pytest.mark.parametrize("spoil", ["cut", "altered", "other figures", "newer"])
def test_a_spoilt_backup_changes_nothing(spoil: str, backup: Path, elsewhere: Elsewhere, now: datetime) -> None:
    said = manifest.verified(backup)
    if spoil in ("cut", "altered"):
        whole = backup.read_bytes()
        backup.write_bytes(whole[: len(whole) // 2] + (b"\0" * (len(whole) // 2) if spoil == "altered" else b""))
    elif spoil == "other figures":
        wrong = replace(said.facts, last_entry=said.facts.last_entry + 1)
        manifest.write(backup, replace(said, facts=wrong))
    else:
        newer = replace(said.facts, migrations=[*said.facts.migrations, "ledger.9999_of_the_future"])
        manifest.write(backup, replace(said, facts=newer))
    with pytest.raises(BackupRefused):
        put_back_elsewhere(backup, elsewhere, now)
    assert databases_like(elsewhere.name) == []


def test_a_fault_in_the_books_is_told_and_pauses_spending(
    past: Redemption, elsewhere: Elsewhere, tmp_path: Path, now: datetime
) -> None:
    with connections["owner"].cursor() as cursor:  # past the functions, as only the owner could
        cursor.execute("UPDATE ledger_account SET balance = balance + 7 WHERE id = %s", [past.wallet_id])
    call_command("backup", str(tmp_path / "night.dump"))
    done = put_back_elsewhere(tmp_path / "night.dump", elsewhere, now)
    assert [one.number for one in done.results if not one.holds] == [one["number"] for one in done.restore.findings]
    assert done.restore.findings
    with elsewhere.connect() as db:
        assert db.execute("SELECT count(*) FROM ledger_book WHERE spending_paused_at IS NOT NULL").fetchone() == (1,)
        assert db.execute("SELECT jsonb_array_length(findings) > 0 FROM notifications_restore").fetchone() == (True,)
