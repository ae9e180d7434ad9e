"""A shift as staff and its leader see it: who comes, who came, claiming for somebody without a phone, asked visits."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communities.access import leader_page, staff_page
from communities.actors import Actor
from core import clock
from core.errors import DomainError, NotAllowed
from tasks.choices import Decision
from tasks.forms.claims import ClaimForForm
from tasks.models import Shift
from tasks.policies.claims import can_run_shift
from tasks.rules.windows import OPENS_BEFORE
from tasks.selectors import staff
from tasks.services import attendance, claims
from tasks.views.claims import said_after_claim
from tasks.views.doing import done, url_of

TICK = "tick-"


@require_safe
@leader_page
def led(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The shifts of the teams I lead."""
    return render(request, "tasks/led.html", {"shifts": staff.led_shifts(actor=actor, now=clock.now())})


@require_http_methods(["GET", "HEAD", "POST"])
@leader_page
def staff_shift(request: HttpRequest, actor: Actor, shift_id: UUID) -> HttpResponseBase:
    """Who comes, and the ticks: one save for the whole list."""
    shift, now = _shift(actor, shift_id), clock.now()
    if request.method == "POST":
        _save_ticks(request, actor, shift, now)
        return redirect(url_of("staff_shift", actor, shift_id=shift_id))
    context = {
        "actor": actor,
        "shift": shift,
        "task": shift.task,
        "people": staff.who_comes(shift),
        "ticks_open": now >= shift.starts_at - OPENS_BEFORE,
        "has_begun": shift.has_begun(now),
        "decisions": Decision.choices,
        "form": ClaimForForm(community=actor.community) if actor.is_staff else None,
    }
    return render(request, "tasks/staff_shift.html", context)


@require_POST
@staff_page
def claim_for(request: HttpRequest, actor: Actor, shift_id: UUID) -> HttpResponseBase:
    """Claim for somebody without a phone; the sign-up names both."""
    shift = _shift(actor, shift_id)
    form = ClaimForForm(request.POST, community=actor.community)

    def run() -> str:
        resident, companions = form.cleaned_data["resident"], form.cleaned_data["companions"] or 0
        sign_up = claims.claim(
            actor=actor, shift_id=shift_id, resident_id=resident.pk, companions=companions, now=clock.now()
        )
        messages.success(request, f"{resident.full_name}: {said_after_claim(sign_up, clock.now())}")
        return url_of("staff_shift", actor, shift_id=shift_id)

    if answer := done(request, actor, form, "claim-for", run):
        return answer
    context = {"actor": actor, "shift": shift, "task": shift.task, "form": form}
    return render(request, "tasks/claim_for.html", context, status=422)


@require_POST
@staff_page
def answer(request: HttpRequest, actor: Actor, sign_up_id: UUID) -> HttpResponseBase:
    """Yes or no to a resident who asked for a home visit."""
    decide = claims.decline if request.POST.get("decline") else claims.accept
    try:
        sign_up = decide(actor=actor, sign_up_id=sign_up_id, now=clock.now())
    except ObjectDoesNotExist as error:
        raise Http404 from error
    except NotAllowed as error:
        raise PermissionDenied from error
    except DomainError as error:
        messages.error(request, str(error))
        return redirect(url_of("staff_list", actor))
    messages.success(request, _("Answered. The resident has been told."))
    return redirect(url_of("staff_shift", actor, shift_id=sign_up.shift_id))


def _save_ticks(request: HttpRequest, actor: Actor, shift: Shift, now: datetime) -> None:
    try:
        changed = attendance.decide(actor=actor, shift_id=shift.pk, decisions=_ticks(request), now=now)
    except NotAllowed as error:
        raise PermissionDenied from error
    except DomainError as error:
        messages.error(request, str(error))
        return
    text = ngettext("Saved: %(count)d tick.", "Saved: %(count)d ticks.", changed) % {"count": changed}
    messages.success(request, text)


def _ticks(request: HttpRequest) -> dict[UUID, Decision]:
    """The ticks of the form: `tick-<sign-up>` = present, absent or excused; others are left alone."""
    found: dict[UUID, Decision] = {}
    for name, value in request.POST.items():
        if name.startswith(TICK) and value in Decision.values:
            try:
                found[UUID(name.removeprefix(TICK))] = Decision(value)
            except ValueError:
                continue
    return found


def _shift(actor: Actor, shift_id: UUID) -> Shift:
    try:
        shift = staff.get_shift(actor.community, shift_id)
    except Shift.DoesNotExist as error:
        raise Http404 from error
    if not can_run_shift(actor, shift.task):
        raise PermissionDenied
    return shift
