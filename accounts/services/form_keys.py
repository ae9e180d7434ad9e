"""One-time keys: whatever a form does, it does once, however often it is sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from accounts.models import FormKey
from core.forgetting import delete_some
from core.forms import MAX_KEY, new_key
from core.transactions import atomic_with_retry

__all__ = ["answered", "forget_old", "new_key", "once"]

KEPT = timedelta(days=30)  # a page left open longer than this is asked to be sent again


@atomic_with_retry
def once(*, key: str, user_id: int, purpose: str, run: Callable[[], str]) -> str:
    """Run ``run`` for the first sending and answer its text, such as where it leads; a replay answers the same.

    The key's row is written first: a second sending waits for the first to commit, and starts anew if it failed.
    """
    own = key[:MAX_KEY]
    FormKey.objects.bulk_create([FormKey(user_id=user_id, key=own, purpose=purpose)], ignore_conflicts=True)
    row = FormKey.objects.select_for_update().get(user_id=user_id, key=own)
    if row.result is None:
        row.result = run()
        row.save(update_fields=["result"])
    return row.result


def answered(*, key: str, user_id: int) -> str | None:
    """What the first sending answered, None before it has. For a form whose choices its own first sending uses up."""
    return FormKey.objects.filter(user_id=user_id, key=key[:MAX_KEY]).values_list("result", flat=True).first()


def forget_old(now: datetime, most: int) -> int:
    """Delete at most so many keys too old to be replayed; how many."""
    return delete_some(FormKey.objects.filter(created_at__lt=now - KEPT), most)
