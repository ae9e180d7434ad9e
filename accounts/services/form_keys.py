"""One-time keys: whatever a form does, it does once, however often it is sent."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from accounts.models import FormKey
from core.transactions import atomic_with_retry

MAX_KEY = 40


def new_key() -> str:
    """A fresh key for a hidden field: 144 bits."""
    return secrets.token_urlsafe(18)


@atomic_with_retry
def once(*, key: str, user_id: int, purpose: str, run: Callable[[], str]) -> str:
    """Run ``run`` for the first sending and answer its text, such as the address it leads to; a replay answers the same.

    The key's row is written first: a second sending waits for the first to commit, and starts anew if that one failed.
    """
    FormKey.objects.bulk_create([FormKey(user_id=user_id, key=key[:MAX_KEY], purpose=purpose)], ignore_conflicts=True)
    row = FormKey.objects.select_for_update().get(user_id=user_id, key=key[:MAX_KEY])
    if row.result is None:
        row.result = run()
        row.save(update_fields=["result"])
    return row.result
