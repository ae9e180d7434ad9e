"""Passbooks that owe after a reversal, for tests: hours spent, then taken back."""

from __future__ import annotations

from datetime import datetime
from itertools import count

from communities.models import Community, Resident
from ledger.choices import AccountKind, EntryKind
from ledger.selectors import balance, system_account_id
from ledger.services import reversals
from ledger.services.posting import LineRequest, post
from tests.factories.people import NOW
from tests.factories.rewards import wallet_of

_numbers = count(1)
ASKED_BY, CONFIRMED_BY = 10**9, 10**9 + 1  # nobody's accounts


def make_debt(resident: Resident, coins: int, *, now: datetime = NOW) -> int:
    """Let the wallet that a resident lives off owe so much; answers the wallet."""
    book_id, wallet = resident.community.book_id, wallet_of(resident, now)
    issuance = system_account_id(book_id, AccountKind.ISSUANCE)
    redeemed = system_account_id(book_id, AccountKind.REDEEMED)
    earned, spent = f"debt:{next(_numbers)}:earned", f"debt:{next(_numbers)}:spent"
    post(LineRequest(book_id, earned, EntryKind.HOURS, issuance, wallet, coins), now=now)
    if all_there_is := balance(wallet).available:  # nothing, where an older debt took the earnings
        post(LineRequest(book_id, spent, EntryKind.REDEMPTION, wallet, redeemed, all_there_is), now=now)
    asked = reversals.ask(book_id=book_id, reference=earned, reason="记错了", actor_id=ASKED_BY, now=now)
    reversals.confirm(request_id=asked.pk, actor_id=CONFIRMED_BY, now=now)
    return wallet


def fill_fund(community: Community, coins: int, *, now: datetime = NOW) -> None:
    """Put coins into the community's fund."""
    opening = system_account_id(community.book_id, AccountKind.OPENING)
    fund = system_account_id(community.book_id, AccountKind.FUND)
    reference = f"fund:{next(_numbers)}"
    post(LineRequest(community.book_id, reference, EntryKind.OPENING_BALANCE, opening, fund, coins), now=now)
