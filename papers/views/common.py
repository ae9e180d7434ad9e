"""What the pages of a passbook share: whose it is, which month, where its links lead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from audit.services import log_view
from communities.actors import Actor
from communities.models import Resident
from core import clock, months
from papers import policies
from papers.selectors.holders import Holder, holder_of, resident_here


@dataclass(frozen=True, slots=True)
class Place:
    """The addresses of one passbook: its owner's, or at the staff's desk."""

    slug: str
    resident_id: UUID | None = None

    def url(self, name: str, **more: Any) -> str:
        """The address of the passbook's page called ``name`` ("passbook", "passbook_pdf", "line")."""
        kwargs = {"community": self.slug, **more}
        if self.resident_id is not None:
            return reverse(f"papers:staff_{name}", kwargs={**kwargs, "resident": self.resident_id})
        return reverse(f"papers:{name}", kwargs=kwargs)

    @property
    def line_url(self) -> str:
        """A line's address up to its number."""
        return self.url("line", entry=0).removesuffix("0/")


@dataclass(frozen=True, slots=True)
class Opened:
    """A passbook that somebody may read: the holder (None without a wallet), the reader's place, the day."""

    resident: Resident
    holder: Holder | None
    place: Place
    today: date


def open_own(actor: Actor) -> Opened:
    """The actor's own passbook."""
    assert actor.resident is not None  # resident_page
    return _open(actor, actor.resident, Place(actor.community.slug))


def open_at_desk(actor: Actor, resident_id: UUID) -> Opened:
    """A resident's passbook for staff or the auditor; that they opened it is logged.

    404 for another community's, 403 for neighbours.
    """
    try:
        resident = resident_here(community=actor.community, resident_id=resident_id)
    except Resident.DoesNotExist as error:
        raise Http404 from error
    if not policies.can_open_passbook(actor, resident):
        raise PermissionDenied
    if actor.resident is None or actor.resident.pk != resident.pk:
        log_view(
            viewer_id=actor.user_id,
            kind="passbook",
            record_id=resident.pk,
            now=clock.now(),
            community_id=actor.community.pk,
        )
    return _open(actor, resident, Place(actor.community.slug, resident.pk))


def month_asked(request: HttpRequest, opened: Opened) -> date:
    """The month of ``?month=2026-11``, else the present one; never in the future."""
    this_month = months.first_of(opened.today)
    return min(months.parse(request.GET.get("month", "")) or this_month, this_month)


def need_holder(opened: Opened) -> Holder:
    """The holder, or 404 where there is no wallet to print."""
    if opened.holder is None:
        raise Http404
    return opened.holder


def download(content: bytes | str, *, name: str, content_type: str, inline: bool = False) -> HttpResponse:
    """A file for the reader, named so that it sorts; never kept by a shared cache."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'{"inline" if inline else "attachment"}; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _open(actor: Actor, resident: Resident, place: Place) -> Opened:
    today = clock.local_date(clock.now(), actor.community.time_zone)
    return Opened(resident, holder_of(community=actor.community, resident=resident, day=today), place, today)
