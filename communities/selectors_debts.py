"""What wallets owe after reversals, and what of it was written off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat

from communities.choices import WriteOffState
from communities.models import Community, CreditLine, WriteOff
from core.clock import local_date
from ledger.choices import AccountKind, ReversalStatus
from ledger.models import Account, ReversalRequest

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Debt:
    """What a wallet owes, in coins, and the last write-offs that stand, as (day, coins)."""

    owed: int
    written_off: list[tuple[date, int]]


def owed_by(wallet_id: int) -> int:
    """Coins that the wallet still owes; later earnings repay them."""
    balance = Account.objects.filter(kind=AccountKind.RECOVERY, owner_id=wallet_id).values_list("balance", flat=True)
    return -(balance.first() or 0)


def debt_of(wallet: Account, community: Community) -> Debt | None:
    """What the passbook says of it; None for a wallet that never owed anything."""
    if wallet.recovery_id is None:
        return None
    undone = ReversalRequest.objects.filter(
        book_id=wallet.book_id,
        reference=Concat(Value("write-off:"), Cast(OuterRef("pk"), CharField())),
        status=ReversalStatus.CONFIRMED,
    )
    done = WriteOff.objects.filter(~Exists(undone), wallet=wallet, state=WriteOffState.CONFIRMED)
    told = [
        (local_date(one.decided_at, community.time_zone), one.coins or 0)
        for one in done.order_by("-decided_at")[:SHOWN]
        if one.decided_at
    ]
    owed = owed_by(wallet.pk)
    return Debt(owed, told) if owed or told else None


def own_line(wallet_id: int | None) -> CreditLine | None:
    """The wallet's own credit line, None where the community's counts."""
    return CreditLine.objects.filter(wallet_id=wallet_id, coins__isnull=False).select_related("set_by").first()


def below_line(community: Community) -> int:
    """How many wallets stand below their credit line for now."""
    wallets = Account.objects.filter(book_id=community.book_id, kind=AccountKind.WALLET)
    return wallets.filter(floor_target__isnull=False).count()


def owing(community: Community) -> QuerySet[Account]:
    """The recovery accounts of wallets that owe, the largest first; ``owner`` is the wallet, with whose it is."""
    rows = Account.objects.filter(
        book_id=community.book_id, kind=AccountKind.RECOVERY, balance__lt=0, owner__kind=AccountKind.WALLET
    )
    return rows.select_related("owner__resident", "owner__household").order_by("balance", "pk")


def waiting_write_offs(community: Community) -> QuerySet[WriteOff]:
    """Those that wait for a second person, oldest first."""
    rows = WriteOff.objects.filter(community=community, state=WriteOffState.ASKED)
    return rows.select_related("asked_by", "wallet__resident", "wallet__household").order_by("asked_at")


def done_write_offs(community: Community) -> QuerySet[WriteOff]:
    """The decided ones, newest first."""
    rows = WriteOff.objects.filter(community=community).exclude(state=WriteOffState.ASKED)
    return rows.select_related("decided_by", "wallet__resident", "wallet__household").order_by("-decided_at")
