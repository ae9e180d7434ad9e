"""A short list of opening balances on a page: looked through first, kept for an hour, brought over when confirmed."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.core.cache import cache
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from communities.actors import Actor
from communities.opening_rows import Opening, Problem
from communities.services.opening import Outcome, begin_run, bring_over, check_two, note_run
from core.errors import DomainError
from core.transactions import atomic_with_retry

MOST_ROWS = 2_000  # brought over within a request; longer lists are the operator's command
KEPT_S = 3600


class ListTooLong(DomainError):
    """More rows than a page waits for."""

    code = "list_too_long"
    field = "file"
    message = format_lazy(
        _("Here a list has at most {rows} rows. Cut it into several, or let the operator bring it over."),
        rows=f"{MOST_ROWS:,}",
    )


class ListGone(DomainError):
    """Confirmed after an hour, or by somebody else."""

    code = "list_gone"
    message = _("This list was looked through too long ago. Please send the file again.")


@dataclass(frozen=True, slots=True)
class Checked:
    """What would happen, and the key under which the list waits."""

    token: str
    outcome: Outcome


def check_list(
    *, actor: Actor, rows: Iterable[Opening | Problem], file_name: str, file_hash: str, now: datetime
) -> Checked:
    """Look a list through; nothing is posted.

    Raises NotAllowed, ListTooLong, NeedsSecondManager, and what reading the file may.
    """
    listed = list(islice(rows, MOST_ROWS + 1))
    if len(listed) > MOST_ROWS:
        raise ListTooLong
    outcome = _all(actor, listed, now, dry_run=True)
    check_two(actor=actor, second=None, coins=outcome.coins)
    token = secrets.token_urlsafe(18)
    good = [(one.row, one.member_number, one.name, one.coins) for one in listed if isinstance(one, Opening)]
    kept = {"rows": good, "unread": len(listed) - len(good), "file_name": file_name, "file_hash": file_hash}
    cache.set(_key(actor, token), kept, KEPT_S)
    return Checked(token, outcome)


@atomic_with_retry
def confirm_list(*, actor: Actor, token: str, now: datetime) -> Outcome:
    """Bring the list over that was looked through. Sent again, every row is there already. Raises ListGone and
    NeedsSecondManager."""
    kept: dict[str, Any] | None = cache.get(_key(actor, token))
    if kept is None:
        raise ListGone
    rows = [Opening(*row) for row in kept["rows"]]
    User.objects.select_for_update().get(pk=actor.user_id)  # two lists at once add up too
    check_two(actor=actor, second=None, coins=_all(actor, rows, now, dry_run=True).coins)
    run = begin_run(actor=actor, file_name=kept["file_name"], file_hash=kept["file_hash"], now=now)
    total = _all(actor, rows, now, dry_run=False)
    total.rows += kept["unread"]
    total.refused += kept["unread"]
    note_run(run=run, total=total, finished_at=now)
    return total


def _all(actor: Actor, rows: list[Any], now: datetime, *, dry_run: bool) -> Outcome:
    total = Outcome()
    for chunk in bring_over(actor=actor, rows=rows, now=now, dry_run=dry_run):
        total.add(chunk)
        total.problems += chunk.problems
    return total


def _key(actor: Actor, token: str) -> str:
    return f"opening-list:{actor.community.pk}:{actor.user_id}:{token}"
