"""Asking for help, and the calls waiting for staff."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communities.access import resident_page, staff_page
from communities.actors import Actor
from core import clock
from core.errors import DomainError
from core.forms import KeyedForm
from tasks.choices import HELP_TILES, Category, HelpState
from tasks.forms.claims import AnswerForm, HelpForm
from tasks.forms.publish import PublishForm, help_initial
from tasks.models import HelpRequest
from tasks.safety import FLAG_LABELS
from tasks.selectors import staff
from tasks.services import help as helping
from tasks.views.doing import done, url_of
from tasks.views.publish import of_publish_form

FORM_METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(FORM_METHODS)
@resident_page
def ask(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Six tiles, when, details; or "call me". Below, what I have asked for."""
    assert actor.resident is not None
    resident_id = actor.resident.pk
    form = HelpForm(request.POST or None, now=clock.now(), initial=_tile(request))

    def run() -> str:
        cleaned = form.cleaned_data
        helping.ask(
            actor=actor, resident_id=resident_id, category=Category(cleaned["kind"]),
            wanted_at=cleaned["wanted_at"], details=cleaned["details"], call_me=cleaned["call_me"],
            offers_coins=cleaned["offers_coins"], now=clock.now(),
        )  # fmt: skip
        messages.success(request, _("Staff have your request. They call you, or tell you here how it goes on."))
        return url_of("help", actor)

    if request.method == "POST" and (answer := done(request, actor, form, "ask-help", run)):
        return answer
    context = {"form": form, "own": staff.own_requests(actor), "waiting": HelpState.WAITING}
    return render(request, "tasks/help.html", context, status=_status(form))


@require_POST
@resident_page
def take_back(request: HttpRequest, actor: Actor, request_id: UUID) -> HttpResponseBase:
    """I no longer need it."""
    try:
        helping.take_back(actor=actor, request_id=request_id, now=clock.now())
        messages.success(request, _("Taken back."))
    except ObjectDoesNotExist as error:
        raise Http404 from error
    except DomainError as error:
        messages.error(request, str(error))
    return redirect(url_of("help", actor))


@require_safe
@staff_page
def calls(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Calls waiting, what may be dangerous first."""
    rows = [(one, _flags(one)) for one in staff.waiting_requests(actor.community)]
    return render(request, "tasks/calls.html", {"rows": rows})


@require_http_methods(FORM_METHODS)
@staff_page
def call(request: HttpRequest, actor: Actor, request_id: UUID) -> HttpResponseBase:
    """One request on one page: publish it as a task, already filled in, or settle it with a word."""
    asked, now = _request(actor, request_id), clock.now()
    settling = request.method == "POST" and "settle" in request.POST
    publishing = request.method == "POST" and not settling
    form = PublishForm(
        request.POST if publishing else None, community=actor.community, now=now, initial=help_initial(asked, now)
    )
    answer_form = AnswerForm(request.POST if settling else None)

    def publish() -> str:
        values = of_publish_form(form)
        values.pop("team_id")
        values.pop("beneficiary_id")
        task = helping.publish_request(actor=actor, request_id=request_id, now=now, **values)
        messages.success(request, _("Published. The resident has been told."))
        return url_of("staff_task", actor, task_id=task.pk)

    def settle() -> str:
        helping.settle(actor=actor, request_id=request_id, answer=answer_form.cleaned_data["answer"], now=now)
        messages.success(request, _("Settled. The resident has been told."))
        return url_of("calls", actor)

    if publishing and (answer := done(request, actor, form, "publish-help", publish)):
        return answer
    if settling and (answer := done(request, actor, answer_form, "settle-help", settle)):
        return answer
    context = {
        "asked": asked, "flags": _flags(asked), "form": form, "answer_form": answer_form,
        "is_waiting": asked.state == HelpState.WAITING,
    }  # fmt: skip
    return render(request, "tasks/call.html", context, status=_status(answer_form if settling else form))


def _tile(request: HttpRequest) -> dict[str, str]:
    kind = request.GET.get("kind", "")
    return {"kind": kind} if kind in HELP_TILES else {}


def _flags(asked: HelpRequest) -> list[str]:
    return [str(FLAG_LABELS[flag]) for flag in asked.flags if flag in FLAG_LABELS]


def _request(actor: Actor, request_id: UUID) -> HelpRequest:
    rows = HelpRequest.objects.for_community(actor.community).select_related("resident", "task")
    found = rows.filter(pk=request_id).first()
    if found is None:
        raise Http404
    return found


def _status(form: KeyedForm) -> int:
    return 422 if form.is_bound and form.errors else 200
