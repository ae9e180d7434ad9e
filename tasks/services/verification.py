"""Staff decide on hours: approve one or many, return with a question, refuse with a reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from communities.actors import Actor
from core.clock import local_date
from core.errors import DomainError
from core.transactions import atomic_with_retry
from tasks.choices.hours import HourState, HourStep
from tasks.errors_hours import AlreadyDecided, LookAtItAlone, NeedsTwo, ReasonMissing
from tasks.models import HourEvent, HourRecord
from tasks.policies.hours import bar_to_verify
from tasks.selectors.hours import kin_of
from tasks.services import crediting, hour_notices
from tasks.services.crediting import Refusal

MANY_AT_MOST = 200  # one page of the queue, several times over


@dataclass(frozen=True, slots=True)
class VerifyResult:
    """What became of a bulk approval, row by row."""

    verified: list[UUID] = field(default_factory=list)
    refused: list[tuple[UUID, str]] = field(default_factory=list)
    coins: int = 0
    minutes: int = 0


@atomic_with_retry
def verify(*, actor: Actor, record_id: UUID, now: datetime) -> HourRecord:
    """Approve one record; its coins arrive at once.

    Above the community's limit the first approval is noted and the record waits, still submitted, for a second person.
    NotAllowed subclasses: own hours, household, entered or refused by the actor. AlreadyDecided: somebody was first.
    """
    [record] = _locked(actor, [record_id], now)
    credits, refused = crediting.price([record], actor=actor)
    for _record, reason in refused:
        if isinstance(reason, NeedsTwo):
            return _approve_first(record, actor=actor, now=now)
        raise reason
    crediting.book(credits, actor=actor, now=now)
    hour_notices.credited(credits, actor=actor, now=now)
    record.refresh_from_db()
    return record


@atomic_with_retry
def verify_many(*, actor: Actor, record_ids: Iterable[UUID], now: datetime) -> VerifyResult:
    """Approve clean records together. Each row that cannot be is named with its reason; the others are credited."""
    records = crediting.lock(actor, list(dict.fromkeys(record_ids))[:MANY_AT_MOST])
    allowed, refused = _sorted_out(actor, records, now)
    credits, unpriced = crediting.price(allowed, actor=actor)
    refused += unpriced
    try:
        with transaction.atomic():
            crediting.book(credits, actor=actor, now=now)
    except DomainError:
        credits, unbooked = _one_by_one(credits, actor=actor, now=now)
        refused += unbooked
    hour_notices.credited(credits, actor=actor, now=now)
    return VerifyResult(
        verified=[credit.record.pk for credit in credits],
        refused=[(record.pk, str(reason)) for record, reason in refused],
        coins=sum(credit.earned.coins for credit in credits),
        minutes=sum(credit.record.minutes for credit in credits),
    )


@atomic_with_retry
def verify_bulk(*, actor: Actor, record_ids: Iterable[UUID], now: datetime, announce: bool = False) -> int:
    """Approve any number of records or none, set-based: for imports and demonstrations. Answers the coins credited.

    The rules are those of ``verify``, flags apart: the first record that may not be credited stops the whole.
    """
    credits, refused = crediting.price(_locked(actor, record_ids, now), actor=actor)
    for _record, reason in refused:
        raise reason
    crediting.book(credits, actor=actor, now=now)
    if announce:
        hour_notices.credited(credits, actor=actor, now=now)
    return sum(credit.earned.coins for credit in credits)


@atomic_with_retry
def return_record(*, actor: Actor, record_id: UUID, reason: str, now: datetime) -> HourRecord:
    """Send a record back with a question; the resident fixes it and sends it again."""
    return _decide(actor, record_id, HourState.RETURNED, HourStep.RETURNED, reason, now)


@atomic_with_retry
def refuse_record(*, actor: Actor, record_id: UUID, reason: str, now: datetime) -> HourRecord:
    """Refuse a record; the resident may appeal once, to another person."""
    return _decide(actor, record_id, HourState.REFUSED, HourStep.REFUSED, reason, now)


def _decide(actor: Actor, record_id: UUID, state: HourState, step: HourStep, reason: str, now: datetime) -> HourRecord:
    if not reason.strip():
        raise ReasonMissing
    [record] = _locked(actor, [record_id], now)
    record.state, record.reason = state, reason.strip()
    record.decided_by_id, record.decided_at = actor.user_id, now
    record.first_approved_by_id = record.first_approved_at = None
    record.save(update_fields=["state", "reason", "decided_by", "decided_at", "first_approved_by", "first_approved_at"])
    HourEvent.objects.create(record=record, step=step, by=actor.user, at=now, reason=record.reason)
    hour_notices.decided(record, actor=actor, now=now)
    return record


def _locked(actor: Actor, record_ids: Iterable[UUID], now: datetime) -> list[HourRecord]:
    """These records, all of them open to the actor's decision; raises the first reason why one is not."""
    wanted = set(record_ids)
    records = crediting.lock(actor, wanted)
    if len(records) != len(wanted):
        raise HourRecord.DoesNotExist
    allowed, refused = _sorted_out(actor, records, now, together=False)
    for _record, reason in refused:
        raise reason
    return allowed


def _sorted_out(
    actor: Actor, records: Sequence[HourRecord], now: datetime, *, together: bool = True
) -> tuple[list[HourRecord], list[Refusal]]:
    kin = kin_of(actor, records, local_date(now, actor.community.time_zone))
    allowed: list[HourRecord] = []
    refused: list[Refusal] = []
    for record in records:
        reason = _why_not(actor, record, kin=record.pk in kin, together=together)
        if reason is None:
            allowed.append(record)
        else:
            refused.append((record, reason))
    return allowed, refused


def _why_not(actor: Actor, record: HourRecord, *, kin: bool, together: bool) -> DomainError | None:
    if bar := bar_to_verify(actor, record, kin=kin):
        return bar()
    if record.state != HourState.SUBMITTED:
        return AlreadyDecided()
    return LookAtItAlone() if together and not record.is_clean else None


def _approve_first(record: HourRecord, *, actor: Actor, now: datetime) -> HourRecord:
    record.first_approved_by_id, record.first_approved_at = actor.user_id, now
    record.save(update_fields=["first_approved_by", "first_approved_at"])
    HourEvent.objects.create(record=record, step=HourStep.APPROVED_FIRST, by=actor.user, at=now)
    return record


def _one_by_one(
    credits: Sequence[crediting.Credit], *, actor: Actor, now: datetime
) -> tuple[list[crediting.Credit], list[Refusal]]:
    """After a batch was refused as a whole: the same credits, each on its own."""
    booked: list[crediting.Credit] = []
    refused: list[Refusal] = []
    for credit in credits:
        try:
            with transaction.atomic():
                crediting.book([credit], actor=actor, now=now)
            booked.append(credit)
        except DomainError as reason:
            refused.append((credit.record, reason))
    return booked, refused
