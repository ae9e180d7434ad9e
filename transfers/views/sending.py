"""Sending coins: to whom, review, confirm. By a resident from the passbook, by staff for a resident at the desk.

What was looked up goes to the review as a signed text of the address, so that the review looks nobody up again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from audit.services import log_view
from communities.access import resident_page, staff_page
from communities.actors import Actor
from communities.models import Resident
from communities.selectors import partners_of
from core import clock
from core.forms import attempt
from transfers.forms import ConfirmForm, SendForm
from transfers.selectors import purse_of
from transfers.services.looking_up import look_up
from transfers.services.sending import needs_second, send
from transfers.views.once import run_once

SALT = "transfers.review"
OPEN_FOR_S = 3600  # a review left open longer begins anew


@dataclass(frozen=True, slots=True)
class Place:
    """Whose coins are sent, and by which pages."""

    actor: Actor
    resident: Resident
    at_desk: bool

    def url(self, name: str) -> str:
        """The address of "new" or "review" here."""
        kwargs: dict[str, Any] = {"community": self.actor.community.slug}
        if self.at_desk:
            return reverse(f"transfers:desk_{name}", kwargs=kwargs | {"resident": self.resident.pk})
        return reverse(f"transfers:{name}", kwargs=kwargs)

    @property
    def url_new(self) -> str:
        """Where it is said anew."""
        return self.url("new")

    @property
    def back_url(self) -> str:
        """Where the pages were entered from."""
        slug = self.actor.community.slug
        if self.at_desk:
            return reverse("communities:resident", args=[slug, self.resident.pk])
        return reverse("papers:passbook", args=[slug])


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed and found: the payee and the coins."""

    payee: Resident
    amount: int


@resident_page
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The resident says to whom and how many."""
    assert actor.resident is not None
    return _new(request, Place(actor, actor.resident, at_desk=False))


@resident_page
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The resident reviews and confirms."""
    assert actor.resident is not None
    return _review(request, Place(actor, actor.resident, at_desk=False))


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def desk_new(request: HttpRequest, actor: Actor, resident: UUID) -> HttpResponse:
    """Staff say it for a resident who asks, or who moves away."""
    return _new(request, _at_desk(actor, resident))


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def desk_review(request: HttpRequest, actor: Actor, resident: UUID) -> HttpResponse:
    """Staff review and confirm."""
    return _review(request, _at_desk(actor, resident))


def _at_desk(actor: Actor, resident_id: UUID) -> Place:
    resident = get_object_or_404(Resident.objects.for_community(actor.community), pk=resident_id)
    resident.community = actor.community
    now = clock.now()
    log_view(viewer_id=actor.user_id, kind="passbook", record_id=resident.pk, community_id=actor.community.pk, now=now)
    return Place(actor, resident, at_desk=True)


def _new(request: HttpRequest, place: Place) -> HttpResponse:
    partners = partners_of(place.actor.community)
    form = SendForm(request.POST or None, partners=partners)
    if request.method == "POST" and form.is_valid():
        payee = attempt(form, lambda: _looked_up(place, form))
        if payee is not None:
            token = _signed(place, Asked(payee, form.cleaned_data["amount"]))
            return redirect(f"{place.url('review')}?{urlencode({'t': token})}")
    context = {"form": form, "place": place, "partners": partners, "purse": purse_of(place.resident, clock.now())}
    return render(request, "transfers/new.html", context)


def _looked_up(place: Place, form: SendForm) -> Resident:
    kept = form.cleaned_data
    return look_up(
        actor=place.actor,
        partner_id=int(kept["partner"]),
        member_number=kept["member_number"],
        surname=kept["surname"],
        now=clock.now(),
    )


def _review(request: HttpRequest, place: Place) -> HttpResponse:
    asked = _read(place, request.GET.get("t", ""))
    if asked is None:
        messages.warning(request, _("Please say again to whom and how many."))
        return redirect(place.url("new"))
    form = ConfirmForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        url = run_once(form, place.actor, "send-transfer", lambda: _sent(place, asked))
        if url is not None:
            return redirect(url)
    purse = purse_of(place.resident, clock.now())
    context = {
        "form": form,
        "place": place,
        "asked": asked,
        "purse": purse,
        "moved": -asked.amount,
        "after": purse.available - asked.amount,
        "short": max(0, asked.amount - purse.available),
        "needs_second": needs_second(place.actor.community, asked.amount),
    }
    return render(request, "transfers/review.html", context)


def _sent(place: Place, asked: Asked) -> str:
    made = send(
        actor=place.actor,
        resident_id=place.resident.pk,
        payee_id=asked.payee.pk,
        amount=asked.amount,
        now=clock.now(),
    )
    return reverse("transfers:transfer", kwargs={"community": place.actor.community.slug, "transfer_id": made.pk})


def _signed(place: Place, asked: Asked) -> str:
    said = [place.actor.user_id, str(place.resident.pk), str(asked.payee.pk), asked.amount]
    return signing.dumps(said, salt=SALT)


def _read(place: Place, token: str) -> Asked | None:
    """What this person looked up for this resident within the hour, None for anything else."""
    try:
        user_id, resident_id, payee_id, amount = signing.loads(token, salt=SALT, max_age=OPEN_FOR_S)
    except (signing.BadSignature, ValueError):
        return None
    if (user_id, resident_id) != (place.actor.user_id, str(place.resident.pk)):
        return None
    payee = Resident.objects.select_related("community").filter(pk=payee_id).first()
    return Asked(payee, amount) if payee else None
