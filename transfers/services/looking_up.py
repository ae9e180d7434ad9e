"""Whom coins are sent to: known to the payer by community, member number and surname, never picked from a list."""

from __future__ import annotations

from datetime import datetime, timedelta

from accounts.services import limits
from communities.actors import Actor
from communities.models import Community, Partnership, Resident
from communities.selectors import wallet_id_of
from core import names
from core.clock import local_date
from ledger.errors import NotPartners
from transfers.errors import PayeeUnknown, TooManyLookUps

LOOK_UPS = 10
WINDOW = timedelta(days=1)


def look_up(*, actor: Actor, partner_id: int, member_number: str, surname: str, now: datetime) -> Resident:
    """The payee. Every try counts, right or wrong, ten a day; call it outside a transaction.

    Raises TooManyLookUps, NotPartners, and PayeeUnknown for whatever does not fit.
    """
    if not limits.hit(key=f"transfer:{actor.user_id}", limit=LOOK_UPS, window=WINDOW, now=now):
        raise TooManyLookUps
    partner = Community.objects.select_related("settings").get(pk=partner_id)
    refuse_strangers(actor.community, partner)
    payee = Resident.objects.for_community(partner).living_here().filter(member_number=member_number.zfill(4)).first()
    if payee is None or names.plain(payee.surname) != names.plain(surname):
        raise PayeeUnknown
    receiving_wallet(payee, partner, now)
    return payee


def refuse_strangers(community: Community, partner: Community) -> None:
    """Raise NotPartners unless the two are partners now."""
    if not Partnership.objects.touching(community).touching(partner).accepted().exists():
        raise NotPartners


def receiving_wallet(payee: Resident, partner: Community, now: datetime) -> int:
    """The payee's wallet, or their household's, of today there. Raises PayeeUnknown where there is none."""
    payee.community = partner
    wallet_id = wallet_id_of(payee, local_date(now, partner.time_zone)) if payee.left_at is None else None
    if wallet_id is None:
        raise PayeeUnknown
    return wallet_id
