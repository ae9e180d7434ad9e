"""Wallets open with what the community has settled: the most they hold, and how far below nothing they may go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from communities.models import Community, CommunitySettings
from core.transactions import atomic_with_retry
from ledger.choices import AccountKind
from ledger.services.books import open_accounts


@atomic_with_retry
def open_wallets(*, community: Community, numbers: Sequence[str], now: datetime) -> list[int]:
    """Open wallets of these account numbers; answers their ids in order.

    The settings are read under their lock, so that a change under way reaches every wallet: before or after it.
    """
    rules = CommunitySettings.objects.select_for_update(no_key=True).get(pk=community.pk)
    return open_accounts(
        book_id=community.book_id,
        kind=AccountKind.WALLET,
        numbers=numbers,
        floor=-rules.credit_line_coins,
        cap=rules.wallet_cap_coins,
        now=now,
    )
