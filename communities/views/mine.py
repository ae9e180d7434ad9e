"""What a resident may see of what is kept about them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from audit.selectors import openings_of
from communities.access import resident_page
from communities.actors import Actor
from communities.models import TeamMember
from communities.selectors import household_of
from core import clock
from core.clock import local_date

SHOWN = 20


@require_http_methods(["GET", "HEAD"])
@resident_page
def my_data(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The record, and who has opened it or the passbook."""
    person = actor.resident
    assert person is not None
    today = local_date(clock.now(), actor.community.time_zone)
    context = {
        "resident": person,
        "membership": household_of(person, today),
        "teams": TeamMember.objects.filter(resident=person, left_at__isnull=True).select_related("team"),
        "openings": openings_of(person.pk, "resident", "passbook")[:SHOWN],
    }
    return render(request, "communities/my_data.html", context)
