"""A backup is one snapshot in a file that is whole or not there; what is unfinished or altered is refused."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from unittest import mock

import pytest
from django.core.management import CommandError, call_command

from ledger.models import JournalEntry
from notifications.health import FINISHED
from rewards.models import Redemption
from timebank.backups import dump, manifest, programs
from timebank.backups.errors import BackupRefused

pytestmark = pytest.mark.django_db(transaction=True)


def test_says_what_it_holds(past: Redemption, tmp_path: Path) -> None:
    file = tmp_path / "now.dump"
    call_command("backup", str(file), stdout=mock.Mock())
    said = json.loads((tmp_path / "now.dump.manifest.json").read_text())
    assert said["facts"]["counts"]["ledger_journalentry"] == JournalEntry.objects.count() > 0
    assert said["facts"]["newest_seals"][0].startswith(f"{past.community.book_id}/1 ")
    assert said["size"] == file.stat().st_size
    assert file.stat().st_mode & 0o077 == 0  # nobody else reads it
    assert [path.name for path in tmp_path.glob(FINISHED)] == ["now.dump.manifest.json"]
    assert manifest.verified(file).sha256 == said["sha256"]


def test_never_writes_over_another(backup: Path, now: datetime) -> None:
    before = backup.read_bytes()
    with pytest.raises(BackupRefused, match="never written over"):
        dump.take(backup, now=now)
    assert backup.read_bytes() == before


def test_one_that_fails_leaves_no_file(past: Redemption, tmp_path: Path, now: datetime) -> None:
    def cut(program: str, *options: str, out: object, **more: object) -> None:
        out.write(b"PGDMP half")  # type: ignore[attr-defined]
        raise BackupRefused("the disk is full")

    with mock.patch.object(programs, "run", cut), pytest.raises(BackupRefused, match="disk is full"):
        dump.take(tmp_path / "night.dump", now=now)
    assert list(tmp_path.iterdir()) == []


def test_without_the_owner_there_is_none(settings: object, tmp_path: Path) -> None:
    databases = {"default": settings.DATABASES["default"]}  # type: ignore[attr-defined]
    with (
        mock.patch.object(programs.settings, "DATABASES", databases),
        pytest.raises(CommandError, match="OWNER_DATABASE_URL"),
    ):
        call_command("backup", str(tmp_path / "night.dump"))


def test_a_cut_altered_or_unfinished_file_is_refused(backup: Path) -> None:
    whole = backup.read_bytes()
    backup.write_bytes(whole[:-1])
    with pytest.raises(BackupRefused, match="another length"):
        manifest.verified(backup)
    backup.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(BackupRefused, match="altered"):
        manifest.verified(backup)
    backup.write_bytes(whole)
    manifest.beside(backup).write_text("{}")
    with pytest.raises(BackupRefused, match="cannot be read"):
        manifest.verified(backup)
    manifest.beside(backup).unlink()
    with pytest.raises(BackupRefused, match="never finished"):
        manifest.verified(backup)
