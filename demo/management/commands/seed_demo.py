"""``seed_demo``: fill an empty database with five invented communities."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core.clock import now
from demo.services.seeding import AlreadySeeded, Login, seed_small
from demo.services.town import seed_sized


class Command(BaseCommand):
    """Seed the demonstration and print its logins."""

    help = "Fill an empty database with five communities, invented people and months of service; print the logins."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--size", choices=("small", "town", "district"), default="small")
        parser.add_argument("--only", nargs="*", default=(), help="short names of communities (small alone)")
        parser.add_argument("--json", action="store_true", help="print the logins as JSON")

    def handle(self, *args: Any, size: str, only: list[str], **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demonstration is switched off here (settings.DEMO).")
        try:
            logins = seed_small(now=now(), only=only) if size == "small" else seed_sized(size, now=now())
        except AlreadySeeded as refusal:
            raise CommandError(str(refusal)) from None
        text = table(logins)
        Path(settings.DATA_DIR).mkdir(parents=True, exist_ok=True)
        (Path(settings.DATA_DIR) / "demo-logins.txt").write_text(text, encoding="utf-8")
        self.stdout.write(
            json.dumps([one.as_dict() for one in logins], ensure_ascii=False) if options["json"] else text
        )


def table(logins: list[Login]) -> str:
    """The logins as lines for a terminal."""
    lines = ["Sign in with the phone number; the code appears on the page of the demonstration and in the SMS folder."]
    lines += [f"  {one.community:<14} {one.role:<22} {one.name:<8} {one.phone}  {one.email}".rstrip() for one in logins]
    return "\n".join(lines) + "\n"
