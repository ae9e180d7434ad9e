"""check_health: what is late, not wrong."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from core import clock
from notifications.health import problems
from notifications.models import OutboxMessage
from notifications.services import heartbeat
from tests.factories.notifications import tell
from tests.factories.people import NOW, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_broker(settings: Any) -> None:
    settings.CELERY_BROKER_URL = "redis://localhost:1/0"


def all_alive() -> None:
    for name in (heartbeat.SWEEP, heartbeat.WORKER, heartbeat.BEAT):
        heartbeat.beat(name=name, now=NOW)


def codes() -> list[str]:
    return sorted(problem.code for problem in problems(now=NOW))


def test_all_is_well() -> None:
    all_alive()
    tell(make_user("林秀英"), due_at=NOW - timedelta(minutes=1))
    assert codes() == []


def test_silent_processes(settings: Any) -> None:
    assert codes() == ["beat-silent", "sweep-silent", "worker-silent"]
    all_alive()
    heartbeat.beat(name=heartbeat.WORKER, now=NOW - timedelta(minutes=4))
    assert codes() == ["worker-silent"]
    settings.CELERY_BROKER_URL = None
    assert codes() == []


def test_late_and_failed_messages() -> None:
    all_alive()
    lin = make_user("林秀英")
    tell(lin, due_at=NOW - timedelta(minutes=3))
    tell(lin, subject="2", due_at=NOW - timedelta(minutes=3))
    OutboxMessage.objects.filter(subject="2").update(state="failed")
    assert codes() == ["outbox-failed", "outbox-late"]


def test_work_that_fails() -> None:
    all_alive()
    heartbeat.beat(name=heartbeat.SWEEP, now=NOW, trouble="statements")
    assert [problem.detail for problem in problems(now=NOW)] == ["sweep could not do: statements"]


def test_backups_where_configured(settings: Any, tmp_path: Path) -> None:
    all_alive()
    settings.BACKUP_DIR = tmp_path
    assert codes() == ["backup-missing"]
    (tmp_path / "timebank.dump").touch()
    assert codes() == ["backup-missing"]  # not finished
    file = tmp_path / "timebank.dump.manifest.json"
    file.touch()
    os.utime(file, (NOW.timestamp() - 3600,) * 2)
    assert codes() == []
    os.utime(file, (NOW.timestamp() - 27 * 3600,) * 2)
    assert codes() == ["backup-old"]


def test_the_command_ends_with_1_when_anything_is_late() -> None:
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("check_health", "--json", stdout=out)
    assert ended.value.code == 1
    assert json.loads(out.getvalue())["problems"][0]["code"] == "sweep-silent"
    for name in (heartbeat.SWEEP, heartbeat.WORKER, heartbeat.BEAT):
        heartbeat.beat(name=name, now=clock.now())
    out = StringIO()
    call_command("check_health", stdout=out)
    assert out.getvalue() == "All is well.\n"
