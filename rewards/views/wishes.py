"""Asking to be told when sold-out goods are back, and taking that back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from communities.access import resident_page
from communities.actors import Actor
from core import clock
from core.errors import DomainError
from core.parts import by_htmx
from rewards.services import wishes
from rewards.views.loading import reward_or_404

LISTS = frozenset({"catalogue", "mine"})  # the pages that are gone back to


@resident_page
@require_POST
def tell_me(request: HttpRequest, actor: Actor, reward_id: UUID) -> HttpResponse:
    """Wait for the goods, or no longer; then back to where it was pressed."""
    found = reward_or_404(actor, reward_id)
    page = reverse("rewards:reward", kwargs={"community": actor.community.slug, "reward_id": found.pk})
    if "stop" in request.POST:
        wishes.withdraw(actor=actor, reward_id=found.pk)
        messages.success(request, _("You are not told any more."))
        return redirect(_back(request, actor) or page)
    try:
        wishes.wish(actor=actor, reward_id=found.pk, now=clock.now())
    except DomainError as error:
        messages.warning(request, str(error))
        return HttpResponseClientRedirect(page) if by_htmx(request) else redirect(page)
    messages.success(request, _("We tell you once, as soon as it is back."))
    return redirect(_back(request, actor) or page)


def _back(request: HttpRequest, actor: Actor) -> str:
    name = request.POST.get("to", "")
    if name not in LISTS:
        return ""
    query = request.POST.get("query", "")
    return reverse(f"rewards:{name}", args=[actor.community.slug]) + (f"?{query}" if query else "")
