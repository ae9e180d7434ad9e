"""What a manager compares with the signed register after a restore: codes that are still honoured, the last entries."""

from __future__ import annotations

from django.db.models import QuerySet

from ledger.models import JournalEntry
from rewards.choices import RedemptionState
from rewards.models import Redemption

NEWEST = 50


def live_codes() -> QuerySet[Redemption]:
    """Goods that wait to be collected, the latest first: some may have been handed over after the backup."""
    ready = Redemption.objects.filter(state=RedemptionState.READY)
    return ready.select_related("resident", "reward", "community").order_by("-requested_at", "-pk")


def newest_entries() -> QuerySet[JournalEntry]:
    """The entries that were posted last: what stands in the register after them was lost."""
    return JournalEntry.objects.select_related("book", "debit", "credit").order_by("-pk")
