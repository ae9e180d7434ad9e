"""Staff write, publish, copy, change and call off tasks and their dates."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communities.access import staff_page
from communities.actors import Actor
from core import clock
from core.errors import DomainError
from core.forms import KeyedForm
from core.wording import when_text
from tasks.choices import TaskState
from tasks.forms.publish import (
    EditDateForm,
    EditTextForm,
    MoreDatesForm,
    PublishForm,
    UrgentForm,
    next_full_hour,
)
from tasks.models import Shift, Task
from tasks.recurrence import sentence, slots
from tasks.selectors import staff as lists
from tasks.services import publishing, scheduling
from tasks.views.board import page_number
from tasks.views.doing import done, url_of

FORM_METHODS = ["GET", "HEAD", "POST"]


@require_safe
@staff_page
def staff_list(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Tasks to come, drafts, and what is over."""
    state = request.GET.get("state", "")
    state = state if state in ("draft", "over") else ""
    page = lists.task_list(community=actor.community, state=state, now=clock.now(), page=page_number(request))
    tabs = [
        {"label": label, "url": f"?state={key}" if key else "?", "current": key == state, "count": None}
        for key, label in (("", _("To come")), ("draft", _("Drafts")), ("over", pgettext("date", "Over")))
    ]
    context = {
        "page": page, "tabs": tabs, "state": state,
        "asked": lists.asked_visits(actor.community, clock.now())[:20],
        "calls": lists.calls_waiting(actor.community),
    }  # fmt: skip
    return render(request, "tasks/staff_list.html", context)


@require_http_methods(FORM_METHODS)
@staff_page
def publish(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """What, when, where, people, coins; as a draft or at once. `?copy=` begins with another task's words."""
    now = clock.now()
    form = PublishForm(request.POST or None, community=actor.community, now=now, initial=_copied(request, actor, now))

    def run() -> str:
        values = of_publish_form(form)
        if request.POST.get("draft"):
            task = publishing.save_draft(actor=actor, now=now, **values)
            messages.success(request, _("Saved as a draft. Neighbours do not see it yet."))
        else:
            task = publishing.publish_task(actor=actor, now=now, **values)
            messages.success(request, _("Published. %(sentence)s.") % {"sentence": sentence(form.repetition_asked())})
        return url_of("staff_task", actor, task_id=task.pk)

    if request.method == "POST" and (answer := done(request, actor, form, "publish", run)):
        return answer
    return render(request, "tasks/publish.html", {"form": form}, status=_status(form))


@require_http_methods(FORM_METHODS)
@staff_page
def publish_urgent(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Four fields, for an elder who phones."""
    now = clock.now()
    begins = next_full_hour(now, actor.community.time_zone)
    form = UrgentForm(request.POST or None, community=actor.community, now=now, initial={"at": begins})

    def run() -> str:
        cleaned = form.cleaned_data
        task = publishing.publish_urgent(
            actor=actor, title=cleaned["what"], slot=form.slot(), landmark=cleaned["where"],
            resident_id=cleaned["resident"].pk, text=form.text(), now=now,
        )  # fmt: skip
        messages.success(request, _("Published as urgent. The name and the address stay private."))
        return url_of("staff_task", actor, task_id=task.pk)

    if request.method == "POST" and (answer := done(request, actor, form, "publish-urgent", run)):
        return answer
    return render(request, "tasks/publish_urgent.html", {"form": form}, status=_status(form))


@require_http_methods(FORM_METHODS)
@staff_page
def staff_task(request: HttpRequest, actor: Actor, task_id: UUID) -> HttpResponseBase:
    """A task as staff see it, its dates, and a form to add more."""
    task, now = _task(actor, task_id), clock.now()
    form = MoreDatesForm(request.POST or None, community=actor.community, initial=_next_day(now))

    def run() -> str:
        dates = slots(form.repetition_asked())
        scheduling.more_dates(actor=actor, task_id=task_id, dates=dates, places=form.cleaned_data["places"])
        messages.success(request, _("Dates added."))
        return url_of("staff_task", actor, task_id=task_id)

    if request.method == "POST" and (answer := done(request, actor, form, "more-dates", run)):
        return answer
    dates = list(task.shifts.order_by("starts_at", "pk"))
    context = {
        "task": task, "dates": dates, "form": form, "now": now, "editable": task.state != TaskState.CANCELLED,
        "request_for": getattr(task, "help_request", None),
    }  # fmt: skip
    return render(request, "tasks/staff_task.html", context, status=_status(form))


@require_http_methods(FORM_METHODS)
@staff_page
def edit_text(request: HttpRequest, actor: Actor, task_id: UUID) -> HttpResponseBase:
    """What stands on a task, for all its dates."""
    task = _task(actor, task_id)
    form = EditTextForm(
        request.POST or None, community=actor.community, initial=EditTextForm.initial_of(task, private=True)
    )

    def run() -> str:
        publishing.edit_text(actor=actor, task_id=task_id, text=form.text(by_phone=task.by_phone))
        messages.success(request, _("Changed for all dates."))
        return url_of("staff_task", actor, task_id=task_id)

    if request.method == "POST" and (answer := done(request, actor, form, "edit-task", run)):
        return answer
    return render(request, "tasks/edit_text.html", {"form": form, "task": task}, status=_status(form))


@require_POST
@staff_page
def publish_draft(request: HttpRequest, actor: Actor, task_id: UUID) -> HttpResponseBase:
    """Show a draft to the neighbours; pressing twice is harmless."""
    task = _task(actor, task_id)
    try:
        publishing.publish_draft(actor=actor, task_id=task.pk, now=clock.now())
        messages.success(request, _("Published. Neighbours can claim it now."))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect(url_of("staff_task", actor, task_id=task_id))


@require_http_methods(FORM_METHODS)
@staff_page
def cancel_task(request: HttpRequest, actor: Actor, task_id: UUID) -> HttpResponseBase:
    """Call a whole task off, after a page that says what it means."""
    task = _task(actor, task_id)
    if request.method == "POST":
        try:
            publishing.cancel_task(actor=actor, task=task, now=clock.now())
            messages.success(request, _("Called off. Everybody who was in has been told."))
        except DomainError as error:
            messages.error(request, str(error))
        return redirect(url_of("staff_task", actor, task_id=task_id))
    people = sum(shift.taken for shift in task.shifts.open(clock.now()))
    return render(request, "tasks/cancel_task.html", {"task": task, "people": people})


@require_http_methods(FORM_METHODS)
@staff_page
def edit_date(request: HttpRequest, actor: Actor, shift_id: UUID) -> HttpResponseBase:
    """Move one date or all later ones, or change the places."""
    shift = _shift(actor, shift_id)
    form = EditDateForm(request.POST or None, community=actor.community, initial=EditDateForm.initial_of(shift))

    def run() -> str:
        later = form.cleaned_data["all_later"] == "later"
        moved = scheduling.edit_date(
            actor=actor, shift_id=shift_id, slot=form.slot(), places=form.cleaned_data["places"], all_later=later,
            now=clock.now(),
        )  # fmt: skip
        when = when_text(moved[0].starts_at, moved[0].ends_at)
        messages.success(request, _("Changed: %(when)s. Everybody who is in has been told.") % {"when": when})
        return url_of("staff_shift", actor, shift_id=shift_id)

    if request.method == "POST" and (answer := done(request, actor, form, "edit-date", run)):
        return answer
    return render(request, "tasks/edit_date.html", {"form": form, "shift": shift}, status=_status(form))


@require_POST
@staff_page
def cancel_date(request: HttpRequest, actor: Actor, shift_id: UUID) -> HttpResponseBase:
    """Skip one date."""
    shift = _shift(actor, shift_id)
    try:
        scheduling.cancel_date(actor=actor, shift_id=shift_id, now=clock.now())
        messages.success(request, _("This date is called off. Everybody who was in has been told."))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect(url_of("staff_task", actor, task_id=shift.task_id))


def of_publish_form(form: PublishForm) -> dict[str, Any]:
    cleaned = form.cleaned_data
    team, beneficiary = cleaned.get("team"), cleaned.get("beneficiary")
    return {
        "text": form.text(),
        "dates": cleaned["dates"],
        "places": cleaned["places"],
        "terms": form.terms(),
        "team_id": team.pk if team else None,
        "beneficiary_id": beneficiary.pk if beneficiary else None,
    }


def _copied(request: HttpRequest, actor: Actor, now: Any) -> dict[str, Any]:
    """The words of the task that is copied, and tomorrow at nine."""
    try:
        source = Task.objects.for_community(actor.community).filter(pk=UUID(request.GET.get("copy", ""))).first()
    except ValueError:
        source = None
    if source is None:
        return _next_day(now)
    last = source.shifts.order_by("starts_at").last()
    places = {"places": last.places, "minutes": last.minutes} if last else {}
    same = {"team": source.team_id, "coins_per_task": source.coins_per_task}
    return _next_day(now) | PublishForm.initial_of(source, private=False) | places | same


def _next_day(now: Any) -> dict[str, Any]:
    tomorrow = timezone.localtime(now) + timedelta(days=1)
    return {"day": tomorrow.date(), "start": tomorrow.time().replace(hour=9, minute=0, second=0, microsecond=0)}


def _status(form: KeyedForm) -> int:
    return 422 if form.is_bound and form.errors else 200


def _task(actor: Actor, task_id: UUID) -> Task:
    tasks = Task.objects.for_community(actor.community)
    task = tasks.select_related("team", "beneficiary", "requester", "help_request", "community").filter(pk=task_id)
    found = task.first()
    if found is None:
        raise Http404
    return found


def _shift(actor: Actor, shift_id: UUID) -> Shift:
    try:
        return lists.get_shift(actor.community, shift_id)
    except Shift.DoesNotExist as error:
        raise Http404 from error
