"""Coins move from a wallet when a household splits or merges, or somebody dies: one asks, a second confirms.

Only what is free moves: held coins stay until their hold ends. No wallet is ever closed: hours that were given before
still pay the wallet of the day of service, and what arrives there later is moved by another request.
Lock order: the move's row, then the ledger's accounts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from communities import errors_moves as errors
from communities.actors import Actor
from communities.choices import MoveKind, MoveState, Wallets
from communities.models import HouseholdMove
from communities.selectors_moves import free_coins, lives_off, purses, shared_a_household
from communities.services import move_notices
from core.clock import local_date
from core.errors import NotAllowed
from core.transactions import atomic_with_retry
from ledger.choices import AccountKind, EntryKind, ReversalStatus
from ledger.selectors import balance
from ledger.services import reversals
from ledger.services.posting import LineRequest, post


@dataclass(frozen=True, slots=True)
class Terms:
    """What is asked for. ``coins`` None: all that are free when it is confirmed."""

    kind: MoveKind
    from_wallet_id: int
    to_wallet_id: int
    coins: int | None
    reason: str


@atomic_with_retry
def ask(*, actor: Actor, terms: Terms, now: datetime) -> HouseholdMove:
    """Ask that coins be moved, with a reason. Staff who live off neither wallet.

    Raises MoveReasonMissing, what ``_check_wallets`` refuses, LivesOffWallet, NothingFree, MoreThanFree, MoveOpen.
    """
    _staff(actor)
    if not terms.reason.strip():
        raise errors.MoveReasonMissing
    _check_wallets(actor, terms)
    _refuse_own(actor, [terms.from_wallet_id, terms.to_wallet_id], now)
    free = free_coins(terms.from_wallet_id)
    if not free:
        raise errors.NothingFree
    if terms.coins is not None and terms.coins > free:
        raise errors.MoreThanFree
    return HouseholdMove.objects.create(
        community=actor.community,
        kind=terms.kind,
        from_wallet_id=terms.from_wallet_id,
        to_wallet_id=terms.to_wallet_id,
        asked_coins=terms.coins,
        reason=terms.reason.strip(),
        asked_by=actor.user,
        asked_at=now,
    )


@atomic_with_retry
def confirm(*, actor: Actor, move_id: UUID, now: datetime) -> HouseholdMove:
    """As the second person, move the coins: one entry. Above the two-person limit a manager.

    Raises MoveDecided, MoveOfOwn, LivesOffWallet, NothingFree, ManagerConfirms, MoreThanFree.
    """
    _staff(actor)
    move = _open(actor, move_id)
    if move.asked_by_id == actor.user_id:
        raise errors.MoveOfOwn
    _refuse_own(actor, [move.from_wallet_id, move.to_wallet_id], now)
    move.amount_coins = move.asked_coins or free_coins(move.from_wallet_id)
    if not move.amount_coins:
        raise errors.NothingFree
    if move.amount_coins > actor.community.settings.two_person_limit_coins and not actor.is_manager:
        raise errors.ManagerConfirms
    _decide(move, MoveState.CONFIRMED, actor, now)
    _post(move, actor, now)
    move_notices.moved(move, now=now)
    return move


@atomic_with_retry
def decline(*, actor: Actor, move_id: UUID, now: datetime) -> HouseholdMove:
    """Leave the coins where they are: a second person, or who asked and thought better of it. Raises MoveDecided."""
    _staff(actor)
    move = _open(actor, move_id)
    _decide(move, MoveState.DECLINED, actor, now)
    return move


@atomic_with_retry
def ask_reversal(*, actor: Actor, move_id: UUID, reason: str, now: datetime) -> HouseholdMove:
    """Ask that moved coins go back. Raises MoveReasonMissing, NotMoved, MoveReversalOpen, LivesOffWallet."""
    _staff(actor)
    if not reason.strip():
        raise errors.MoveReasonMissing
    move = _moved(actor, move_id, now)
    if _waits(move):
        raise errors.MoveReversalOpen
    asked = reversals.ask(
        book_id=actor.community.book_id,
        reference=move.reference,
        reason=reason.strip(),
        actor_id=actor.user_id,
        now=now,
    )
    move.reversal_id = asked.pk
    move.save(update_fields=["reversal"])
    return move


@atomic_with_retry
def confirm_reversal(*, actor: Actor, move_id: UUID, now: datetime) -> HouseholdMove:
    """As another manager, let the coins go back. Raises NotMoved, MoveOfOwn, LivesOffWallet."""
    move = _asked_back(actor, move_id, now)
    move.reversed_at = now
    move.save(update_fields=["reversed_at"])
    reversals.confirm(request_id=move.reversal_id or 0, actor_id=actor.user_id, now=now)
    move_notices.moved_back(move, now=now)
    return move


@atomic_with_retry
def decline_reversal(*, actor: Actor, move_id: UUID, now: datetime) -> HouseholdMove:
    """As another manager, let the move stand; a reversal may be asked for anew. Raises as confirming."""
    move = _asked_back(actor, move_id, now)
    reversals.decline(request_id=move.reversal_id or 0, actor_id=actor.user_id, now=now)
    return move


def _staff(actor: Actor) -> None:
    if not actor.is_staff:
        raise NotAllowed


def _check_wallets(actor: Actor, terms: Terms) -> None:
    """Raises SameWallet, FundAfterDeathAlone, DeathAlone, NotOfTheHousehold; NotAllowed for another book's accounts."""
    if terms.from_wallet_id == terms.to_wallet_id:
        raise errors.SameWallet
    found = purses([terms.from_wallet_id, terms.to_wallet_id], book_id=actor.community.book_id)
    if len(found) < 2:
        raise NotAllowed
    source, target = found[terms.from_wallet_id], found[terms.to_wallet_id]
    if target.kind == AccountKind.FUND and terms.kind != MoveKind.DEATH:
        raise errors.FundAfterDeathAlone
    if actor.community.settings.wallets == Wallets.HOUSEHOLD:
        return
    if terms.kind != MoveKind.DEATH:
        raise errors.DeathAlone
    if source.resident and target.resident and not shared_a_household(source.resident, target.resident):
        raise errors.NotOfTheHousehold


def _refuse_own(actor: Actor, wallet_ids: list[int], now: datetime) -> None:
    if lives_off(actor.user_id, wallet_ids, [_today(actor, now)]):
        raise errors.LivesOffWallet


def _today(actor: Actor, now: datetime) -> date:
    return local_date(now, actor.community.time_zone)


def _locked(actor: Actor, move_id: UUID) -> HouseholdMove:
    move = HouseholdMove.objects.select_for_update(of=("self",)).get(community=actor.community, pk=move_id)
    move.community = actor.community
    return move


def _open(actor: Actor, move_id: UUID) -> HouseholdMove:
    move = _locked(actor, move_id)
    if not move.is_open:
        raise errors.MoveDecided
    return move


def _decide(move: HouseholdMove, state: MoveState, actor: Actor, now: datetime) -> None:
    move.state, move.decided_by, move.decided_at = state, actor.user, now
    move.save(update_fields=["state", "decided_by", "decided_at", "amount_coins"])


def _post(move: HouseholdMove, actor: Actor, now: datetime) -> None:
    """One entry. The wallet's row stays locked by it, so what is looked at afterwards is true until the commit."""
    line = LineRequest(
        book_id=actor.community.book_id,
        reference=move.reference,
        kind=EntryKind.HOUSEHOLD_MOVE,
        debit_id=move.from_wallet_id,
        credit_id=move.to_wallet_id,
        amount=move.amount_coins or 0,
        actor_id=actor.user_id,
    )
    post(line, now=now)
    left = balance(move.from_wallet_id)
    if left.balance < left.held:  # a credit line would have paid
        raise errors.MoreThanFree


def _moved(actor: Actor, move_id: UUID, now: datetime) -> HouseholdMove:
    move = _locked(actor, move_id)
    _refuse_own(actor, [move.from_wallet_id, move.to_wallet_id], now)
    if move.state != MoveState.CONFIRMED or move.reversed_at is not None:
        raise errors.NotMoved
    return move


def _waits(move: HouseholdMove) -> bool:
    return move.reversal is not None and move.reversal.status == ReversalStatus.ASKED


def _asked_back(actor: Actor, move_id: UUID, now: datetime) -> HouseholdMove:
    if not actor.is_manager:
        raise NotAllowed
    move = _moved(actor, move_id, now)
    if move.reversal is None or not _waits(move):
        raise errors.NotMoved
    if move.reversal.asked_by_id == actor.user_id:
        raise errors.MoveOfOwn
    return move
