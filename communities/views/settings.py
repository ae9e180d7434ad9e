"""What the community has settled: managers change it, with a reason; the history says who did."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from audit.selectors import changes_of
from communities.access import manager_page
from communities.actors import Actor
from communities.forms.settings import SettingsForm
from communities.models import CommunitySettings
from communities.services.settings import change_settings
from core import clock
from core.forms import attempt


@require_http_methods(["GET", "HEAD", "POST"])
@manager_page
def settings(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The settings' form and their history."""
    rules = CommunitySettings.objects.get(pk=actor.community.pk)
    form = SettingsForm(request.POST or None, instance=rules)
    if request.method == "POST" and form.is_valid():
        values = {name: value for name, value in form.cleaned_data.items() if name != "reason"}
        reason = form.cleaned_data["reason"]
        saved = attempt(form, lambda: change_settings(actor=actor, values=values, reason=reason, now=clock.now()))
        if saved is not None:
            messages.success(request, _("Saved. It holds from now on; nothing earlier is counted anew."))
            return redirect("communities:settings", actor.community.slug)
    changes = changes_of(CommunitySettings.pgh_event_model, rules.pk)  # type: ignore[attr-defined]
    return render(request, "communities/settings.html", {"form": form, "changes": changes})
