"""The day's turn: each book's new lines are sealed, and a checkpoint is set. Statements print the seal."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import OuterRef, Subquery

from core.clock import local_date
from ledger.models import Book, Checkpoint, JournalEntry, Seal
from ledger.services import seals

CHECKPOINT_EVERY = timedelta(days=1)


def seal_due(now: datetime) -> int:
    """Seal every book that has new lines and no seal of its present day, and set a checkpoint a day; answers how many.

    Call it outside a transaction: sealing waits for the postings under way.
    """
    done = sum(len(seals.seal_book(book_id=book.pk, now=now)) for book in _books() if _is_due(book, now))
    newest = Checkpoint.objects.order_by("-last_id").values_list("made_at", flat=True).first()
    if done and (newest is None or newest <= now - CHECKPOINT_EVERY):
        seals.checkpoint(now=now)
    return done


def _books() -> list[Book]:
    last = Seal.objects.filter(book=OuterRef("pk")).order_by("-number")
    return list(
        Book.objects.annotate(
            sealed_day=Subquery(last.values("day")[:1]), sealed_through=Subquery(last.values("last_id")[:1])
        )
    )


def _is_due(book: Book, now: datetime) -> bool:
    """Whether the book's day has turned since its last seal (or its opening) and something was posted."""
    day = getattr(book, "sealed_day", None) or local_date(book.opened_at, book.time_zone)
    if day >= local_date(now, book.time_zone):
        return False
    return JournalEntry.objects.filter(book=book, pk__gt=getattr(book, "sealed_through", None) or 0).exists()
