"""What the transfer pages read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from communities.models import Community, Resident
from communities.selectors import spender_wallet
from core.clock import local_date
from ledger.selectors import Balance, balance
from transfers.choices import ENDED, TransferState
from transfers.models import Transfer

PEOPLE = ("asked_by", "approved_by", "ended_by")
PARTIES = ("resident", "payee", "community__settings", "partner__settings")


@dataclass(frozen=True, slots=True)
class Side:
    """A transfer as one of the two communities reads it; ``own`` is its resident there, ``other`` the neighbour."""

    transfer: Transfer
    out: bool

    @property
    def place(self) -> Community:
        """The other community."""
        return self.transfer.partner if self.out else self.transfer.community

    @property
    def own(self) -> Resident:
        """Whose passbook here it moved."""
        return self.transfer.resident if self.out else self.transfer.payee

    @property
    def other(self) -> Resident:
        """Who is on the other side; shown as neighbours see them."""
        return self.transfer.payee if self.out else self.transfer.resident

    @property
    def arrived(self) -> bool:
        """Whether its coins came here."""
        return not self.out

    @property
    def delta(self) -> int:
        """Coins, − out, + in."""
        return -self.transfer.amount_coins if self.out else self.transfer.amount_coins


def side_of(transfer: Transfer, community: Community) -> Side:
    """The transfer as this community reads it."""
    return Side(transfer, out=transfer.community_id == community.pk)


def purse_of(resident: Resident, now: datetime) -> Balance:
    """What the resident may send today; nothing available for who may not spend."""
    wallet_id, may_spend = spender_wallet(resident, local_date(now, resident.community.time_zone))
    if wallet_id is None:
        return Balance(0, 0, 0)
    found = balance(wallet_id)
    return found if may_spend else Balance(found.balance, found.held, 0)


def transfer_of(community: Community, transfer_id: UUID) -> Transfer | None:
    """One transfer that leaves or has reached the community, with all that its page names, or None."""
    rows = Transfer.objects.sent_from(community) | Transfer.objects.received_in(community)
    return rows.select_related(*PARTIES, *PEOPLE).filter(pk=transfer_id).first()


def transfers_of(resident: Resident) -> QuerySet[Transfer]:
    """What a resident sent or received, newest first."""
    return Transfer.objects.of(resident).select_related(*PARTIES)


def queue(community: Community, shown: str) -> QuerySet[Transfer]:
    """For staff: ``waiting`` oldest first; ``sent``, ``received`` and ``ended`` newest first."""
    if shown == "received":
        return Transfer.objects.received_in(community).select_related(*PARTIES)
    rows = Transfer.objects.sent_from(community).select_related(*PARTIES)
    if shown == "sent":
        return rows.filter(state=TransferState.SENT)
    if shown == "ended":
        return rows.filter(state__in=ENDED)
    return rows.filter(state=TransferState.REQUESTED).order_by("asked_at", "id")


def waiting_count(community: Community) -> int:
    """How many transfers wait for a second person."""
    return Transfer.objects.sent_from(community).filter(state=TransferState.REQUESTED).count()
