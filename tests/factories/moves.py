"""Coins in household wallets for tests, and asking that they be moved."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from communities.actors import Actor
from communities.choices import MoveKind
from communities.models import Household, HouseholdMove
from communities.services import moves
from communities.services.moves import Terms
from ledger.choices import AccountKind, EntryKind
from ledger.models import JournalEntry
from ledger.selectors import balance, system_account_id
from ledger.services.posting import LineRequest, Posted, post
from tests.factories.people import JOINED, NOW

LATER = NOW + timedelta(hours=1)


def give(household: Household, coins: int, *, now: datetime = JOINED) -> None:
    """An opening balance."""
    book_id = household.community.book_id
    opening = system_account_id(book_id, AccountKind.OPENING)
    reference = f"opening:{JournalEntry.objects.count()}"
    wallet = household.wallet_id or 0
    post(LineRequest(book_id, reference, EntryKind.OPENING_BALANCE, opening, wallet, coins), now=now)


def spend(household: Household, coins: int, reference: str) -> Posted:
    """Coins of its wallet, redeemed."""
    book_id = household.community.book_id
    redeemed = system_account_id(book_id, AccountKind.REDEEMED)
    wallet = household.wallet_id or 0
    return post(LineRequest(book_id, reference, EntryKind.REDEMPTION, wallet, redeemed, coins), now=LATER)


def asked(
    actor: Actor,
    source: Any,
    target: Any,
    coins: int | None = None,
    kind: MoveKind = MoveKind.MERGE,
    reason: str = "两户合并",
) -> HouseholdMove:
    """A move that waits for a second person; ``target`` is a holder of a wallet, or an account's id."""
    to_wallet = target if isinstance(target, int) else target.wallet_id
    return moves.ask(actor=actor, terms=Terms(kind, source.wallet_id, to_wallet, coins, reason), now=NOW)


def coins_in(holder: Any) -> int:
    """The balance of a holder's wallet."""
    return balance(holder.wallet_id).balance
