"""Households: staff let people join and leave; members see who they are and what they hold together."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from communities.access import resident_page, staff_page
from communities.actors import Actor
from communities.choices import Wallets
from communities.forms.people import HouseholdForm, SpendersForm
from communities.models import Household, HouseholdMember, Resident
from communities.selectors import household_of
from communities.selectors_moves import open_moves
from communities.services import households
from communities.views.buttons import press
from core import clock
from core.clock import local_date
from core.forms import attempt
from core.paging import page_of
from ledger.selectors import balance


@require_http_methods(["GET", "HEAD"])
@resident_page
def mine(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """A resident's own household: members, what the pool holds, who may spend."""
    today = local_date(clock.now(), actor.community.time_zone)
    membership = household_of(actor.resident, today)  # type: ignore[arg-type]
    context: dict[str, object] = {"membership": membership, "shared": _shared(actor)}
    if membership is not None:
        context["members"] = _members(membership.household, actor)
        if membership.household.wallet_id:
            context["balance"] = balance(membership.household.wallet_id)
    return render(request, "communities/my_household.html", context)


def _shared(actor: Actor) -> bool:
    return bool(actor.community.settings.wallets == Wallets.HOUSEHOLD)


def _members(household: Household, actor: Actor) -> list[HouseholdMember]:
    today = local_date(clock.now(), actor.community.time_zone)
    rows = HouseholdMember.objects.on(today).filter(household=household).select_related("resident")
    return list(rows.order_by("starts_date", "pk"))


@require_http_methods(["GET", "HEAD"])
@staff_page
def index(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """All households of the community."""
    rows = Household.objects.filter(community=actor.community).prefetch_related("members__resident")
    page = page_of(request, rows.order_by("number"))
    today = local_date(clock.now(), actor.community.time_zone)
    listed = [(one, [m.resident for m in one.members.all() if _holds(m, today)]) for one in page.object_list]
    context = {"page": page, "rows": listed, "waiting": open_moves(actor.community)}
    return render(request, "communities/households.html", context)


def _holds(member: HouseholdMember, day: date) -> bool:
    return member.starts_date <= day and (member.ends_date is None or member.ends_date > day)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def one(request: HttpRequest, actor: Actor, household: UUID) -> HttpResponseBase:
    """One household: members, who may spend, letting somebody leave."""
    found = get_object_or_404(Household.objects.filter(community=actor.community), pk=household)
    members = _members(found, actor)
    chosen = [str(member.resident_id) for member in members if member.may_spend]
    form = SpendersForm(request.POST or None, members=members, initial={"spenders": chosen})
    if request.method == "POST" and form.is_valid():
        saved = attempt(form, lambda: _named(actor, found, form))
        if saved is not None:
            messages.success(request, _("Saved."))
            return redirect("communities:one_household", actor.community.slug, found.pk)
    past = HouseholdMember.objects.filter(household=found, ends_date__isnull=False).select_related("resident")
    context = {
        "household": found,
        "members": members,
        "past": past.order_by("-ends_date"),
        "form": form,
        "shared": _shared(actor),
        "purse": balance(found.wallet_id) if found.wallet_id else None,
    }
    return render(request, "communities/household.html", context)


def _named(actor: Actor, household: Household, form: SpendersForm) -> Household:
    chosen = [UUID(value) for value in form.cleaned_data["spenders"]]
    return households.let_spend(actor=actor, household_id=household.pk, resident_ids=chosen, now=clock.now())


@require_POST
@staff_page
def leave(request: HttpRequest, actor: Actor, household: UUID, resident: UUID) -> HttpResponseBase:
    """Somebody leaves: with their hours; the pool's coins stay."""
    found = get_object_or_404(Household.objects.filter(community=actor.community), pk=household)
    press(
        request,
        lambda: households.leave(actor=actor, household_id=found.pk, resident_id=resident, now=clock.now()),
        done=_("They have left the household. Its coins stay with it."),
    )
    return redirect("communities:one_household", actor.community.slug, found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def join(request: HttpRequest, actor: Actor, resident: UUID) -> HttpResponseBase:
    """A resident joins a household by its number, or gets a new one."""
    person = get_object_or_404(Resident.objects.for_community(actor.community).living_here(), pk=resident)
    form = HouseholdForm(request.POST or None, community=actor.community)
    if request.method == "POST" and form.is_valid() and attempt(form, lambda: _joined(actor, person, form)) is not None:
        messages.success(request, _("They belong to the household from today on."))
        return redirect("communities:resident", actor.community.slug, person.pk)
    return render(
        request, "communities/join_household.html", {"form": form, "resident": person, "shared": _shared(actor)}
    )


def _joined(actor: Actor, person: Resident, form: HouseholdForm) -> object:
    if form.household is None:
        return households.open_household(actor=actor, resident_ids=[person.pk], now=clock.now())
    return households.move(actor=actor, household_id=form.household.pk, resident_id=person.pk, now=clock.now())
