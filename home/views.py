"""The first pages: the root, the public board, a resident's home and "me", staff today, and what explains itself."""

from __future__ import annotations

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from communities.access import board_page, member_page, staff_page
from communities.actors import Actor
from communities.choices import STAFF
from communities.models import Community, Resident, RoleGrant
from core.clock import local_date, now
from home.selectors.board import public_board, rule_sentence
from home.selectors.resident import resident_home
from home.selectors.staff import staff_today
from tasks.selectors.coins import coin_word, rule_on

COMMUNITIES_SHOWN = 200


@require_safe
def root(request: HttpRequest) -> HttpResponseBase:
    """Where a visitor belongs: a resident's home, where one works, else the choice of communities."""
    user = request.user
    if user.is_authenticated:
        slug = Resident.objects.filter(user_id=user.pk, left_at=None).values_list("community__slug", flat=True).first()
        if slug:
            return redirect("home:home", slug)
        if page := _place_of_work(user.pk):
            return redirect(page)
    communities = Community.objects.select_related("street").order_by("slug")[:COMMUNITIES_SHOWN]
    return render(request, "home/root.html", {"communities": list(communities)})


def _place_of_work(user_id: int) -> str | None:
    """Staff's day; for leaders, auditors and merchants the page of their own lines. Who works street-wide chooses."""
    grants = RoleGrant.objects.live().filter(user_id=user_id).order_by("pk")
    places = list(grants.values_list("role", "community__slug", "team__community__slug"))
    for role, slug, _of_team in places:
        if slug and role in STAFF:
            return reverse("home:staff", args=[slug])
    return next((reverse("home:me", args=[slug or team]) for _role, slug, team in places if slug or team), None)


def closed(request: HttpRequest, **parts: object) -> HttpResponseBase:
    """A library's address that leads nowhere here."""
    raise Http404


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """For the load balancer: 200 when the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@board_page
def board(request: HttpRequest, actor: Actor | None) -> HttpResponse:
    """The community's public board. No names, no door numbers."""
    community: Community = request.community  # type: ignore[attr-defined]
    moment = now()
    coin = coin_word(community, local_date(moment, community.time_zone))
    shown = public_board(community=community, actor=actor, coin=coin, now=moment)
    return render(request, "home/board.html", {"board": shown, "actor": actor})


@require_safe
@member_page
def home(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """A resident's home; who only works here is led to the workbench or to the page of their own lines."""
    if actor.resident is None:
        return redirect("home:staff" if actor.is_staff else "home:me", actor.community.slug)
    shown = resident_home(actor=actor, resident=actor.resident, now=now())
    return render(request, "home/home.html", {"home": shown, "resident": actor.resident, "actor": actor})


@require_safe
@member_page
def me(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Everything of one's own, a line each."""
    return render(request, "home/me.html", {"actor": actor, "resident": actor.resident})


@require_safe
@staff_page
def staff(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The staff's day."""
    moment = now()
    shown = staff_today(community=actor.community, now=moment)
    today = local_date(moment, actor.community.time_zone)
    return render(request, "home/staff.html", {"shown": shown, "today": today, "actor": actor})


@require_safe
@board_page
def how(request: HttpRequest, actor: Actor | None) -> HttpResponse:
    """How coins are earned and spent here, from the community's own settings."""
    community: Community = request.community  # type: ignore[attr-defined]
    today = local_date(now(), community.time_zone)
    sentence = rule_sentence(rule_on(community, today), coin_word(community, today))
    return render(request, "home/how.html", {"settings": community.settings, "rule_sentence": sentence})


@require_safe
@board_page
def privacy(request: HttpRequest, actor: Actor | None) -> HttpResponse:
    """What is kept about people, why, and who sees it."""
    return render(request, "home/privacy.html")


@require_safe
@board_page
def accessibility(request: HttpRequest, actor: Actor | None) -> HttpResponse:
    """What makes the pages easy to use, and whom to call when they are not."""
    return render(request, "home/accessibility.html")
