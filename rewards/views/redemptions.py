"""A resident's redemptions: the ticket, undo, cancel, who collects."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communities.access import member_page, resident_page
from communities.actors import Actor
from core import clock
from core.forms import KeyedForm
from core.paging import page_of
from core.templatetags.look import typed_text
from ledger.choices import ReversalStatus
from rewards import selectors
from rewards.choices import RedemptionState
from rewards.forms import CollectorForm, ConfirmForm, ReasonForm
from rewards.models import Redemption
from rewards.policies import can_confirm_reversal, can_end
from rewards.qr import qr_svg, scan_address
from rewards.services import requesting
from rewards.views.loading import redemption_or_404, redemption_url, run_once


@resident_page
@require_safe
def mine(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What the resident asked for, newest first."""
    assert actor.resident is not None
    page = page_of(request, selectors.redemptions_of(actor.resident))
    context = {"page": page, "wishes": selectors.wishes_of(actor.resident)}
    return render(request, "rewards/mine.html", context)


@member_page
@require_safe
def redemption(request: HttpRequest, actor: Actor, redemption_id: UUID) -> HttpResponse:
    """The ticket and its story; staff find their steps here too."""
    return show(request, actor, redemption_or_404(actor, redemption_id), ConfirmForm())


def show(request: HttpRequest, actor: Actor, found: Redemption, form: KeyedForm) -> HttpResponse:
    """The redemption's page around a form, which carries the refusal of a step just tried."""
    now = clock.now()
    own = selectors.may_act_as_resident(actor, found)
    purse = selectors.purse_of(actor.resident, actor.community, now) if own else None
    context = {
        "redemption": found,
        "form": form,
        "own": own,
        "purse": purse,
        "events": timeline(found),
        "can_end": can_end(actor, found) and found.is_live,
        "can_undo": can_end(actor, found) and found.can_undo_at(now),
        "qr": qr_svg(scan_address(found, actor.community.slug)) if own and found.state == RedemptionState.READY else "",
        **_staff_steps(actor, found, now, own=own),
    }
    return render(request, "rewards/redemption.html", context)


@member_page
@require_POST
def undo(request: HttpRequest, actor: Actor, redemption_id: UUID) -> HttpResponse:
    """Take it back within the minutes of undo."""
    found = _endable(actor, redemption_id)
    form = ConfirmForm(request.POST)
    if form.is_valid():

        def run() -> str:
            requesting.undo(actor=actor, redemption_id=found.pk, now=clock.now())
            return redemption_url(actor, found)

        if url := run_once(form, actor, "undo-redemption", run):
            return redirect(url)
    return show(request, actor, redemption_or_404(actor, redemption_id), form)


@member_page
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, actor: Actor, redemption_id: UUID) -> HttpResponse:
    """Cancel before it is collected; staff say why."""
    found = _endable(actor, redemption_id)
    own = selectors.may_act_as_resident(actor, found)
    data = request.POST or None
    form = ConfirmForm(data) if own else ReasonForm(data, hint=_("The resident reads this."))
    if request.method == "POST" and form.is_valid():

        def run() -> str:
            requesting.cancel(
                actor=actor, redemption_id=found.pk, now=clock.now(), reason=form.cleaned_data.get("reason", "")
            )
            return redemption_url(actor, found)

        if url := run_once(form, actor, "cancel-redemption", run):
            return redirect(url)
    return render(request, "rewards/cancel.html", {"redemption": found, "form": form})


@member_page
@require_http_methods(["GET", "HEAD", "POST"])
def collector(request: HttpRequest, actor: Actor, redemption_id: UUID) -> HttpResponse:
    """Name who collects it on behalf."""
    found = _endable(actor, redemption_id)
    form = CollectorForm(request.POST or None, initial={"collector": found.collector})
    if request.method == "POST" and form.is_valid():

        def run() -> str:
            name = form.cleaned_data["collector"].strip()
            requesting.name_collector(actor=actor, redemption_id=found.pk, collector=name, now=clock.now())
            return redemption_url(actor, found)

        if url := run_once(form, actor, "name-collector", run):
            return redirect(url)
    return render(request, "rewards/collector.html", {"redemption": found, "form": form})


def timeline(found: Redemption) -> list[dict[str, Any]]:
    """Who did what, when, in order."""
    steps: list[tuple[str, object, datetime | None, str]] = [
        (_("Asked for"), found.requested_by, found.requested_at, ""),
        (
            _("Approved automatically") if found.approved_automatically else _("Approved"),
            found.approved_by or "",
            found.approved_at,
            "",
        ),
        (_("Approved by a second person"), found.second_approved_by, found.second_approved_at, ""),
        (_end_word(found), found.ended_by or "", found.ended_at, found.reason),
        (_("Reversed"), "", found.reversed_at, found.reversal.reason if found.reversal else ""),
    ]
    return [{"what": what, "who": typed_text(who), "at": at, "note": note} for what, who, at, note in steps if at]


def _end_word(found: Redemption) -> str:
    return _("Undone") if found.undone else str(found.get_state_display())


def _endable(actor: Actor, redemption_id: UUID) -> Redemption:
    found = redemption_or_404(actor, redemption_id)
    if not can_end(actor, found):
        raise PermissionDenied
    return found


def _staff_steps(actor: Actor, found: Redemption, now: datetime, *, own: bool) -> dict[str, bool]:
    pending = found.reversal is not None and found.reversal.status == ReversalStatus.ASKED
    collected = found.state == RedemptionState.COLLECTED and found.reversed_at is None
    return {
        "can_decide": actor.is_staff and not own and found.state == RedemptionState.REQUESTED and now < found.lapses_at,
        "can_ask_reversal": actor.is_staff and collected and not pending,
        "can_confirm_reversal": can_confirm_reversal(actor) and collected and pending,
        "reversal_waits": collected and pending,
    }
