"""Two communities of the demonstration that count in the same unit become partners, and neighbours send coins over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import combinations

from communities.actors import Actor
from communities.services import partners
from demo.services.founding import Place
from demo.services.past import actors_with_phone
from transfers.selectors import purse_of
from transfers.services import sending

AN_HOUR = 60


def exchange(places: Sequence[Place], *, now: datetime) -> int:
    """Make the first two of one unit partners, and send an hour's coins each way; answers how many were sent."""
    pair = next((two for two in combinations(places, 2) if _unit(two[0]) == _unit(two[1])), None)
    if pair is None:
        return 0
    here, there = pair
    asked = partners.ask(actor=here.manager, partner_id=there.community.pk, now=now)
    partners.accept(actor=there.manager, partnership_id=asked.pk, now=now)
    return _send(here, there, now) + _send(there, here, now)


def _unit(place: Place) -> str:
    return place.community.book.unit


def _send(here: Place, there: Place, now: datetime) -> int:
    payer, payee = _with_most(here, now), actors_with_phone(there)[0]
    assert payer.resident is not None
    assert payee.resident is not None
    if purse_of(payer.resident, now).available < AN_HOUR:
        return 0
    sending.send(actor=payer, resident_id=payer.resident.pk, payee_id=payee.resident.pk, amount=AN_HOUR, now=now)
    return 1


def _with_most(place: Place, now: datetime) -> Actor:
    """Who has the most coins to spare."""

    def available(actor: Actor) -> int:
        assert actor.resident is not None
        return purse_of(actor.resident, now).available

    return max(actors_with_phone(place), key=available)
