"""Staff see what comes and goes, and decide as the second person."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communities.access import staff_page
from communities.actors import Actor
from core import clock
from core.paging import page_of
from transfers import selectors
from transfers.choices import TransferState
from transfers.forms import ReasonForm
from transfers.models import Transfer
from transfers.policies import can_decide
from transfers.selectors import side_of
from transfers.services import deciding
from transfers.views.once import run_once
from transfers.views.standing import step, transfer_or_404, transfer_url


@staff_page
@require_safe
def transfers(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What waits first; sent, received and ended behind tabs."""
    labels: dict[str, str | Promise] = {
        "waiting": _("Waiting for approval"),
        "sent": TransferState.SENT.label,
        "received": _("Received"),
        "ended": _("Ended"),
    }
    asked = request.GET.get("show", "")
    shown = asked if asked in labels else "waiting"
    here = reverse("transfers:staff_transfers", kwargs={"community": actor.community.slug})
    waiting = selectors.waiting_count(actor.community)
    tabs = [
        {
            "label": label,
            "url": f"{here}?show={name}",
            "current": name == shown,
            "count": waiting if name == "waiting" else None,
        }
        for name, label in labels.items()
    ]
    page = page_of(request, selectors.queue(actor.community, shown))
    context = {
        "tabs": tabs,
        "label": labels[shown],
        "page": page,
        "sides": [side_of(one, actor.community) for one in page.object_list],
    }
    return render(request, "transfers/staff_transfers.html", context)


@staff_page
@require_POST
def approve(request: HttpRequest, actor: Actor, transfer_id: UUID) -> HttpResponse:
    """The second person's yes: the coins are sent."""
    found = _decidable(actor, transfer_id)

    def run() -> str:
        deciding.approve(actor=actor, transfer_id=found.pk, now=clock.now())
        messages.success(request, _("Approved and sent. Both sides are told."))
        return transfer_url(actor, found)

    return step(request, actor, found, "approve-transfer", run)


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def refuse(request: HttpRequest, actor: Actor, transfer_id: UUID) -> HttpResponse:
    """The second person's no, with a reason."""
    found = _decidable(actor, transfer_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():

        def run() -> str:
            deciding.refuse(actor=actor, transfer_id=found.pk, reason=form.cleaned_data["reason"], now=clock.now())
            return transfer_url(actor, found)

        if url := run_once(form, actor, "refuse-transfer", run):
            return redirect(url)
    return render(request, "transfers/refuse.html", {"transfer": found, "form": form})


def _decidable(actor: Actor, transfer_id: UUID) -> Transfer:
    found = transfer_or_404(actor, transfer_id)
    if not can_decide(actor, found):
        raise PermissionDenied
    return found
