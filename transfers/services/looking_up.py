"""Whom coins are sent to: known to the payer by community, member number and surname, never picked from a list."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
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
    """The payee. Ten a day that find nobody; call it outside a transaction.

    Raises TooManyLookUps, NotPartners, and PayeeUnknown for whatever does not fit.
    """
    with _guessing(actor, now):
        return _found(actor, partner_id, member_number, surname, now)


@contextmanager
def _guessing(actor: Actor, now: datetime) -> Iterator[None]:
    """Counted before anybody is looked for, so that many tries at once are no more than ten; given back when right."""
    key = f"transfer:{actor.user_id}"
    if not limits.hit(key=key, limit=LOOK_UPS, window=WINDOW, now=now):
        raise TooManyLookUps
    wrong = False
    try:
        yield
    except PayeeUnknown:
        wrong = True
        raise
    finally:
        if not wrong:
            limits.give_back(key=key)


def _found(actor: Actor, partner_id: int, member_number: str, surname: str, now: datetime) -> Resident:
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
