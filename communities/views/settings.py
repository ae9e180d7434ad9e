"""What the community has settled: managers change it, with a reason; the history says who did."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from audit.selectors import changes_of
from communities.access import manager_page
from communities.actors import Actor
from communities.forms.settings import SettingsForm
from communities.models import CommunitySettings
from communities.selectors_debts import below_line
from communities.services.expiring import next_day
from communities.services.settings import change_settings
from core import clock
from core.clock import local_date
from core.forms import attempt
from core.wording import day_text


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
            _say_what_follows(request, form, actor)
            return redirect("communities:settings", actor.community.slug)
    changes = changes_of(CommunitySettings.pgh_event_model, rules.pk)  # type: ignore[attr-defined]
    return render(request, "communities/settings.html", {"form": form, "changes": changes})


def _say_what_follows(request: HttpRequest, form: SettingsForm, actor: Actor) -> None:
    """When the first coins can expire, and how many are left below a narrower credit line."""
    if "expiry_months" in form.changed_data and form.cleaned_data["expiry_months"]:
        first = day_text(next_day(local_date(clock.now(), actor.community.time_zone)), weekday=False)
        told = _("The first coins expire on %(day)s at the earliest; their holders are told 30 days before.")
        messages.info(request, told % {"day": first})
    if "credit_line_coins" in form.changed_data and (below := below_line(actor.community)):
        said = ngettext(
            "%(n)s passbook is below the new credit line. It spends again when it has earned enough.",
            "%(n)s passbooks are below the new credit line. They spend again when they have earned enough.",
            below,
        )
        messages.info(request, said % {"n": below})
