"""Whose passbook it is: the resident's own wallet, or their household's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from communities.choices import Wallets
from communities.models import Community, Resident
from communities.selectors import household_of
from ledger.models import Account


@dataclass(frozen=True, slots=True)
class Holder:
    """The account behind a passbook and what stands on its cover.

    ``household_number`` is "" for a wallet of one's own.
    """

    community: Community
    resident: Resident
    account: Account
    household_number: str = ""

    @property
    def number(self) -> str:
        """The number on the cover: the household's, else the member's."""
        return self.household_number or self.resident.member_number

    @property
    def number_label(self) -> str:
        """Whose number it is."""
        return _("Household number") if self.household_number else _("Member number")


def holder_of(*, community: Community, resident: Resident, day: date) -> Holder | None:
    """The passbook that counts for a resident on a day; None when there is no wallet, such as without a household."""
    if community.settings.wallets == Wallets.HOUSEHOLD:
        member = household_of(resident, day)
        if member is None or member.household.wallet is None:
            return None
        return Holder(community, resident, member.household.wallet, member.household.number)
    return Holder(community, resident, resident.wallet) if resident.wallet else None


def resident_here(*, community: Community, resident_id: UUID) -> Resident:
    """A resident of this community with their wallet; Resident.DoesNotExist for another community's."""
    resident = Resident.objects.for_community(community).select_related("wallet").get(pk=resident_id)
    resident.community = community
    return resident
