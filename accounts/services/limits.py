"""How often something may be tried: counted in PostgreSQL, one upsert a try, so that no race lets one more through."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import F

from accounts.models import GuessCount
from core.forgetting import delete_some

UPSERT = """
INSERT INTO accounts_guesscount AS kept (key, window_started_at, count) VALUES (%(key)s, %(now)s, 1)
ON CONFLICT (key) DO UPDATE SET
  count = CASE WHEN kept.window_started_at <= %(since)s THEN 1 ELSE least(kept.count + 1, 1000000) END,
  window_started_at = CASE WHEN kept.window_started_at <= %(since)s THEN %(now)s ELSE kept.window_started_at END
RETURNING count
"""
KEPT = timedelta(days=2)  # longer than any window


def digest(value: str) -> str:
    """A name for a phone number, address or IP in a key, from which nobody reads it back."""
    return hmac.new(settings.SECRET_KEY.encode(), value.encode(), hashlib.sha256).hexdigest()[:32]


def hit(*, key: str, limit: int, window: timedelta, now: datetime) -> bool:
    """Count one try; True while it is within the limit. Call it outside a transaction that may roll back."""
    with connection.cursor() as cursor:
        cursor.execute(UPSERT, {"key": key, "now": now, "since": now - window})
        return int(cursor.fetchone()[0]) <= limit


def blocked(*, key: str, limit: int, window: timedelta, now: datetime) -> bool:
    """Whether the next try would be over the limit. Counts nothing."""
    return GuessCount.objects.filter(key=key, window_started_at__gt=now - window, count__gte=limit).exists()


def give_back(*, key: str) -> None:
    """Take one try back, since it was no wrong one."""
    GuessCount.objects.filter(key=key, count__gt=0).update(count=F("count") - 1)


def forget(*, key: str) -> None:
    """Start anew, after a success."""
    GuessCount.objects.filter(key=key).delete()


def forget_old(now: datetime, most: int) -> int:
    """Delete at most so many counts whose windows are long over; how many."""
    return delete_some(GuessCount.objects.filter(window_started_at__lt=now - KEPT), most)
