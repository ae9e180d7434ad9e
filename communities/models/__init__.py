"""The tenant and its people."""

from communities.models.credit import CreditLine
from communities.models.expiry import ExpiryNotice, ExpiryRun
from communities.models.grants import RoleGrant
from communities.models.households import Household, HouseholdMember
from communities.models.imports import BalanceImport
from communities.models.moves import HouseholdMove
from communities.models.partners import Partnership
from communities.models.people import Resident
from communities.models.places import Community, CommunitySettings, Street
from communities.models.teams import Organisation, Team, TeamMember
from communities.models.write_offs import WriteOff

__all__ = [
    "BalanceImport",
    "Community",
    "CommunitySettings",
    "CreditLine",
    "ExpiryNotice",
    "ExpiryRun",
    "Household",
    "HouseholdMember",
    "HouseholdMove",
    "Organisation",
    "Partnership",
    "Resident",
    "RoleGrant",
    "Street",
    "Team",
    "TeamMember",
    "WriteOff",
]
