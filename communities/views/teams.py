"""Teams: everybody sees what they do; leaders and staff say who is in them."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from communities.access import leader_page, member_page, staff_page
from communities.actors import Actor
from communities.forms.people import ResidentChoiceForm, TeamForm
from communities.models import RoleGrant, Team, TeamMember
from communities.services import teams
from communities.services.teams import TeamWords
from communities.views.buttons import press
from core import clock
from core.forms import attempt


@require_http_methods(["GET", "HEAD"])
@member_page
def index(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The community's teams, mine first."""
    here = Team.objects.filter(community=actor.community, closed_at__isnull=True)
    counted = here.annotate(people=Count("members", filter=Q(members__left_at__isnull=True))).order_by("name_zh")
    own: set[UUID] = set(actor.led_team_ids)
    if actor.resident is not None:
        own |= set(
            TeamMember.objects.filter(resident=actor.resident, left_at__isnull=True).values_list("team_id", flat=True)
        )
    rows = sorted(((team, team.pk in own) for team in counted), key=lambda row: not row[1])
    return render(request, "communities/teams.html", {"rows": rows})


@require_http_methods(["GET", "HEAD"])
@member_page
def one(request: HttpRequest, actor: Actor, team: UUID) -> HttpResponseBase:
    """One team: what it does, who leads it, who is in it; neighbours see masked names."""
    found = get_object_or_404(Team.objects.filter(community=actor.community), pk=team)
    members = found.members.filter(left_at__isnull=True).select_related("resident").order_by("joined_at")
    leaders = RoleGrant.objects.live().filter(team=found).values_list("user_id", flat=True)
    context = {
        "team": found,
        "members": [(member, member.resident.user_id in set(leaders)) for member in members],
        "may_change": actor.is_staff or actor.leads(found.pk),
        "sees_names": actor.is_staff,
        "form": ResidentChoiceForm(community=actor.community),
        "mine": actor.resident,
    }
    return render(request, "communities/team.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def new(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """A new team."""
    form = TeamForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = attempt(form, lambda: teams.open_team(actor=actor, words=TeamWords(**form.cleaned_data)))
        if made is not None:
            messages.success(request, _("The team is there. Now say who is in it."))
            return redirect("communities:one_team", actor.community.slug, made.pk)
    return render(request, "communities/new_team.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@leader_page
def add(request: HttpRequest, actor: Actor, team: UUID) -> HttpResponseBase:
    """Somebody joins, by member number."""
    found = get_object_or_404(Team.objects.filter(community=actor.community), pk=team)
    form = ResidentChoiceForm(request.POST or None, community=actor.community)
    if request.method == "POST" and form.is_valid() and form.resident is not None:
        person = form.resident
        done = attempt(
            form,
            lambda: teams.join_team(actor=actor, team_id=found.pk, resident_id=person.pk, now=clock.now()),
        )
        if done is not None:
            messages.success(request, _("They are in the team."))
            return redirect("communities:one_team", actor.community.slug, found.pk)
    return render(request, "communities/add_to_team.html", {"form": form, "team": found})


@require_POST
@member_page
def leave(request: HttpRequest, actor: Actor, team: UUID, resident: UUID) -> HttpResponseBase:
    """Somebody leaves the team."""
    found = get_object_or_404(Team.objects.filter(community=actor.community), pk=team)
    press(
        request,
        lambda: teams.leave_team(actor=actor, team_id=found.pk, resident_id=resident, now=clock.now()),
        done=_("Done. The hours given so far stay counted."),
    )
    return redirect("communities:one_team", actor.community.slug, found.pk)
