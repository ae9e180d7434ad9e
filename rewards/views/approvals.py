"""Staff decide: the queue, approving, refusing, and the reversal of what was collected."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communities.access import manager_page, staff_page
from communities.actors import Actor
from core import clock
from core.formpack import faults
from core.forms import new_key
from core.paging import page_of
from core.parts import by_htmx, render_part
from rewards import selectors
from rewards.choices import LIVE, RedemptionState
from rewards.forms import ConfirmForm, ReasonForm
from rewards.models import Redemption
from rewards.services import approving, reversing
from rewards.views.loading import redemption_or_404, redemption_url, run_once
from rewards.views.redemptions import show


@staff_page
@require_safe
def staff_redemptions(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What waits for approval first; the other states behind tabs."""
    asked = request.GET.get("state", "")
    state = RedemptionState(asked) if asked in RedemptionState.values else RedemptionState.REQUESTED
    context = {
        "state": state,
        "tabs": _tabs(actor, state),
        "page": page_of(request, selectors.queue(actor.community, state)),
        "new_key": new_key,
    }
    return render(request, "rewards/staff_redemptions.html", context)


@staff_page
@require_POST
def approve(request: HttpRequest, actor: Actor, redemption_id: UUID) -> HttpResponse:
    """Approve, then back to the queue."""
    found = redemption_or_404(actor, redemption_id)

    def run() -> str:
        done = approving.approve(actor=actor, redemption_id=found.pk, now=clock.now())
        if not by_htmx(request):
            messages.success(request, _approved(done))
        return reverse("rewards:staff_redemptions", kwargs={"community": actor.community.slug})

    if by_htmx(request):
        return _outcome(request, actor, found, run)
    return _step(request, actor, found, "approve-redemption", run)


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def refuse(request: HttpRequest, actor: Actor, redemption_id: UUID) -> HttpResponse:
    """Refuse, with a reason."""
    found = redemption_or_404(actor, redemption_id)
    form = ReasonForm(request.POST or None, hint=_("The resident reads this."))
    if request.method == "POST" and form.is_valid():

        def run() -> str:
            reason = form.cleaned_data["reason"]
            approving.refuse(actor=actor, redemption_id=found.pk, reason=reason, now=clock.now())
            return reverse("rewards:staff_redemptions", kwargs={"community": actor.community.slug})

        if url := run_once(form, actor, "refuse-redemption", run):
            return redirect(url)
    return render(request, "rewards/refuse.html", {"redemption": found, "form": form})


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def ask_reversal(request: HttpRequest, actor: Actor, redemption_id: UUID) -> HttpResponse:
    """Ask that a collected redemption be reversed."""
    found = redemption_or_404(actor, redemption_id)
    form = ReasonForm(request.POST or None, hint=_("The manager who confirms it, and the auditor, read this."))
    if request.method == "POST" and form.is_valid():

        def run() -> str:
            reason = form.cleaned_data["reason"]
            reversing.ask_reversal(actor=actor, redemption_id=found.pk, reason=reason, now=clock.now())
            return redemption_url(actor, found)

        if url := run_once(form, actor, "ask-reversal", run):
            return redirect(url)
    return render(request, "rewards/ask_reversal.html", {"redemption": found, "form": form})


@manager_page
@require_POST
def confirm_reversal(request: HttpRequest, actor: Actor, redemption_id: UUID) -> HttpResponse:
    """The second person's step."""
    found = redemption_or_404(actor, redemption_id)

    def run() -> str:
        reversing.confirm_reversal(actor=actor, redemption_id=found.pk, now=clock.now())
        return redemption_url(actor, found)

    return _step(request, actor, found, "confirm-reversal", run)


def _step(request: HttpRequest, actor: Actor, found: Redemption, purpose: str, run: Callable[[], str]) -> HttpResponse:
    form = ConfirmForm(request.POST)
    if form.is_valid() and (url := run_once(form, actor, purpose, run)):
        return redirect(url)
    return show(request, actor, redemption_or_404(actor, found.pk), form)


def _outcome(request: HttpRequest, actor: Actor, found: Redemption, run: Callable[[], str]) -> HttpResponse:
    """In the row's place what became of it, and the tabs with their counts."""
    form = ConfirmForm(request.POST)
    done = form.is_valid() and run_once(form, actor, "approve-redemption", run)
    now = redemption_or_404(actor, found.pk)
    context = {
        "redemption": now,
        "outcome": _look(now) if done else {"label": _("Not approved"), "tint": "urgent", "icon": "warning"},
        "sentence": _approved(now) if done else " ".join(line.text for line in faults(form)),
        "tabs": _tabs(actor, RedemptionState.REQUESTED),
    }
    return HttpResponse(render_part(request, "rewards/staff_redemptions.html", context, part="outcome"))


def _look(now: Redemption) -> dict[str, str]:
    if now.state == RedemptionState.REQUESTED:
        return {"label": _("1 of 2 approved"), "tint": "wait", "icon": "people"}
    return {"label": str(now.get_state_display()), "tint": "ok", "icon": "check"}


def _approved(done: Redemption) -> str:
    if done.state == RedemptionState.READY:
        return _("Approved. The pick-up code is made, and the resident is told.")
    return _("Your approval counts. Above the limit a second person approves it too.")


def _tabs(actor: Actor, current: RedemptionState) -> list[dict[str, object]]:
    counts = {
        RedemptionState.REQUESTED: selectors.to_approve_count(actor.community),
        RedemptionState.READY: selectors.ready_count(actor.community),
    }
    here = reverse("rewards:staff_redemptions", kwargs={"community": actor.community.slug})
    shown = [
        *LIVE,
        RedemptionState.COLLECTED,
        RedemptionState.CANCELLED,
        RedemptionState.REFUSED,
        RedemptionState.EXPIRED,
    ]
    return [
        {
            "label": state.label,
            "url": f"{here}?state={state.value}",
            "current": state == current,
            "count": counts.get(state),
        }
        for state in shown
    ]
