"""Where a transfer stands: a resident's own, and the page of one, as its side reads it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from communities.access import member_page, resident_page
from communities.actors import Actor
from core import clock
from core.forms import KeyedForm
from core.paging import page_of
from core.templatetags.look import typed_text
from transfers import selectors
from transfers.choices import TransferState
from transfers.forms import ConfirmForm
from transfers.models import Transfer
from transfers.policies import can_cancel, can_decide, can_see, is_own
from transfers.selectors import Side, side_of
from transfers.services import deciding
from transfers.views.once import run_once


@resident_page
@require_safe
def mine(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What the resident sent and received, newest first."""
    assert actor.resident is not None
    page = page_of(request, selectors.transfers_of(actor.resident))
    # To oneself in another community: here it is what left this one.
    sides = [Side(one, out=one.resident_id == actor.resident.pk) for one in page.object_list]
    return render(request, "transfers/mine.html", {"page": page, "sides": sides})


@member_page
@require_safe
def transfer(request: HttpRequest, actor: Actor, transfer_id: UUID) -> HttpResponse:
    """One transfer, with what can be done about it."""
    return show(request, actor, transfer_or_404(actor, transfer_id), ConfirmForm())


@member_page
@require_POST
def cancel(request: HttpRequest, actor: Actor, transfer_id: UUID) -> HttpResponse:
    """Take it back before it is sent."""
    found = transfer_or_404(actor, transfer_id)
    if not can_cancel(actor, found):
        raise PermissionDenied

    def run() -> str:
        deciding.cancel(actor=actor, transfer_id=found.pk, now=clock.now())
        return transfer_url(actor, found)

    return step(request, actor, found, "cancel-transfer", run)


def step(request: HttpRequest, actor: Actor, found: Transfer, purpose: str, run: Callable[[], str]) -> HttpResponse:
    """A button's work, once; a refusal is said on the transfer's page."""
    form = ConfirmForm(request.POST)
    if form.is_valid() and (url := run_once(form, actor, purpose, run)):
        return redirect(url)
    return show(request, actor, transfer_or_404(actor, found.pk), form)


def show(request: HttpRequest, actor: Actor, found: Transfer, form: KeyedForm) -> HttpResponse:
    """The transfer's page around a form, which carries the refusal of a step just tried."""
    side = side_of(found, actor.community)
    own = is_own(actor, side.own)
    waits = found.is_waiting and found.lapses_at is not None and clock.now() < found.lapses_at
    context = {
        "transfer": found,
        "side": side,
        "own": own,
        "form": form,
        "purse": selectors.purse_of(side.own, clock.now()) if own or actor.is_staff else None,
        "events": timeline(found, side),
        "can_decide": waits and can_decide(actor, found) and found.asked_by_id != actor.user_id,
        "can_cancel": waits and can_cancel(actor, found),
    }
    return render(request, "transfers/transfer.html", context)


def timeline(found: Transfer, side: Side) -> list[dict[str, Any]]:
    """Who did what, when; the other community's staff are not named to this one."""
    steps: list[tuple[str, object, datetime | None, str]] = [
        (_("Asked for"), found.asked_by, found.asked_at, ""),
        (_("Approved"), found.approved_by or "", found.approved_at, ""),
        (str(TransferState.SENT.label), "", found.sent_at, ""),
        (str(found.get_state_display()), found.ended_by or "", found.ended_at, found.reason),
    ]
    if not side.out:
        steps = [(_("Arrived"), "", found.sent_at, "")]
    return [{"what": what, "who": typed_text(who), "at": at, "note": note} for what, who, at, note in steps if at]


def transfer_or_404(actor: Actor, transfer_id: UUID) -> Transfer:
    """A transfer that the actor may see; a neighbour's is as unknown as a foreign one."""
    found = selectors.transfer_of(actor.community, transfer_id)
    if found is None or not can_see(actor, found):
        raise Http404
    return found


def transfer_url(actor: Actor, found: Transfer) -> str:
    """The transfer's page."""
    return reverse("transfers:transfer", kwargs={"community": actor.community.slug, "transfer_id": found.pk})
