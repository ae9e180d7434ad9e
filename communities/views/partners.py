"""Partner communities: whom coins can be sent to, who is asked, who asks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from communities.access import manager_page
from communities.actors import Actor
from communities.choices import PartnershipState
from communities.forms.partners import AskForm
from communities.models import Partnership
from communities.selectors import may_ask
from communities.services import partners
from communities.views.buttons import press
from core import clock
from core.forms import attempt
from core.paging import page_of


@require_http_methods(["GET", "HEAD"])
@manager_page
def index(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """All partnerships of the community, the newest first."""
    rows = Partnership.objects.touching(actor.community).select_related("community", "partner")
    page = page_of(request, rows)
    context = {"page": page, "rows": [_row(one, actor) for one in page.object_list]}
    return render(request, "communities/partners.html", context)


def _row(one: Partnership, actor: Actor) -> dict[str, object]:
    mine = one.community_id == actor.community.pk
    asked = one.state == PartnershipState.ASKED
    return {
        "partnership": one,
        "other": one.other(actor.community),
        "mine": mine,
        "tint": {PartnershipState.ACCEPTED: "ok", PartnershipState.ASKED: "wait"}.get(PartnershipState(one.state), ""),
        "since": one.ended_at or one.decided_at or one.asked_at,
        "may_answer": asked and not mine and one.asked_by_id != actor.user_id,
        "may_end": one.state == PartnershipState.ACCEPTED or (asked and mine),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@manager_page
def ask(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Ask another community, those of the same street first."""
    others = may_ask(actor.community)
    unit = actor.community.book.unit
    form = AskForm(
        request.POST or None, here=actor.community, communities=[one for one in others if one.book.unit == unit]
    )
    if request.method == "POST" and form.is_valid():
        partner_id = int(form.cleaned_data["partner"])
        if attempt(form, lambda: partners.ask(actor=actor, partner_id=partner_id, now=clock.now())) is not None:
            messages.success(request, _("Asked. A manager there answers, and you are told."))
            return redirect("communities:partners", actor.community.slug)
    context = {"form": form, "others": [one for one in others if one.book.unit != unit], "unit": actor.community.coin}
    return render(request, "communities/ask_partner.html", context)


Step = Callable[[Actor, UUID, datetime], Partnership]


def _button(step: Step, done: str | Promise) -> Callable[..., HttpResponseBase]:
    @require_POST
    @manager_page
    def page(request: HttpRequest, actor: Actor, partnership: UUID) -> HttpResponseBase:
        get_object_or_404(Partnership.objects.touching(actor.community), pk=partnership)
        press(request, lambda: step(actor, partnership, clock.now()), done=done)
        return redirect("communities:partners", actor.community.slug)

    return page


accept = _button(
    lambda actor, pk, now: partners.accept(actor=actor, partnership_id=pk, now=now),
    gettext_lazy("You are partners now. Residents can send coins to each other."),
)
decline = _button(
    lambda actor, pk, now: partners.decline(actor=actor, partnership_id=pk, now=now), gettext_lazy("Declined.")
)
end = _button(
    lambda actor, pk, now: partners.end(actor=actor, partnership_id=pk, now=now),
    gettext_lazy("Ended. Nothing new is sent; the settlement sheets stay."),
)
