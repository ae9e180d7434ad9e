"""Credit lines: the community's for every wallet, and a wallet's own, which a manager sets with a reason."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from audit.services import acting
from communities.actors import Actor
from communities.choices import BOUNDS
from communities.errors import OutOfBounds
from communities.errors_coins import CreditReasonMissing, NoWalletHere, OwnCredit
from communities.models import CommunitySettings, CreditLine, Household, Resident
from communities.selectors import wallet_id_of
from communities.selectors_moves import lives_off
from communities.services.rows import locked_resident
from core.clock import local_date
from core.errors import NotAllowed
from core.transactions import atomic_with_retry
from ledger.services.books import set_credit_line


def wallet_ids(actor: Actor) -> list[int]:
    """Every wallet of the community, in the order in which the ledger locks them."""
    own = Resident.objects.for_community(actor.community).filter(wallet__isnull=False)
    shared = Household.objects.filter(community=actor.community, wallet__isnull=False)
    return sorted({*own.values_list("wallet_id", flat=True), *shared.values_list("wallet_id", flat=True)})


def lend_to_all(actor: Actor, coins: int) -> int:
    """Give every wallet without a line of its own the community's; answers how many stand below it for now.

    Whoever calls holds the settings' lock.
    """
    own = set(
        CreditLine.objects.filter(community=actor.community, coins__isnull=False).values_list("wallet_id", flat=True)
    )
    return set_credit_line(account_ids=[one for one in wallet_ids(actor) if one not in own], line=coins)


@atomic_with_retry
def lend_to(*, actor: Actor, resident_id: UUID, coins: int | None, reason: str, now: datetime) -> int:
    """Give the wallet that a resident lives off a line of its own, or the community's again for None. Managers.

    Answers 1 when the wallet stands below the line for now. Raises OutOfBounds, CreditReasonMissing, NoWalletHere,
    OwnCredit.
    """
    if not actor.is_manager:
        raise NotAllowed
    if not reason.strip():
        raise CreditReasonMissing
    if coins is not None and not BOUNDS["credit_line_coins"][0] <= coins <= BOUNDS["credit_line_coins"][1]:
        raise OutOfBounds(field="coins")
    resident = locked_resident(actor, resident_id)
    today = local_date(now, actor.community.time_zone)
    wallet_id = wallet_id_of(resident, today)
    if wallet_id is None:
        raise NoWalletHere
    if lives_off(actor.user_id, [wallet_id], [today]):
        raise OwnCredit
    rules = CommunitySettings.objects.select_for_update(no_key=True).get(pk=actor.community.pk)
    with acting(on_behalf_of=resident.pk, reason=reason.strip()):
        facts = {"coins": coins, "reason": reason.strip(), "set_by": actor.user, "set_at": now}
        CreditLine.objects.update_or_create(
            wallet_id=wallet_id, defaults=facts, create_defaults={**facts, "community": actor.community}
        )
    return set_credit_line(account_ids=[wallet_id], line=rules.credit_line_coins if coins is None else coins)
