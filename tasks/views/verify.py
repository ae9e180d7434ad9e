"""The verifiers' pages: the queue with its bulk approval, and one record alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from communities.access import report_page, staff_page
from communities.actors import Actor
from core import clock
from core.clock import local_date
from core.forms import KeyedForm
from core.paging import page_of
from core.parts import by_htmx
from core.typed import typed_plain
from core.wording import duration_text
from tasks.choices.hours import HourState
from tasks.forms.hours import DecideForm
from tasks.models import HourRecord
from tasks.policies.hours import bar_to_ask_reversal, bar_to_verify
from tasks.selectors import hours as read
from tasks.services import verification
from tasks.services.verification import MANY_AT_MOST, VerifyResult
from tasks.views.hour_parts import done_once, look_of, story
from tasks.views.verify_rows import approved, grouped, outcome, rows_of, said_by, uuid_or_none, word_of

ROWS = 50
NOTHING_TICKED = gettext_lazy("Nothing was ticked. Tick the records to approve.")
ACTIONS = frozenset({"approve", "return", "refuse"})


@staff_page
@require_safe
def queue(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Records that wait: flagged ones one by one, clean ones ticked from the start, and those for a colleague."""
    now = clock.now()
    page = page_of(request, read.to_verify(actor.community), per_page=ROWS)
    rows = rows_of(list(page.object_list), actor, now)
    context = {"page": page, "form": KeyedForm(), "others": [row for row in rows if row.bar], **grouped(rows)}
    return render(request, "tasks/verify.html", context)


@staff_page
@require_POST
def approve_many(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Approve the ticked rows (or one, by its own button) in one go; what could not be is named row by row."""
    form = KeyedForm(request.POST)
    back = reverse("tasks:verify", kwargs={"community": actor.community.slug})
    wanted = _wanted(request)
    if not form.is_valid() or not wanted:
        messages.warning(request, NOTHING_TICKED)
        return HttpResponseClientRedirect(back) if by_htmx(request) else redirect(back)
    done: list[VerifyResult] = []

    def run() -> str:
        done[:] = [verification.verify_many(actor=actor, record_ids=wanted, now=clock.now())]
        return back

    done_once(form, actor, "verify-many", run, about=",".join(map(str, wanted)))
    if by_htmx(request):
        refused = dict(done[0].refused) if done else {}
        return outcome(request, actor, wanted[0], why=said_by(form) or refused.get(wanted[0], ""))
    if not form.is_valid():
        messages.error(request, said_by(form))
    for result in done:
        _tell(request, actor, result)
        if not result.verified and not result.refused:  # ids that no record of this community has
            messages.warning(request, NOTHING_TICKED)
    return redirect(back)


def _wanted(request: HttpRequest) -> list[UUID]:
    only = request.POST.get("only")
    typed = [only] if only else request.POST.getlist("record")
    return [key for text in typed[:MANY_AT_MOST] if (key := uuid_or_none(text)) is not None]


def _tell(request: HttpRequest, actor: Actor, result: VerifyResult) -> None:
    word = word_of(actor)
    if result.verified:
        number = len(result.verified)
        said = ngettext(
            "%(number)d record approved: %(coins)s, %(duration)s.",
            "%(number)d records approved: %(coins)s, %(duration)s.",
            number,
        )
        figures = {"number": number, "coins": word.amount(result.coins), "duration": duration_text(result.minutes)}
        messages.success(request, said % figures)
    names = {
        record.pk: record
        for record in HourRecord.objects.filter(pk__in=[key for key, _why in result.refused]).select_related("resident")
    }
    for key, why in result.refused:
        record = names[key]
        who = f"{record.resident.full_name} · {typed_plain(record, 'title')}"
        messages.warning(request, _("Not approved: %(who)s. %(why)s") % {"who": who, "why": why})


@report_page
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, actor: Actor, record_id: UUID) -> HttpResponse:
    """One record with its evidence and story: approve, return or refuse. The auditor reads."""
    if request.method == "POST" and not actor.is_staff:
        raise PermissionDenied
    record = _record(actor, record_id)
    form = DecideForm(request.POST or None)
    chosen = form.is_bound and form.is_valid() and request.POST.get("action") in ACTIONS
    url = _decided(request, actor, record, form) if chosen else None
    if by_htmx(request) and form.is_bound:
        return outcome(request, actor, record.pk, why="" if url else said_by(form))
    if url:
        return redirect(url)
    return render(request, "tasks/verify_one.html", _context(actor, record, form))


def _decided(request: HttpRequest, actor: Actor, record: HourRecord, form: DecideForm) -> str | None:
    action, reason, now = request.POST.get("action", ""), form.cleaned_data["reason"], clock.now()
    said: list[str] = []

    def run() -> str:
        said[:] = [_act(actor, record, action, reason, now)]
        return reverse("tasks:verify", kwargs={"community": actor.community.slug})

    url = done_once(form, actor, "verify-one", run, about=f"{action}:{record.pk}")
    if not by_htmx(request):
        for sentence in said:
            messages.success(request, sentence)
    return url


def _act(actor: Actor, record: HourRecord, action: str, reason: str, now: datetime) -> str:
    name = record.resident.full_name
    if action == "return":
        verification.return_record(actor=actor, record_id=record.pk, reason=reason, now=now)
        return _("Returned to %(name)s with your question.") % {"name": name}
    if action == "refuse":
        verification.refuse_record(actor=actor, record_id=record.pk, reason=reason, now=now)
        return _("Refused. %(name)s has been told why.") % {"name": name}
    return approved(actor, verification.verify(actor=actor, record_id=record.pk, now=now))


def _record(actor: Actor, record_id: UUID) -> HourRecord:
    records = HourRecord.objects.for_community(actor.community).select_related(
        "resident__wallet",
        "task",
        "shift",
        "sign_up__attendance__decided_by",
        "entered_by",
        "decided_by",
        "reversed_by",
    )
    return get_object_or_404(records, pk=record_id)


def _context(actor: Actor, record: HourRecord, form: DecideForm) -> dict[str, Any]:
    today = local_date(clock.now(), actor.community.time_zone)
    kin = bool(read.kin_of(actor, [record], today))
    waits = record.state == HourState.SUBMITTED
    row = rows_of([record], actor, clock.now())[0] if waits else None
    bar = bar_to_verify(actor, record, kin=kin)
    may_reverse = record.state == HourState.VERIFIED and record.reversal_asked_at is None
    return {
        "record": record,
        "state": look_of(record.state),
        "row": row,
        "bar": bar.message if bar and actor.is_staff and waits else "",
        "can_decide": waits and bar is None,
        "can_ask_reversal": may_reverse
        and bar_to_ask_reversal(actor, record, kin=kin, payer_kin=read.pays_with(actor, record, today)) is None,
        "form": form,
        "events": story(record, for_staff=True),
        "attendance": getattr(record.sign_up, "attendance", None),
    }
