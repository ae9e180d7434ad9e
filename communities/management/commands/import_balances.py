"""``manage.py import_balances``: opening balances from a spreadsheet, each row once, however often it is run."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from audit.services import acting
from communities.access import actor_in
from communities.actors import Actor
from communities.commands import community_named, manager_named
from communities.models import Community
from communities.opening_rows import Problem, read_openings
from communities.services import opening
from communities.services.opening import Outcome
from core import clock, tables
from core.errors import DomainError
from core.export import BOM, safe_cell
from core.files import whole_file

HEADING = ("row", "member number", "name", "coins", "refused", "why")
TOLD_EVERY = 5_000  # rows


class Command(BaseCommand):
    """Debit opening, credit the wallet of each member; what is refused stands in FILE.errors.csv, by row."""

    help = "Bring opening balances over from CSV (UTF-8, GBK) or XLSX with the columns 会员号, 姓名, 时间币."

    def add_arguments(self, parser: CommandParser) -> None:
        """Who answers for it is named."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--community", required=True, metavar="SLUG")
        parser.add_argument(
            "--manager", required=True, metavar="LOGIN", help="the phone or email of who answers for it"
        )
        parser.add_argument(
            "--second-manager", metavar="LOGIN", help="a colleague who answers too; above the two-person limit a must"
        )
        parser.add_argument("--dry-run", action="store_true", help="write nothing, say what would happen")
        parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES], help="of the messages")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit code 1 where a row was refused."""
        community = community_named(options["community"])
        actor = _manager(options["manager"], community)
        second = _manager(options["second_manager"], community) if options["second_manager"] else None
        if not options["file"].is_file():
            raise CommandError(f"There is no file {options['file']}.")
        with translation.override(options["language"] or actor.user.language or settings.LANGUAGE_CODE):
            try:
                total = self._bring(actor, second, options["file"], dry_run=options["dry_run"])
            except DomainError as error:
                raise CommandError(str(error)) from error
        if total.refused:
            raise SystemExit(1)

    def _bring(self, actor: Actor, second: Actor | None, file: Path, *, dry_run: bool) -> Outcome:
        chunks = _chunks(actor, second, file, dry_run=dry_run)
        total = Outcome()
        if not dry_run:
            opening.check_two(actor=actor, second=second, coins=0 if second else _coins(actor, file))
            chunks = self._noted(actor, second, file, chunks, total)
        write_problems(errors_file(file), self._counted(chunks, total))
        would = "would be " if dry_run else ""
        self.stdout.write(f"{total.rows} rows: {total.posted} {would}brought over, {total.coins} coins in all.")
        self.stdout.write(
            f"{total.known} were brought over before, {total.empty} have no coins, {total.refused} refused."
        )
        if errors_file(file).exists():
            self.stdout.write(f"What to look at, row by row: {errors_file(file)}")
        return total

    def _noted(
        self, actor: Actor, second: Actor | None, file: Path, chunks: Iterator[Outcome], total: Outcome
    ) -> Iterator[Outcome]:
        """Keep a record of who brought what over, up to date after each chunk."""
        hashed = hashlib.sha256(file.read_bytes()).hexdigest()
        with acting(actor_id=actor.user_id, reason="manage.py import_balances"):
            run = opening.begin_run(actor=actor, second=second, file_name=file.name, file_hash=hashed, now=clock.now())
            for chunk in chunks:
                yield chunk
                opening.note_run(run=run, total=total)
            opening.note_run(run=run, total=total, finished_at=clock.now())

    def _counted(self, chunks: Iterator[Outcome], total: Outcome) -> Iterator[Problem]:
        for chunk in chunks:
            before = total.rows // TOLD_EVERY
            total.add(chunk)
            if total.rows // TOLD_EVERY > before:
                self.stdout.write(f"{total.rows} rows read, {total.posted} good, {total.refused} refused")
                self.stdout.flush()
            yield from chunk.problems


def _manager(login: str, community: Community) -> Actor:
    actor = actor_in(user=manager_named(login, community), community=community)
    assert actor is not None
    return actor


def _chunks(actor: Actor, second: Actor | None, file: Path, *, dry_run: bool) -> Iterator[Outcome]:
    names = (actor.community.settings.coin_zh, actor.community.settings.coin_en)
    rows = read_openings(tables.read(file), coin_names=[*names, actor.community.settings.coin_en_plural])
    return opening.bring_over(actor=actor, second=second, rows=rows, now=clock.now(), dry_run=dry_run)


def _coins(actor: Actor, file: Path) -> int:
    """What the list would bring, before a coin is posted."""
    return sum(one.coins for one in _chunks(actor, None, file, dry_run=True))


def errors_file(file: Path) -> Path:
    """Beside the list."""
    return file.with_name(f"{file.name}.errors.csv")


def write_problems(path: Path, problems: Iterable[Problem]) -> None:
    """All of them as a table; no file where there are none."""
    count = 0
    with whole_file(path) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
        text.write(BOM)
        table = csv.writer(text)
        table.writerow(HEADING)
        for one in problems:
            count += 1
            said = (one.row, *one.cells, "" if one.is_warning else "x", str(one.error))
            table.writerow([safe_cell(value) for value in said])
        text.detach()
    if not count:
        path.unlink()
