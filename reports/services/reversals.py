"""A reversal begun or decided in the admin: the app that the reference came from does it, with its own rules."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from communities.actors import Actor
from ledger.models import ReversalRequest
from reports.errors import NoWayBack
from rewards.services import reversing as redemptions
from tasks.services import reversing as service


def ask(*, actor: Actor, reference: str, reason: str, now: datetime) -> None:
    """Ask that the source of a reference be reversed. Raises NoWayBack and the source's own refusals."""
    prefix, source = _source(reference)
    if prefix == "hour-record":
        service.ask_reversal(actor=actor, record_id=source, reason=reason, now=now)
    else:
        redemptions.ask_reversal(actor=actor, redemption_id=source, reason=reason, now=now)


def confirm(*, actor: Actor, request: ReversalRequest, now: datetime) -> None:
    """Confirm as the second person."""
    prefix, source = _source(request.reference)
    if prefix == "hour-record":
        service.reverse_record(actor=actor, record_id=source, now=now)
    else:
        redemptions.confirm_reversal(actor=actor, redemption_id=source, now=now)


def decline(*, actor: Actor, request: ReversalRequest, now: datetime) -> None:
    """Let the entry stand."""
    prefix, source = _source(request.reference)
    if prefix == "hour-record":
        service.decline_reversal(actor=actor, record_id=source, now=now)
    else:
        redemptions.decline_reversal(actor=actor, redemption_id=source, now=now)


def can_reverse(reference: str) -> bool:
    """Whether a reference has a source that knows how to be reversed."""
    try:
        _source(reference)
    except NoWayBack:
        return False
    return True


def _source(reference: str) -> tuple[str, UUID]:
    prefix, _colon, rest = reference.partition(":")
    key, _colon, step = rest.partition(":")
    if (prefix, step) not in {("hour-record", "verify"), ("redemption", "collect")}:
        raise NoWayBack
    try:
        return prefix, UUID(key)
    except ValueError:
        raise NoWayBack from None
