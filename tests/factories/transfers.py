"""Partner communities and transfers for tests, made through the services."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from communities.actors import Actor
from communities.choices import Role
from communities.models import Community, Partnership
from communities.services import partners
from tests.factories.people import NOW, make_actor, make_community
from transfers.models import Transfer
from transfers.services import sending


def make_partner(community: Community, slug: str = "haihong", *, now: datetime = NOW, **settings: Any) -> Community:
    """A community of the same unit with which coins may be sent; its manager is 郑红."""
    settings = {"name_zh": "海虹社区", "name_en": "Haihong Community", "coin_zh": community.book.unit} | settings
    other = make_community(slug, **settings)
    become_partners(community, other, now=now)
    return other


def become_partners(one: Community, other: Community, *, now: datetime = NOW) -> Partnership:
    """Asked by a manager of one, accepted by a manager of the other."""
    asks, answers = (make_actor(place, "郑红", Role.MANAGER, resident=False) for place in (one, other))
    asked = partners.ask(actor=asks, partner_id=other.pk, now=now)
    return partners.accept(actor=answers, partnership_id=asked.pk, now=now)


def send_coins(
    payer: Actor, payee: Actor, amount: int = 40, *, by: Actor | None = None, now: datetime = NOW
) -> Transfer:
    """The payer, or staff for them, sends coins to somebody in the partner community."""
    assert payer.resident is not None
    assert payee.resident is not None
    return sending.send(
        actor=by or payer, resident_id=payer.resident.pk, payee_id=payee.resident.pk, amount=amount, now=now
    )
