"""Credited hours taken back in the open: one of the staff asks, another manager confirms, the ledger mirrors."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from communities.actors import Actor
from core.clock import local_date
from core.transactions import atomic_with_retry
from ledger.choices import ReversalStatus
from ledger.models import ReversalRequest
from ledger.services import reversals
from tasks.choices.hours import HourState, HourStep
from tasks.errors_hours import NoReversalAsked, NotCertified, ReasonMissing, ReversalPending
from tasks.models import HourEvent, HourRecord
from tasks.policies.hours import Bar, bar_to_ask_reversal, bar_to_reverse
from tasks.selectors.hours import kin_of, pays_with
from tasks.services import crediting, hour_notices


@atomic_with_retry
def ask_reversal(*, actor: Actor, record_id: UUID, reason: str, now: datetime) -> HourRecord:
    """Ask that credited hours be reversed. NotCertified, ReversalPending, ReasonMissing, or why the actor may not."""
    if not reason.strip():
        raise ReasonMissing
    record = _locked(actor, record_id)
    _refuse_if(bar_to_ask_reversal(actor, record, **_kinship(actor, record, now)))
    if record.state != HourState.VERIFIED:
        raise NotCertified
    if record.reversal_asked_at is not None:
        raise ReversalPending
    record.reversal_asked_by_id, record.reversal_asked_at = actor.user_id, now
    record.reversal_reason = reason.strip()
    record.save(update_fields=["reversal_asked_by", "reversal_asked_at", "reversal_reason"])
    if record.coins_earned:
        reversals.ask(
            book_id=actor.community.book_id,
            reference=record.reference,
            reason=record.reversal_reason,
            actor_id=actor.user_id,
            now=now,
        )
    _tell_story(record, HourStep.REVERSAL_ASKED, actor, now, reason=record.reversal_reason)
    return record


@atomic_with_retry
def reverse_record(*, actor: Actor, record_id: UUID, now: datetime) -> HourRecord:
    """Confirm what another person asked for: the hours are no longer certified and the coins go back, line by line.

    NoReversalAsked when nobody asked or somebody was first; or why the actor may not.
    """
    record = _locked(actor, record_id)
    _refuse_if(bar_to_reverse(actor, record, **_kinship(actor, record, now)))
    if record.state != HourState.VERIFIED or record.reversal_asked_at is None:
        raise NoReversalAsked
    record.state, record.reversed_by_id, record.reversed_at = HourState.REVERSED, actor.user_id, now
    record.save(update_fields=["state", "reversed_by", "reversed_at"])
    if record.coins_earned:
        reversals.confirm(request_id=_request(record, actor).pk, actor_id=actor.user_id, now=now)
    hour_notices.reversed_(record, actor=actor, now=now)
    return record


@atomic_with_retry
def decline_reversal(*, actor: Actor, record_id: UUID, now: datetime) -> HourRecord:
    """Let the hours stand. Who may confirm may decline; it may be asked for anew."""
    record = _locked(actor, record_id)
    _refuse_if(bar_to_reverse(actor, record, **_kinship(actor, record, now)))
    if record.state != HourState.VERIFIED or record.reversal_asked_at is None:
        raise NoReversalAsked
    if record.coins_earned:
        reversals.decline(request_id=_request(record, actor).pk, actor_id=actor.user_id, now=now)
    reason, record.reversal_reason = record.reversal_reason, ""
    record.reversal_asked_by_id = record.reversal_asked_at = None
    record.save(update_fields=["reversal_asked_by", "reversal_asked_at", "reversal_reason"])
    _tell_story(record, HourStep.REVERSAL_DECLINED, actor, now, reason=reason)
    return record


def _locked(actor: Actor, record_id: UUID) -> HourRecord:
    """The record, locked after its resident, as verification does: the cap counts what is reversed as free again."""
    records = crediting.lock(actor, [record_id])
    if not records:
        raise HourRecord.DoesNotExist
    return records[0]


def _kinship(actor: Actor, record: HourRecord, now: datetime) -> dict[str, bool]:
    today = local_date(now, actor.community.time_zone)
    return {"kin": bool(kin_of(actor, [record], today)), "payer_kin": pays_with(actor, record, today)}


def _refuse_if(bar: Bar | None) -> None:
    if bar is not None:
        raise bar


def _request(record: HourRecord, actor: Actor) -> ReversalRequest:
    return ReversalRequest.objects.get(
        book_id=actor.community.book_id, reference=record.reference, status=ReversalStatus.ASKED
    )


def _tell_story(record: HourRecord, step: HourStep, actor: Actor, now: datetime, *, reason: str) -> None:
    HourEvent.objects.create(record=record, step=step, by=actor.user, at=now, reason=reason)
