"""Reversals: one person asks, a second confirms, and the whole reference is mirrored. Who may is decided above."""

from datetime import datetime

from ledger import calls
from ledger.models import ReversalRequest

ASK = "SELECT ledger_ask_reversal(%s, %s, %s, %s, %s::bigint, %s)"
CONFIRM = "SELECT ledger_confirm_reversal(%s, %s::bigint, %s)"
DECLINE = "SELECT ledger_decline_reversal(%s, %s::bigint, %s)"


def ask(
    *, book_id: int, reference: str, reason: str, actor_id: int, now: datetime, reversal_reference: str = ""
) -> ReversalRequest:
    """Ask that all lines of ``reference`` be reversed; the same person asking again gets the same request.

    ``reversal_reference``: under which the mirror is booked, by default ``reversed_name(reference)``. Raises
    ``NotReversible``, and ``Malformed`` without a reason (at most 500 letters).
    """
    name = reversal_reference or reversed_name(reference)
    return ReversalRequest.objects.get(pk=calls.one(ASK, (book_id, reference, name, reason, actor_id, now)))


def confirm(*, request_id: int, actor_id: int, now: datetime) -> list[int]:
    """Book the mirror and answer its entries' ids; confirmed before, the same ids. Raises ``SecondPersonNeeded``."""
    return list(calls.one(CONFIRM, (request_id, actor_id, now)))


def decline(*, request_id: int, actor_id: int, now: datetime) -> None:
    """Turn the request down; the reference may be asked for anew. Raises ``SecondPersonNeeded``."""
    calls.one(DECLINE, (request_id, actor_id, now))


def reversed_name(reference: str) -> str:
    """The mirror's reference: ``hour-record:7:verify`` and ``hour-record:7`` both give ``hour-record:7:reverse``."""
    source = reference.split(":")
    return ":".join([*source[:2], "reverse", *source[3:]])
