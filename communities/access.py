"""Doors: from a request and a slug to an Actor, and the decorators of every page of a community.

Unknown community, or a stranger to it: 404. Known there, but not for this page: 403. Signed out: to sign-in.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import PermissionDenied
from django.db.models import F, OuterRef, Q, Value
from django.db.models.functions import JSONObject
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import SimpleTemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from communities.actors import Actor
from communities.choices import Role
from communities.models import Community, Resident, RoleGrant
from core.parts import page_of_form
from notifications.selectors import closed_expression, unread_expression

P = ParamSpec("P")
ActorView = Callable[Concatenate[HttpRequest, Actor, P], HttpResponseBase]
BoardView = Callable[Concatenate[HttpRequest, Actor | None, P], HttpResponseBase]


def load_community(slug: str, user_id: int | None = None) -> Community:
    """The community of a slug with settings, street and book, and the person's grants and unread notices, in one query.

    404 when there is none.
    """
    communities = Community.objects.select_related("settings", "street", "book")
    if user_id is not None:
        grants = RoleGrant.objects.live().filter(
            Q(community=OuterRef("pk")) | Q(street=OuterRef("street_id")) | Q(team__community=OuterRef("pk")),
            user_id=Value(user_id),
        )
        communities = communities.annotate(
            grants_here=ArraySubquery(
                grants.values(one=JSONObject(role=F("role"), team=F("team_id"), street=F("street_id")))
            ),
            unread_here=unread_expression(user_id),
            closed_here=closed_expression(),
        )
    community = communities.filter(slug=slug).first()
    if community is None:
        raise Http404
    return community


def actor_in(*, user: User, community: Community, grants: list[dict[str, Any]] | None = None) -> Actor | None:
    """The person's Actor in a community, or None for a stranger to it. Operators see no community from inside."""
    if grants is None:
        rows = RoleGrant.objects.reaching(community).filter(user=user).values_list("role", "team_id", "street_id")
        grants = [{"role": role, "team": team, "street": street} for role, team, street in rows]
    resident = (
        Resident.objects.filter(community=community, user=user, left_at__isnull=True).select_related("wallet").first()
    )
    roles = {Role(grant["role"]) for grant in grants}
    if resident is None and not roles:
        return None
    if resident is not None:
        resident.community = community
        roles.add(Role.RESIDENT)
    teams = frozenset(_uuid(grant["team"]) for grant in grants if grant["team"])
    return Actor(
        user=user,
        community=community,
        resident=resident,
        roles=frozenset(roles),
        led_team_ids=teams,
        street_roles=frozenset(Role(grant["role"]) for grant in grants if grant["street"]),
    )


def _uuid(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(str(value))


def actor_or_none(request: HttpRequest, slug: str) -> Actor | None:
    """As ``actor_for``, but None for the signed-out and for strangers. Sets ``request.community`` and ``.actor``."""
    user = request.user
    community = load_community(slug, user.pk if user.is_authenticated else None)
    actor = None
    if user.is_authenticated:
        actor = actor_in(user=user, community=community, grants=community.grants_here)  # type: ignore[attr-defined]
    request.community = community  # type: ignore[attr-defined]
    request.actor = actor  # type: ignore[attr-defined]
    return actor


def actor_for(request: HttpRequest, slug: str) -> Actor:
    """The signed-in person's Actor in the community; 404 for an unknown community and for strangers to it."""
    actor = actor_or_none(request, slug)
    if actor is None:
        raise Http404
    return actor


def _guarded(view: ActorView[P], audience: str, may: Callable[[Actor], bool]) -> Callable[..., HttpResponseBase]:
    """``audience`` stays on the page as an attribute, so that the walks know who may open it."""

    @functools.wraps(view)
    def page(request: HttpRequest, community: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            load_community(community)
            return to_sign_in(request, community)
        actor = actor_or_none(request, community)
        if actor is None:
            return _no_member(request, audience)
        if not may(actor):
            raise PermissionDenied
        with timezone.override(ZoneInfo(actor.community.time_zone)):
            return _rendered(view(request, actor, *args, **kwargs))

    page.audience = audience  # type: ignore[attr-defined]
    return page


def to_sign_in(request: HttpRequest, slug: str) -> HttpResponseBase:
    """To sign-in, and back to the page, or to the one that a form was sent from: what was sent did nothing."""
    if request.method in ("GET", "HEAD"):
        return redirect_to_login(request.get_full_path())
    messages.info(request, _("You are no longer signed in, so nothing was done. Sign in, then press once more."))
    return redirect_to_login(page_of_form(request) or reverse("home:board", args=[slug]))


def _no_member(request: HttpRequest, audience: str) -> HttpResponseBase:
    """Somebody who belongs nowhere yet has just signed in and is led to registration; a stranger finds nothing."""
    asks_in = request.method in ("GET", "HEAD") and audience in ("member", "resident")
    user_id = request.user.pk
    belongs = Resident.objects.filter(user=user_id).exists() or RoleGrant.objects.live().filter(user=user_id).exists()
    if asks_in and not belongs:
        return redirect("communities:join", request.community.slug)  # type: ignore[attr-defined]
    raise Http404


def _rendered(response: HttpResponseBase) -> HttpResponseBase:
    # A lazy template would be rendered after the community's time zone is gone.
    if isinstance(response, SimpleTemplateResponse) and not response.is_rendered:
        response.render()
    return response


def member_page(view: ActorView[P]) -> Callable[..., HttpResponseBase]:
    """Anybody who belongs to the community: residents and holders of a role."""
    return _guarded(view, "member", lambda actor: True)


def resident_page(view: ActorView[P]) -> Callable[..., HttpResponseBase]:
    """Residents alone: ``actor.resident`` is there."""
    return _guarded(view, "resident", lambda actor: actor.resident is not None)


def leader_page(view: ActorView[P]) -> Callable[..., HttpResponseBase]:
    """Staff and leaders of a team; the view asks which team."""
    return _guarded(view, "leader", lambda actor: actor.is_staff or actor.is_leader)


def staff_page(view: ActorView[P]) -> Callable[..., HttpResponseBase]:
    """Community workers and managers."""
    return _guarded(view, "staff", lambda actor: actor.is_staff)


def manager_page(view: ActorView[P]) -> Callable[..., HttpResponseBase]:
    """Managers."""
    return _guarded(view, "manager", lambda actor: actor.is_manager)


def auditor_page(view: ActorView[P]) -> Callable[..., HttpResponseBase]:
    """Auditors and managers: what is read to check the books."""
    return _guarded(view, "auditor", lambda actor: actor.is_auditor or actor.is_manager)


def report_page(view: ActorView[P]) -> Callable[..., HttpResponseBase]:
    """Staff and auditors: the community's figures."""
    return _guarded(view, "report", lambda actor: actor.is_staff or actor.is_auditor)


def board_page(view: BoardView[P]) -> Callable[..., HttpResponseBase]:
    """Everybody, signed in or not; ``actor`` is None for the signed-out and for strangers."""

    @functools.wraps(view)
    def page(request: HttpRequest, community: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        actor = actor_or_none(request, community)
        zone = request.community.time_zone  # type: ignore[attr-defined]
        with timezone.override(ZoneInfo(zone)):
            return _rendered(view(request, actor, *args, **kwargs))

    page.audience = "board"  # type: ignore[attr-defined]
    return page
