"""``verify_seals``: recompute the hash chain of every book; exit 1 when a line or a seal no longer fits."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from ledger.models import Book
from ledger.services import seals


class Command(BaseCommand):
    """Verify the seals."""

    help = "Verify the daily seals of every book. Exit code 1 names what was altered."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = 0
        for book in Book.objects.order_by("pk"):
            found = seals.verify(book_id=book.pk)
            newest = seals.newest(book_id=book.pk)
            state = f"sealed through {newest.day}, {newest.code}" if newest else "not sealed yet"
            self.stdout.write(f"{book.name_zh}: {'BROKEN' if found else 'ok'} ({state})")
            for one in found:
                self.stdout.write(f"  seal {one.number}: {one.said}")
            broken += len(found)
        if broken:
            raise SystemExit(1)
