"""What must hold of people, over the whole database."""

from __future__ import annotations

from django.db.models import Exists, F, OuterRef, Q

from accounts.models import User
from communities import invariants_coins, invariants_moves
from communities.choices import OPENS_ADMIN, WORKS_HERE, Wallets
from communities.models import Household, HouseholdMember, Resident, RoleGrant
from core.invariants import Check, Finding


def wallets_belong() -> list[Finding]:
    """Every wallet stands in its community's book, and with whom the community settled."""
    own = Resident.objects.filter(wallet__isnull=False).exclude(wallet__book=F("community__book"))
    shared = Household.objects.filter(wallet__isnull=False).exclude(wallet__book=F("community__book"))
    by_household = Q(community__settings__wallets=Wallets.HOUSEHOLD)
    missing = Resident.objects.filter(wallet__isnull=True).exclude(by_household)
    extra = Resident.objects.filter(by_household, wallet__isnull=False)
    return [
        *(Finding(f"resident {one}", "the wallet is in another book") for one in own.values_list("pk", flat=True)),
        *(Finding(f"household {one}", "the wallet is in another book") for one in shared.values_list("pk", flat=True)),
        *(Finding(f"resident {one}", "has no wallet") for one in missing.values_list("pk", flat=True)),
        *(
            Finding(f"resident {one}", "has a wallet beside the household's")
            for one in extra.values_list("pk", flat=True)
        ),
    ]


def members_are_neighbours() -> list[Finding]:
    """Nobody belongs to a household of another community."""
    strangers = HouseholdMember.objects.exclude(household__community=F("resident__community"))
    return [Finding(f"membership {one}", "of another community") for one in strangers.values_list("pk", flat=True)]


def flags_follow_roles() -> list[Finding]:
    """An account opens /admin/, and has short sessions, exactly when a live role says so."""
    live = RoleGrant.objects.live().filter(user=OuterRef("pk"))
    users = User.objects.annotate(
        opens=Exists(live.filter(role__in=OPENS_ADMIN)), works=Exists(live.filter(role__in=WORKS_HERE))
    )
    wrong = users.exclude(is_staff=F("opens"), holds_role=F("works"))
    return [Finding(f"user {one}", "flags differ from roles") for one in wrong.values_list("pk", flat=True)]


CHECKS = [
    Check(20, "Wallets belong to their community", wallets_belong),
    Check(21, "Households keep within a community", members_are_neighbours),
    Check(22, "Accounts' flags follow their roles", flags_follow_roles),
    *invariants_moves.CHECKS,
    *invariants_coins.CHECKS,
]
