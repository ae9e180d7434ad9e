"""Sending coins to a partner community: at once, or held until a second person approves.

Lock order: the transfer's row, then the ledger's accounts.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from communities.actors import Actor
from communities.models import Community, Resident
from communities.selectors import same_household, spender_wallet
from core.clock import local_date
from core.errors import NotAllowed
from core.ids import new_id
from core.transactions import atomic_with_retry
from ledger.choices import EntryKind
from ledger.clearing import clearing_account_id
from ledger.services import holds, transfers
from transfers import errors
from transfers.choices import TransferState, Via
from transfers.models import Transfer
from transfers.policies import can_send_for, is_own
from transfers.services import notices
from transfers.services.looking_up import receiving_wallet, refuse_strangers


@atomic_with_retry
def send(*, actor: Actor, resident_id: UUID, payee_id: UUID, amount: int, now: datetime) -> Transfer:
    """Send coins of a resident to a payee who was looked up; above the community's limit a colleague approves first.

    Raises NotPartners, PayeeUnknown, NoWallet, MayNotSpend, OwnTransfer, TooLittle, SpendingPaused, PartnerPaused.
    """
    resident = Resident.objects.for_community(actor.community).select_related("community__settings").get(pk=resident_id)
    payee = Resident.objects.select_related("community__settings").get(pk=payee_id)
    if not can_send_for(actor, resident):
        raise NotAllowed
    refuse_strangers(actor.community, payee.community)
    made = Transfer(
        id=new_id(),
        community=resident.community,
        partner=payee.community,
        resident=resident,
        payee=payee,
        amount_coins=amount,
        via=Via.SELF if is_own(actor, resident) else Via.STAFF,
        asked_by_id=actor.user_id,
        asked_at=now,
    )
    if made.via == Via.STAFF:
        refuse_own(actor=actor, transfer=made, now=now)
    made.wallet_id = _paying_wallet(resident, now)
    made.payee_wallet_id = receiving_wallet(payee, payee.community, now)
    if needs_second(resident.community, amount):
        return _hold(made, actor=actor, now=now)
    made.state, made.sent_at = TransferState.SENT, now
    made.save(force_insert=True)
    post(made, actor=actor, now=now)
    return made


def post(transfer: Transfer, *, actor: Actor, now: datetime) -> None:
    """Both halves in the ledger, and a notice to either side."""
    transfers.transfer(
        reference=transfer.reference,
        payer_id=transfer.wallet_id,
        payee_id=transfer.payee_wallet_id,
        amount=transfer.amount_coins,
        actor_id=actor.user_id,
        hold_id=transfer.hold_id,
        now=now,
    )
    notices.tell_payer(notices.SENT, transfer, now=now)
    notices.tell_payee(transfer, now=now)


def refuse_own(*, actor: Actor, transfer: Transfer, now: datetime) -> None:
    """Raise OwnTransfer for both parties and their households, on the day of asking and today. So does the database."""
    zone = transfer.community.time_zone
    days = {local_date(transfer.asked_at, zone), local_date(now, zone)}
    if any(same_household(actor.user_id, party, days) for party in (transfer.resident_id, transfer.payee_id)):
        raise errors.OwnTransfer


def needs_second(community: Community, amount: int) -> bool:
    """Whether a second person approves an amount, in coins."""
    return amount > community.settings.two_person_limit_coins


def _hold(transfer: Transfer, *, actor: Actor, now: datetime) -> Transfer:
    community = transfer.community
    transfer.lapses_at = now + timedelta(days=community.settings.request_lapses_days)
    transfer.hold_id = holds.hold(
        book_id=community.book_id,
        reference=transfer.hold_reference,
        debit_id=transfer.wallet_id,
        credit_id=clearing_account_id(community.book_id, transfer.partner.book_id),
        amount=transfer.amount_coins,
        kind=EntryKind.TRANSFER,
        actor_id=actor.user_id,
        now=now,
    )
    transfer.save(force_insert=True)
    return transfer


def _paying_wallet(resident: Resident, now: datetime) -> int:
    wallet_id, may_spend = spender_wallet(resident, local_date(now, resident.community.time_zone))
    if wallet_id is None:
        raise errors.NoWallet
    if not may_spend:
        raise errors.MayNotSpend
    return wallet_id
