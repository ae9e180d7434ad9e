"""What a wallet owes after a reversal is let go: one asks, another manager confirms, the community's fund pays.

Lock order: the write-off's row, then the ledger's accounts.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.urls import reverse

from communities import errors_coins as errors
from communities.actors import Actor
from communities.choices import WriteOffState
from communities.models import WriteOff
from communities.selectors import people_of_wallets
from communities.selectors_debts import owed_by
from communities.selectors_moves import lives_off
from core.clock import local_date
from core.errors import NotAllowed
from core.transactions import atomic_with_retry
from ledger.choices import AccountKind, EntryKind
from ledger.models import Account
from ledger.selectors import balance, system_account_id
from ledger.services.posting import LineRequest, post
from notifications.services.outbox import Announcement, announce_many

WRITTEN_OFF = "debt_written_off"


@atomic_with_retry
def ask(*, actor: Actor, wallet_id: int, coins: int | None, reason: str, now: datetime) -> WriteOff:
    """Ask that some or (for None) all that a wallet owes be written off, with a reason. Staff who do not live off it.

    Raises WriteOffReasonMissing, OwnDebt, NothingOwed, MoreThanIsOwed, WriteOffOpen.
    """
    if not actor.is_staff:
        raise NotAllowed
    if not reason.strip():
        raise errors.WriteOffReasonMissing
    wallet = Account.objects.get(pk=wallet_id, book_id=actor.community.book_id, kind=AccountKind.WALLET)
    _refuse_own(actor, wallet.pk, now)
    owed = owed_by(wallet.pk)
    if not owed:
        raise errors.NothingOwed
    if coins is not None and coins > owed:
        raise errors.MoreThanIsOwed
    return WriteOff.objects.create(
        community=actor.community,
        wallet=wallet,
        asked_coins=coins or owed,
        reason=reason.strip(),
        asked_by=actor.user,
        asked_at=now,
    )


@atomic_with_retry
def confirm(*, actor: Actor, write_off_id: UUID, now: datetime) -> WriteOff:
    """As another manager, let it go: at most what is still owed. Its people are told.

    Raises WriteOffDecided, WriteOffOfOwn, OwnDebt, NothingOwed, FundTooLow.
    """
    write_off = _open(actor, write_off_id)
    if write_off.asked_by_id == actor.user_id:
        raise errors.WriteOffOfOwn
    _refuse_own(actor, write_off.wallet_id, now)
    write_off.coins = min(write_off.asked_coins, owed_by(write_off.wallet_id))
    if not write_off.coins:
        raise errors.NothingOwed
    _pay(write_off, actor, now)
    _decide(write_off, WriteOffState.CONFIRMED, actor, now)
    announce_many(_said(write_off, now))
    return write_off


@atomic_with_retry
def decline(*, actor: Actor, write_off_id: UUID, now: datetime) -> WriteOff:
    """Let it be owed: a manager, also who asked and thought better of it. Raises WriteOffDecided."""
    write_off = _open(actor, write_off_id)
    _decide(write_off, WriteOffState.DECLINED, actor, now)
    return write_off


def _open(actor: Actor, write_off_id: UUID) -> WriteOff:
    if not actor.is_manager:
        raise NotAllowed
    rows = WriteOff.objects.select_for_update(of=("self",)).filter(community=actor.community)
    write_off = rows.get(pk=write_off_id)
    write_off.community = actor.community
    if not write_off.is_open:
        raise errors.WriteOffDecided
    return write_off


def _refuse_own(actor: Actor, wallet_id: int, now: datetime) -> None:
    if lives_off(actor.user_id, [wallet_id], [local_date(now, actor.community.time_zone)]):
        raise errors.OwnDebt


def _pay(write_off: WriteOff, actor: Actor, now: datetime) -> None:
    assert write_off.coins is not None
    book_id = actor.community.book_id
    fund = system_account_id(book_id, AccountKind.FUND)
    available = balance(fund).available
    if available < write_off.coins:
        raise errors.FundTooLow(available)
    recovery = Account.objects.get(kind=AccountKind.RECOVERY, owner_id=write_off.wallet_id)
    request = LineRequest(
        book_id, write_off.reference, EntryKind.WRITE_OFF, fund, recovery.pk, write_off.coins, actor_id=actor.user_id
    )
    post(request, now=now)


def _decide(write_off: WriteOff, state: WriteOffState, actor: Actor, now: datetime) -> None:
    write_off.state, write_off.decided_by, write_off.decided_at = state, actor.user, now
    write_off.save(update_fields=["state", "coins", "decided_by", "decided_at"])


def _said(write_off: WriteOff, now: datetime) -> Iterator[Announcement]:
    place = write_off.community
    payload = {
        "coins": write_off.coins,
        "left": owed_by(write_off.wallet_id),
        "coin": place.settings.coin_names,
        "place_zh": place.name_zh,
        "place_en": place.name_en,
    }
    for _wallet, user_id, _email in people_of_wallets([write_off.wallet_id], local_date(now, place.time_zone)):
        yield Announcement(
            kind=WRITTEN_OFF,
            subject=write_off.reference,
            recipient_user_id=user_id,
            due_at=now,
            payload=payload,
            url=reverse("papers:passbook", args=[place.slug]),
        )
