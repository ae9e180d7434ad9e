"""Reversals of hours: one of the staff asks on the record's page, another manager confirms or declines here."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from communities.access import manager_page, staff_page
from communities.actors import Actor
from core import clock
from core.clock import local_date
from core.forms import KeyedForm
from tasks.forms.hours import ReversalForm
from tasks.models import HourRecord
from tasks.policies.hours import bar_to_ask_reversal, bar_to_reverse
from tasks.selectors import hours as read
from tasks.services import reversing
from tasks.views.hour_parts import done_once, look_of


@staff_page
@require_safe
def waiting(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Reversals that wait for a second person, and the last ones done."""
    context = {
        "waiting": read.reversals_waiting(actor.community)[:100],
        "done": read.reversed_lately(actor.community),
    }
    return render(request, "tasks/hours_reversals.html", context)


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, actor: Actor, record_id: UUID) -> HttpResponse:
    """Ask that credited hours be taken back, with a reason."""
    record = _record(actor, record_id)
    today = local_date(clock.now(), actor.community.time_zone)
    bar = bar_to_ask_reversal(
        actor, record, kin=bool(read.kin_of(actor, [record], today)), payer_kin=read.pays_with(actor, record, today)
    )
    if bar is not None and request.method == "POST":
        raise PermissionDenied(str(bar.message))
    form = ReversalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]

        def run() -> str:
            reversing.ask_reversal(actor=actor, record_id=record_id, reason=reason, now=clock.now())
            return _list_url(actor)

        if url := done_once(form, actor, "ask-reversal", run):
            messages.success(request, _("Asked. Another manager confirms the reversal."))
            return redirect(url)
    context = {"record": record, "form": form, "state": look_of(record.state), "bar": bar.message if bar else ""}
    return render(request, "tasks/hours_reversal_ask.html", context)


@manager_page
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, actor: Actor, record_id: UUID) -> HttpResponse:
    """Confirm or decline a reversal that somebody else asked for."""
    record = _record(actor, record_id)
    today = local_date(clock.now(), actor.community.time_zone)
    bar = bar_to_reverse(
        actor, record, kin=bool(read.kin_of(actor, [record], today)), payer_kin=read.pays_with(actor, record, today)
    )
    form = KeyedForm(request.POST or None)
    if form.is_bound and form.is_valid() and not {"confirm", "decline"}.isdisjoint(request.POST):
        confirm = "confirm" in request.POST
        service = reversing.reverse_record if confirm else reversing.decline_reversal

        def run() -> str:
            service(actor=actor, record_id=record_id, now=clock.now())
            return _list_url(actor)

        if url := done_once(form, actor, "decide-reversal", run):
            said = _("Reversed. The resident has been told.") if confirm else _("Declined. The hours stand.")
            messages.success(request, said)
            return redirect(url)
    context = {"record": record, "form": form, "state": look_of(record.state), "bar": bar.message if bar else ""}
    return render(request, "tasks/hours_reversal.html", context)


def _record(actor: Actor, record_id: UUID) -> HourRecord:
    records = HourRecord.objects.for_community(actor.community).select_related(
        "resident", "task", "decided_by", "reversal_asked_by", "reversed_by"
    )
    return get_object_or_404(records, pk=record_id)


def _list_url(actor: Actor) -> str:
    return reverse("tasks:reversals", kwargs={"community": actor.community.slug})
