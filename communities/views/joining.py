"""Registering by oneself: one question a page; the answers wait in the web session until the last page."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.services.form_keys import once
from communities.access import board_page, load_community
from communities.actors import Actor
from communities.choices import ADULT_AGE, ALONE_ONLINE_AGE
from communities.forms.joining import BirthStep, ConsentStep, GuardianStep, HomeStep, NameStep
from communities.models import Community, Resident
from communities.services.registration import Guardian, Person, age_of, join
from core import clock, phones
from core.errors import DomainError
from core.forms import attempt, refuse

STEPS: dict[str, type[forms.Form]] = {
    "name": NameStep,
    "home": HomeStep,
    "birth": BirthStep,
    "guardian": GuardianStep,
}
ORDER = [*STEPS, "check"]
SESSION_KEY = "joining"


def _answers(request: HttpRequest, community: Community) -> dict[str, Any]:
    kept = request.session.get(SESSION_KEY) or {}
    return dict(kept.get("answers", {})) if kept.get("community") == community.slug else {}


def _keep(request: HttpRequest, community: Community, answers: dict[str, Any]) -> None:
    request.session[SESSION_KEY] = {"community": community.slug, "answers": answers}


@require_http_methods(["GET", "HEAD"])
@board_page
def start(request: HttpRequest, actor: Actor | None) -> HttpResponseBase:
    """What registering takes, and the button to begin; signed out, the code comes first."""
    community: Community = request.community  # type: ignore[attr-defined]
    first = reverse("communities:join_step", args=[community.slug, "name"])
    if not request.user.is_authenticated:
        first = f"{reverse('account_signup')}?{urlencode({'next': first})}"
    known = actor is not None and actor.resident is not None
    return render(request, "communities/join_start.html", {"first": first, "known": known})


def _signed_in(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _newcomer_page(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """For who is signed in and not yet registered here."""

    @functools.wraps(view)
    @login_required
    def page(request: HttpRequest, community: str, **kwargs: Any) -> HttpResponseBase:
        here = load_community(community)
        request.community = here  # type: ignore[attr-defined]
        if Resident.objects.for_community(here).living_here().filter(user=_signed_in(request)).exists():
            return redirect("communities:join", here.slug)
        return view(request, here, **kwargs)

    page.audience = "newcomer"  # type: ignore[attr-defined]
    return page


@require_http_methods(["GET", "HEAD", "POST"])
@_newcomer_page
def step(request: HttpRequest, community: Community, name: str) -> HttpResponseBase:
    """One question. What was answered before is there again."""
    if name not in STEPS:
        raise Http404
    answers = _answers(request, community)
    form = STEPS[name](request.POST or None, initial=answers)
    context: dict[str, Any] = {"form": form, "step": name, **_place(name)}
    if request.method == "POST" and form.is_valid():
        answers |= {field: _plain(value) for field, value in form.cleaned_data.items()}
        context["too_young"] = name == "birth" and _is_too_young(form, answers, community)
        if form.is_valid() and not context["too_young"]:
            _keep(request, community, answers)
            return redirect("communities:join_step", community.slug, _after(name, answers, community))
    return render(request, "communities/join_step.html", context)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _place(name: str) -> dict[str, str]:
    before = {"name": "", "home": "name", "birth": "home", "guardian": "birth", "check": "birth"}[name]
    return {"before": before}


def _age(answers: dict[str, Any], community: Community) -> int:
    born = Person(full_name="", birth_date=date.fromisoformat(answers["birth_date"]))
    return age_of(born, community, clock.now())


def _is_too_young(form: forms.Form, answers: dict[str, Any], community: Community) -> bool:
    """Whether they are too young to go on alone; a birth date that cannot be is said in the form."""
    try:
        return _age(answers, community) < ALONE_ONLINE_AGE
    except DomainError as error:
        refuse(form, error)
        return False


def _after(name: str, answers: dict[str, Any], community: Community) -> str:
    if name == "birth" and _age(answers, community) >= ADULT_AGE:
        return "check"
    return ORDER[ORDER.index(name) + 1]


def _missing(answers: dict[str, Any], community: Community) -> str | None:
    """The first question that is still open."""
    if not answers.get("full_name"):
        return "name"
    if not answers.get("building"):
        return "home"
    if not answers.get("birth_date"):
        return "birth"
    if _age(answers, community) < ADULT_AGE and not answers.get("guardian_agrees"):
        return "guardian"
    return None


@require_http_methods(["GET", "HEAD", "POST"])
@_newcomer_page
def check(request: HttpRequest, community: Community) -> HttpResponseBase:
    """All answers once more, and consent."""
    answers = _answers(request, community)
    if open_question := _missing(answers, community):
        return redirect("communities:join_step", community.slug, open_question)
    form = ConsentStep(request.POST or None)
    if request.method == "POST" and form.is_valid():
        where = attempt(form, lambda: _register(request, community, answers, form))
        if where is not None:
            request.session.pop(SESSION_KEY, None)
            messages.success(
                request,
                _("You are registered. Bring your papers to the office once, so that staff can verify where you live."),
            )
            return redirect(where)
    return _checked(request, community, answers, form)


def _checked(request: HttpRequest, community: Community, answers: dict[str, Any], form: ConsentStep) -> HttpResponse:
    minor = _age(answers, community) < ADULT_AGE
    born = date.fromisoformat(answers["birth_date"])
    context = {"form": form, "answers": answers, "minor": minor, "born": born, **_place("check")}
    if minor:
        context["guardian_number"] = phones.for_people(answers["guardian_phone"])
    return render(request, "communities/join_check.html", context)


def _register(request: HttpRequest, community: Community, answers: dict[str, Any], form: ConsentStep) -> str:
    user = _signed_in(request)
    minor = _age(answers, community) < ADULT_AGE
    person = Person(
        full_name=answers["full_name"],
        birth_date=date.fromisoformat(answers["birth_date"]),
        building=answers["building"],
        door=answers.get("door", ""),
        phone=user.phone,
        address_form=answers.get("address_form", ""),
    )
    guardian = Guardian(answers["guardian_name"], answers["guardian_phone"]) if minor else None

    def run() -> str:
        join(
            user=user,
            community=community,
            person=person,
            consented=form.cleaned_data["consent"],
            guardian=guardian,
            now=clock.now(),
        )
        return reverse("home:home", args=[community.slug])

    return once(key=form.key, user_id=user.pk, purpose="join", run=run)
