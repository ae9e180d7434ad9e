"""Staff find residents, register them at the desk, and open their records."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.services.form_keys import once
from accounts.services.signing_in import Address
from audit.selectors import changes_of, openings_of
from audit.services import log_view
from communities import policies
from communities.access import manager_page, member_page, staff_page
from communities.actors import Actor
from communities.forms.people import AccountForm, CorrectForm, FindForm, RegisterForm, ReplaceAccountForm
from communities.models import Resident, RoleGrant, TeamMember
from communities.selectors import find_residents, household_of, wallet_id_of
from communities.selectors_debts import owed_by, own_line
from communities.services import people, registration
from communities.views.buttons import press
from core import clock
from core.clock import local_date
from core.forms import attempt
from core.paging import page_of
from core.parts import render_page

SHOWN_OPENINGS = 10
HIDDEN_CHANGES = (
    "wallet",
    "registered_by",
    "residence_verified_by",
    "home_visits_cleared_by",
)  # who did it stands above


@require_http_methods(["GET", "HEAD"])
@staff_page
def find(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The list of residents, searched."""
    form = FindForm(request.GET)
    kept = form.cleaned_data if form.is_valid() else {"q": "", "show": ""}
    residents = _narrow(find_residents(community=actor.community, query=kept["q"]), kept["show"], actor)
    page = page_of(request, residents if form.is_valid() else residents.none())
    today = local_date(clock.now(), actor.community.time_zone)
    rows = [(one, one.age_on(today)) for one in page.object_list]
    context = {"page": page, "rows": rows, "form": form, "query": kept["q"], "show": kept["show"]}
    return render_page(request, "communities/people.html", context, part="results")


def _narrow(residents: QuerySet[Resident], show: str, actor: Actor) -> QuerySet[Resident]:
    today = local_date(clock.now(), actor.community.time_zone)
    if show == "waiting":
        return residents.filter(residence_verified_at__isnull=True)
    if show == "cleared":
        return residents.filter(home_visits_cleared_at__isnull=False)
    if show == "young":
        return residents.filter(birth_date__gt=_years_before(today, 18))
    return residents


def _years_before(day: Any, years: int) -> Any:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def register(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """A new resident, with or without a phone."""
    form = RegisterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        where = attempt(
            form,
            lambda: once(
                key=form.key, user_id=actor.user_id, purpose="register", run=partial(_registered, actor, form)
            ),
        )
        if where is not None:
            messages.success(request, _("Registered, with a member number and a passbook."))
            return redirect(where)
    return render(request, "communities/register.html", {"form": form})


def _registered(actor: Actor, form: RegisterForm) -> str:
    facts: dict[str, Any] = {
        "actor": actor,
        "person": form.person(),
        "consented": form.cleaned_data["consent"],
        "guardian": form.guardian(),
        "now": clock.now(),
    }
    if form.cleaned_data["may_sign_in"]:
        resident = people.register_signing_in(address=Address(phone=form.cleaned_data["phone_number"]), **facts)
    else:
        resident = registration.register_resident(**facts)
    return reverse("communities:resident", args=[actor.community.slug, resident.pk])


@require_http_methods(["GET", "HEAD"])
@staff_page
def resident(request: HttpRequest, actor: Actor, resident: UUID) -> HttpResponseBase:
    """One resident's record. Opening it is written down."""
    person = _opened(actor, resident)
    today = local_date(clock.now(), actor.community.time_zone)
    grants = RoleGrant.objects.reaching(actor.community).filter(user_id=person.user_id) if person.user_id else []
    context = {
        "resident": person,
        "age": person.age_on(today),
        "is_minor": person.is_minor_on(today),
        "membership": household_of(person, today),
        "teams": TeamMember.objects.filter(resident=person, left_at__isnull=True).select_related("team"),
        "grants": list(grants),
        "own": person.user_id == actor.user_id,
        **_coins(person, today),
        "may_connect": policies.can_connect_account(actor),
    }
    return render(request, "communities/resident.html", context)


def _coins(person: Resident, today: date) -> dict[str, object]:
    """The credit line of the wallet they live off, and what it owes."""
    wallet_id = wallet_id_of(person, today)
    return {"credit_line": own_line(wallet_id), "owed": owed_by(wallet_id) if wallet_id else 0}


@require_http_methods(["GET", "HEAD"])
@staff_page
def history(request: HttpRequest, actor: Actor, resident: UUID) -> HttpResponseBase:
    """What was changed on a resident's record, and who opened it. Reading it is an opening too."""
    person = _opened(actor, resident)
    context = {
        "resident": person,
        "changes": changes_of(Resident.pgh_event_model, person.pk, hide=HIDDEN_CHANGES),  # type: ignore[attr-defined]
        "openings": openings_of(person.pk, "resident", "passbook")[:SHOWN_OPENINGS],
    }
    return render(request, "communities/resident_history.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def correct(request: HttpRequest, actor: Actor, resident: UUID) -> HttpResponseBase:
    """Staff correct a name, a door, a number, with the reason. Opening the form is written down."""
    person = (_own if request.method == "POST" else _opened)(actor, resident)
    kept = ("full_name", "address_form", "building", "door")
    initial = {name: getattr(person, name) for name in kept}
    initial |= {"birth_date": person.birth_date.isoformat(), "phone_number": person.phone or ""}
    form = CorrectForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        saved = attempt(
            form,
            lambda: people.correct_details(
                actor=actor,
                resident_id=person.pk,
                person=form.person(),
                reason=form.cleaned_data["reason"],
                now=clock.now(),
            ),
        )
        if saved is not None:
            messages.success(request, _("Saved."))
            return redirect("communities:resident", actor.community.slug, person.pk)
    return render(request, "communities/correct.html", {"form": form, "resident": person})


@require_POST
@staff_page
def verify(request: HttpRequest, actor: Actor, resident: UUID) -> HttpResponseBase:
    """Staff have seen where the resident lives."""
    person = _own(actor, resident)
    press(
        request,
        lambda: registration.verify_residence(actor=actor, resident_id=person.pk, now=clock.now()),
        done=_("Residence verified."),
    )
    return redirect("communities:resident", actor.community.slug, person.pk)


@require_POST
@staff_page
def clear(request: HttpRequest, actor: Actor, resident: UUID) -> HttpResponseBase:
    """Staff let an adult visit homes, or take it back."""
    person = _own(actor, resident)
    cleared = request.POST.get("cleared") == "yes"
    press(
        request,
        lambda: registration.clear_for_home_visits(
            actor=actor, resident_id=person.pk, cleared=cleared, now=clock.now()
        ),
        done=_("They may visit homes.") if cleared else _("They no longer visit homes."),
    )
    return redirect("communities:resident", actor.community.slug, person.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@manager_page
def account(request: HttpRequest, actor: Actor, resident: UUID) -> HttpResponseBase:
    """A manager lets a resident sign in with a number or an address, or with another one than the lost one."""
    person = _own(actor, resident)
    replaces = person.user is not None
    form = (ReplaceAccountForm if replaces else AccountForm)(request.POST or None)
    connect = people.replace_account if replaces else people.connect_account
    if request.method == "POST" and form.is_valid():
        saved = attempt(
            form,
            lambda: connect(actor=actor, resident_id=person.pk, address=form.cleaned_data["login"], now=clock.now()),
        )
        if saved is not None:
            messages.success(request, _("They can sign in with it; a code proves that it is theirs."))
            return redirect("communities:resident", actor.community.slug, person.pk)
    return render(request, "communities/account.html", {"form": form, "resident": person})


@require_http_methods(["GET", "HEAD"])
@member_page
def passbook_code(request: HttpRequest, actor: Actor, token: str) -> HttpResponseBase:
    """Where a printed passbook's QR code leads: staff to the record, its owner to the passbook, others nowhere."""
    person = get_object_or_404(Resident.objects.for_community(actor.community).living_here(), passbook_token=token)
    if policies.can_see_people(actor):
        return redirect("communities:resident", actor.community.slug, person.pk)
    if actor.resident is not None and actor.resident.pk == person.pk:
        return redirect("papers:passbook", actor.community.slug)
    raise Http404


def _opened(actor: Actor, resident_id: UUID) -> Resident:
    """The same, written down as opened by the actor."""
    person, now = _own(actor, resident_id), clock.now()
    log_view(viewer_id=actor.user_id, kind="resident", record_id=person.pk, community_id=actor.community.pk, now=now)
    return person


def _own(actor: Actor, resident_id: UUID) -> Resident:
    """A resident of the actor's community, or 404."""
    people_here = Resident.objects.for_community(actor.community).select_related("user", "wallet")
    person = get_object_or_404(people_here, pk=resident_id)
    person.community = actor.community
    return person
