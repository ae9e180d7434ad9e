"""What waits for a second person: approved, refused, taken back, or lapsed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from communities.actors import Actor
from communities.selectors import spender_wallet
from core.clock import local_date
from core.errors import NotAllowed
from core.transactions import atomic_with_retry
from ledger.services import holds
from transfers import errors
from transfers.choices import TransferState
from transfers.models import Transfer, TransferQuerySet
from transfers.policies import can_cancel, can_decide
from transfers.services import notices
from transfers.services.looking_up import receiving_wallet, refuse_strangers
from transfers.services.sending import post, refuse_own

ROWS_A_SWEEP = 500


@atomic_with_retry
def approve(*, actor: Actor, transfer_id: UUID, now: datetime) -> Transfer:
    """As the second person, send the held coins.

    Raises EnteredBySame, OwnTransfer, MovedOn, NotPartners, PayeeUnknown, HouseholdChanged, SpendingPaused,
    PartnerPaused.
    """
    transfer = _waiting(actor, transfer_id, now)
    if not can_decide(actor, transfer):
        raise NotAllowed
    if transfer.asked_by_id == actor.user_id:
        raise errors.EnteredBySame
    refuse_own(actor=actor, transfer=transfer, now=now)
    refuse_strangers(transfer.community, transfer.partner)
    _refuse_changed_households(transfer, now)
    transfer.approved_by_id, transfer.approved_at = actor.user_id, now
    transfer.state, transfer.sent_at = TransferState.SENT, now
    transfer.save(update_fields=["approved_by", "approved_at", "state", "sent_at"])
    post(transfer, actor=actor, now=now)
    return transfer


@atomic_with_retry
def refuse(*, actor: Actor, transfer_id: UUID, reason: str, now: datetime) -> Transfer:
    """Say no, with a reason that the resident reads; the coins are free again. Raises OwnTransfer, MovedOn."""
    transfer = _waiting(actor, transfer_id, now)
    if not can_decide(actor, transfer):
        raise NotAllowed
    refuse_own(actor=actor, transfer=transfer, now=now)
    if not reason.strip():
        raise errors.ReasonMissing
    transfer.reason = reason.strip()
    _end(transfer, TransferState.REFUSED, by=actor.user_id, now=now)
    notices.tell_payer(notices.REFUSED, transfer, now=now)
    return transfer


@atomic_with_retry
def cancel(*, actor: Actor, transfer_id: UUID, now: datetime) -> Transfer:
    """Take back what was not sent yet; the coins are free again. Raises MovedOn."""
    transfer = _waiting(actor, transfer_id, now)
    if not can_cancel(actor, transfer):
        raise NotAllowed
    return _end(transfer, TransferState.CANCELLED, by=actor.user_id, now=now)


def lapse(now: datetime) -> int:
    """End what nobody decided in time; answers how many. Due work of every minute."""
    due = Transfer.objects.lapsed(now).order_by("lapses_at").values_list("pk", flat=True)[:ROWS_A_SWEEP]
    return sum(_lapse(transfer_id=pk, now=now) for pk in list(due))


@atomic_with_retry
def _lapse(*, transfer_id: UUID, now: datetime) -> int:
    # Somebody who decides it just now wins; otherwise the next sweep finds it again.
    rows = Transfer.objects.lapsed(now).select_for_update(skip_locked=True, of=("self",)).filter(pk=transfer_id)
    transfer = _with_parties(rows).first()
    if transfer is None:
        return 0
    _end(transfer, TransferState.EXPIRED, by=None, now=now)
    notices.tell_payer(notices.LAPSED, transfer, now=now)
    return 1


def _waiting(actor: Actor, transfer_id: UUID, now: datetime) -> Transfer:
    rows = Transfer.objects.sent_from(actor.community).select_for_update(of=("self",))
    transfer = _with_parties(rows).get(pk=transfer_id)
    if not transfer.is_waiting or (transfer.lapses_at is not None and now >= transfer.lapses_at):
        raise errors.MovedOn
    return transfer


def _refuse_changed_households(transfer: Transfer, now: datetime) -> None:
    transfer.resident.community = transfer.community
    paying, _may_spend = spender_wallet(transfer.resident, local_date(now, transfer.community.time_zone))
    receiving = receiving_wallet(transfer.payee, transfer.partner, now)
    if (paying, receiving) != (transfer.wallet_id, transfer.payee_wallet_id):
        raise errors.HouseholdChanged


def _with_parties(rows: TransferQuerySet) -> TransferQuerySet:
    return rows.select_related("resident", "payee", "community__settings", "partner__settings")


def _end(transfer: Transfer, state: TransferState, *, by: int | None, now: datetime) -> Transfer:
    transfer.state, transfer.ended_by_id, transfer.ended_at = state, by, now
    transfer.save(update_fields=["state", "ended_by", "ended_at", "reason"])
    assert transfer.hold_id is not None
    if state == TransferState.EXPIRED:
        holds.expire(hold_ids=[transfer.hold_id], now=now)
    else:
        holds.release(hold_ids=[transfer.hold_id], now=now)
    return transfer
