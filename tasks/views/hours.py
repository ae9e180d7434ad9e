"""A resident's hours: log them, see where they stand, fix, withdraw, appeal."""

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
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.services.form_keys import answered
from communities.access import member_page, resident_page
from communities.actors import Actor
from communities.models import Resident
from core import clock
from core.errors import DomainError
from core.forms import refuse
from core.paging import page_of
from core.wording import local
from tasks.choices.hours import OPEN, HourState
from tasks.forms.hours import AppealForm, LogForm, SpanForm
from tasks.models import HourRecord, SignUp
from tasks.policies.hours import can_change_record, can_see_record
from tasks.rules.earning import whole_minutes
from tasks.selectors import earnings
from tasks.selectors import hours as read
from tasks.services import hours
from tasks.views.hour_parts import done_once, hidden, look_of, story

ROWS = 20
TABS = (HourState.SUBMITTED, HourState.RETURNED, HourState.VERIFIED, HourState.REFUSED, HourState.REVERSED)


@resident_page
@require_safe
def my_hours(request: HttpRequest, actor: Actor) -> HttpResponse:
    """To verify, needs more, credited, refused, reversed: each with a count."""
    resident = _resident(actor)
    counts = read.counts_of(resident)
    state = _asked_state(request, counts)
    page = page_of(request, read.records_of(resident, state), per_page=ROWS)
    url = reverse("tasks:my_hours", kwargs={"community": actor.community.slug})
    context = {
        "tabs": [
            {"label": tab.label, "url": f"{url}?state={tab}", "count": counts[tab], "current": tab == state}
            for tab in TABS
        ],
        "page": page,
        "state": look_of(state),
        "certified": read.certified_minutes(resident),
    }
    return render(request, "tasks/hours.html", context)


@resident_page
@require_http_methods(["GET", "HEAD", "POST"])
def log_hours(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Log hours: the form, then a review that says what they are worth, then it is sent."""
    now, resident = clock.now(), _resident(actor)
    if done := _sent_before(request, actor):
        return redirect(done)
    sign_ups, tasks = list(read.loggable_sign_ups(resident, now)), list(read.loggable_tasks(actor.community, now))
    chosen = _chosen(request, sign_ups)
    form = LogForm(
        request.POST or None,
        sign_ups=sign_ups,
        tasks=tasks,
        zone=actor.community.time_zone,
        initial=_prefilled(chosen) if chosen else {},
    )
    if request.method == "POST" and "change" not in request.POST and form.is_valid():
        answer = _logged(request, actor, form, now) if "confirm" in request.POST else _review(request, actor, form, now)
        if answer is not None:
            return answer
    elif done := _sent_before(request, actor):  # meanwhile, which used up the choice
        return redirect(done)
    context = {
        "form": form,
        "nothing": not sign_ups and not tasks,
        "others": [one for one in sign_ups if one != chosen],
    }
    return render(request, "tasks/hours_log.html", context)


def _sent_before(request: HttpRequest, actor: Actor) -> str | None:
    """Where the first sending of this confirmation led, None before it has."""
    if "confirm" not in request.POST:
        return None
    return answered(key=request.POST.get("form_key", ""), user_id=actor.user_id)


def _chosen(request: HttpRequest, sign_ups: list[SignUp]) -> SignUp | None:
    """The sign-up that the link named, else the newest that is not logged."""
    asked = request.GET.get("sign_up", "")
    return next((one for one in sign_ups if str(one.pk) == asked), sign_ups[0] if sign_ups else None)


def _prefilled(sign_up: SignUp) -> dict[str, Any]:
    """The day and times of the check-in, else of the shift. Who came early is asked to count from the start."""
    shift, attendance = sign_up.shift, getattr(sign_up, "attendance", None)
    came = attendance.checked_in_at if attendance else None
    left = attendance.checked_out_at if attendance else None
    begins, ends = _minute(max(came or shift.starts_at, shift.starts_at)), _minute(left or shift.ends_at)
    if ends <= begins:
        begins, ends = _minute(shift.starts_at), _minute(shift.ends_at)
    one_day = begins.date() == ends.date()
    return {
        "item": f"s:{sign_up.pk}",
        "service_date": begins.date(),
        "start": begins.time(),
        "end": ends.time() if one_day else None,
        "minutes": "" if one_day else whole_minutes(begins, ends),
    }


def _minute(moment: datetime) -> datetime:
    return local(moment).replace(second=0, microsecond=0)


def _review(request: HttpRequest, actor: Actor, form: LogForm, now: datetime) -> HttpResponse | None:
    """What is about to be sent and what it is worth; None when the service would refuse it."""
    resident = _resident(actor)
    assert form.span is not None
    try:
        item = hours.item_of(resident=resident, now=now, **form.chosen())
        hours.check(resident=resident, item=item, span=form.span, now=now)
    except DomainError as reason:
        refuse(form, reason)
        return None
    day = local(form.span.starts_at).date()
    earned = earnings.estimate(resident=resident, task=item.task, day=day, minutes=form.span.minutes)
    context = {
        "form": form,
        "hidden": hidden(form),
        "task": item.task,
        "span": form.span,
        "witness": form.cleaned_data["witness"],
        "note": form.cleaned_data["note"],
        "earned": earned,
        "capped": earned is not None and item.task.earning == "rule" and 0 < earned.paid_minutes < form.span.minutes,
    }
    return render(request, "tasks/hours_review.html", context)


def _logged(request: HttpRequest, actor: Actor, form: LogForm, now: datetime) -> HttpResponse | None:
    resident = _resident(actor)

    def run() -> str:
        record = hours.log_hours(actor=actor, resident_id=resident.pk, said=_said(form), now=now, **form.chosen())
        return _url(actor, record)

    url = done_once(form, actor, "log-hours", run)
    if url is None:
        return None
    messages.success(request, _("Sent. Staff look at it; your coins arrive when they have verified it."))
    return redirect(url)


@member_page
@require_safe
def hour_record(request: HttpRequest, actor: Actor, record_id: UUID) -> HttpResponse:
    """One record: what, when, where it stands and who did what."""
    record = _record(actor, record_id)
    if not can_see_record(actor, record):
        raise PermissionDenied
    may = can_change_record(actor, record)
    context = {
        "record": record,
        "state": look_of(record.state),
        "events": story(record, for_staff=actor.is_staff or actor.is_auditor),
        "can_fix": may and record.state == HourState.RETURNED,
        "can_withdraw": may and record.state in OPEN,
        "can_appeal": may and record.can_appeal,
        "own": record.resident.user_id == actor.user_id,
    }
    return render(request, "tasks/hours_record.html", context)


@member_page
@require_http_methods(["GET", "HEAD", "POST"])
def fix(request: HttpRequest, actor: Actor, record_id: UUID) -> HttpResponse:
    """Add what was missing to a returned record and send it again."""
    record = _changeable(actor, record_id)
    begins, ends = local(record.starts_at), local(record.ends_at)
    initial = {
        "service_date": begins.date(),
        "start": begins.time(),
        "end": ends.time() if begins.date() == ends.date() else None,
        "minutes": "" if begins.date() == ends.date() else record.minutes,
        "witness": record.witness,
        "note": record.note,
    }
    form = SpanForm(request.POST or None, zone=actor.community.time_zone, initial=initial)
    if request.method == "POST" and form.is_valid():

        def run() -> str:
            hours.fix(actor=actor, record_id=record_id, said=_said(form), now=clock.now())
            return _url(actor, record)

        if url := done_once(form, actor, "fix-hours", run):
            messages.success(request, _("Sent again. Staff look at it."))
            return redirect(url)
    return render(request, "tasks/hours_fix.html", {"form": form, "record": record})


@member_page
@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: HttpRequest, actor: Actor, record_id: UUID) -> HttpResponse:
    """Send a refused record to another person, once."""
    record = _changeable(actor, record_id)
    form = AppealForm(request.POST or None)
    if request.method == "POST" and form.is_valid():

        def run() -> str:
            hours.appeal(actor=actor, record_id=record_id, reason=form.cleaned_data["reason"], now=clock.now())
            return _url(actor, record)

        if url := done_once(form, actor, "appeal-hours", run):
            messages.success(request, _("Sent to another person, who will decide."))
            return redirect(url)
    return render(request, "tasks/hours_appeal.html", {"form": form, "record": record})


@member_page
@require_POST
def withdraw(request: HttpRequest, actor: Actor, record_id: UUID) -> HttpResponse:
    """Take back a record that nobody has decided on."""
    record = _changeable(actor, record_id)
    try:
        hours.withdraw_record(actor=actor, record_id=record_id, now=clock.now())
    except DomainError as reason:
        messages.error(request, str(reason))
    else:
        messages.success(request, _("Withdrawn. You can log these hours again."))
    return redirect(_url(actor, record))


def _resident(actor: Actor) -> Resident:
    assert actor.resident is not None  # the pages' door
    return actor.resident


def _record(actor: Actor, record_id: UUID) -> HourRecord:
    records = HourRecord.objects.for_community(actor.community)
    return get_object_or_404(
        records.select_related(
            "resident", "task", "shift", "sign_up__attendance", "entered_by", "decided_by", "reversed_by", "refused_by"
        ),
        pk=record_id,
    )


def _changeable(actor: Actor, record_id: UUID) -> HourRecord:
    record = _record(actor, record_id)
    if not can_change_record(actor, record):
        raise PermissionDenied
    return record


def _said(form: SpanForm) -> hours.Said:
    assert form.span is not None
    return hours.Said(form.span, form.cleaned_data["witness"], form.cleaned_data["note"])


def _url(actor: Actor, record: HourRecord) -> str:
    return reverse("tasks:hour_record", kwargs={"community": actor.community.slug, "record_id": record.pk})


def _asked_state(request: HttpRequest, counts: dict[HourState, int]) -> HourState:
    """The tab that was asked for; else what needs the resident, else what waits, else what is credited."""
    asked = request.GET.get("state", "")
    if asked in HourState.values:
        return HourState(asked)
    first = (HourState.RETURNED, HourState.SUBMITTED)
    return next((state for state in first if counts[state]), HourState.VERIFIED)
