"""Partnerships between communities: a manager asks, a manager of the other says yes, either may end it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.urls import reverse

from communities import policies
from communities.actors import Actor
from communities.choices import PartnershipState, Role
from communities.errors import NotItself, OwnPartnership, PartnershipAsked, PartnershipMovedOn
from communities.models import Community, Partnership, RoleGrant
from core.errors import NotAllowed
from core.transactions import atomic_with_retry
from ledger.errors import DifferentUnits
from ledger.services.books import open_clearing
from notifications.services.outbox import Announcement, announce_many

ASKED, ANSWERED, ENDED = "partnership_asked", "partnership_answered", "partnership_ended"


@atomic_with_retry
def ask(*, actor: Actor, partner_id: int, now: datetime) -> Partnership:
    """Ask another community; its managers are told. Raises NotItself, DifferentUnits, PartnershipAsked."""
    _manager(actor)
    partner = Community.objects.select_related("book").get(pk=partner_id)
    if partner.pk == actor.community.pk:
        raise NotItself
    if partner.book.unit != actor.community.book.unit:
        raise DifferentUnits(actor.community.book.unit, partner.book.unit, field="partner")
    if Partnership.objects.touching(actor.community).touching(partner).live().exists():
        raise PartnershipAsked(field="partner")
    made = Partnership.objects.create(community=actor.community, partner=partner, asked_by=actor.user, asked_at=now)
    _tell(ASKED, made, partner, now=now)
    return made


@atomic_with_retry
def accept(*, actor: Actor, partnership_id: UUID, now: datetime) -> Partnership:
    """As a manager of the community that was asked: from now on coins can be sent. Opens the clearing accounts.

    Raises OwnPartnership, PartnershipMovedOn, DifferentUnits.
    """
    found = _asked_of(actor, partnership_id)
    open_clearing(book_id=found.community.book_id, partner_id=found.partner.book_id, now=now)
    return _answer(actor, found, PartnershipState.ACCEPTED, now)


@atomic_with_retry
def decline(*, actor: Actor, partnership_id: UUID, now: datetime) -> Partnership:
    """As a manager of the community that was asked: no. It may be asked anew. Raises as ``accept``."""
    return _answer(actor, _asked_of(actor, partnership_id), PartnershipState.DECLINED, now)


@atomic_with_retry
def end(*, actor: Actor, partnership_id: UUID, now: datetime) -> Partnership:
    """Take a question back, or end a partnership: nothing new is sent; accounts and sheets stay.

    Raises PartnershipMovedOn, also to who was asked and has not answered.
    """
    found = _locked(actor, partnership_id)
    mine = found.community_id == actor.community.pk
    if not (found.state == PartnershipState.ACCEPTED or (found.state == PartnershipState.ASKED and mine)):
        raise PartnershipMovedOn
    found.state, found.ended_by, found.ended_at = PartnershipState.ENDED, actor.user, now
    found.save(update_fields=["state", "ended_by", "ended_at"])
    _tell(ENDED, found, found.other(actor.community), now=now)
    return found


def _manager(actor: Actor) -> None:
    if not policies.can_keep_partners(actor):
        raise NotAllowed


def _locked(actor: Actor, partnership_id: UUID) -> Partnership:
    _manager(actor)
    rows = Partnership.objects.touching(actor.community).select_for_update(of=("self",))
    return rows.select_related("community", "partner").get(pk=partnership_id)


def _asked_of(actor: Actor, partnership_id: UUID) -> Partnership:
    found = _locked(actor, partnership_id)
    if found.state != PartnershipState.ASKED or found.partner_id != actor.community.pk:
        raise PartnershipMovedOn
    if found.asked_by_id == actor.user_id:
        raise OwnPartnership
    return found


def _answer(actor: Actor, found: Partnership, state: PartnershipState, now: datetime) -> Partnership:
    found.state, found.decided_by, found.decided_at = state, actor.user, now
    found.save(update_fields=["state", "decided_by", "decided_at"])
    _tell(ANSWERED, found, found.community, now=now, yes=state == PartnershipState.ACCEPTED)
    return found


def _tell(kind: str, found: Partnership, to: Community, *, now: datetime, yes: bool = False) -> None:
    """The managers of a community, also those of its street, hear of the other."""
    other = found.other(to)
    managers = RoleGrant.objects.reaching(to).filter(role=Role.MANAGER).values_list("user_id", flat=True).distinct()
    announce_many(
        Announcement(
            kind=kind,
            subject=f"partnership:{found.pk}",
            recipient_user_id=user_id,
            due_at=now,
            payload={"place_zh": other.name_zh, "place_en": other.name_en, "yes": yes},
            url=reverse("communities:partners", kwargs={"community": to.slug}),
        )
        for user_id in managers.order_by("user_id")
    )
