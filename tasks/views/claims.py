"""Claiming, withdrawing, and one's own list."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from communities.access import member_page, resident_page
from communities.actors import Actor
from core import clock
from core.errors import DomainError, NotAllowed
from core.parts import render_page
from core.wording import when_text
from tasks.choices import SignUpState
from tasks.forms.claims import ClaimForm
from tasks.models import Shift, SignUp, Task
from tasks.policies.claims import can_see_task
from tasks.selectors import mine as own
from tasks.selectors import tasks as task_pages
from tasks.services import claims, notices
from tasks.views.board import page_number, task_context
from tasks.views.doing import done, task_url, url_of


def said_after_claim(sign_up: SignUp, now: datetime) -> str:
    """What the page says: in, with the reminders still to come; waiting with the position; or asked."""
    when = when_text(sign_up.shift.starts_at, sign_up.shift.ends_at)
    if sign_up.state == SignUpState.CONFIRMED:
        reminders = notices.reminders(sign_up.shift, [sign_up], now) if sign_up.resident.user_id else []
        return _in_and_reminded(len(reminders)) % {"when": when}
    if sign_up.state == SignUpState.WAITLISTED:
        return _(
            "All places are taken just now. You are number %(position)d on the wait list; "
            "if somebody withdraws, you move up and we tell you at once. Thank you for offering."
        ) % {"position": task_pages.position_of(sign_up)}
    return _("Thank you. This is a visit to somebody's home, so staff look at it first and then tell you.")


def _in_and_reminded(times: int) -> str:
    if times == 2:
        return _("You are in: %(when)s. We remind you the day before and 2 hours before.")
    if times == 1:
        return _("You are in: %(when)s. We remind you 2 hours before.")
    return _("You are in: %(when)s. Thank you for helping.")


@require_POST
@resident_page
def claim(request: HttpRequest, actor: Actor, shift_id: UUID) -> HttpResponseBase:
    """ "I'll do it"."""
    shift = _shift(actor, shift_id)
    form = ClaimForm(request.POST)

    def run() -> str:
        assert actor.resident is not None
        sign_up = claims.claim(
            actor=actor, shift_id=shift_id, resident_id=actor.resident.pk, companions=form.heads(), now=clock.now()
        )
        messages.success(request, said_after_claim(sign_up, clock.now()))
        return task_url(actor, shift)

    if answer := done(request, actor, form, "claim", run):
        return answer
    context = task_context(actor.community, actor, shift.task, form, shift_id=shift.pk)
    return render_page(request, "tasks/task.html", context, part="task", status=422)


@require_POST
@member_page
def withdraw(request: HttpRequest, actor: Actor, sign_up_id: UUID) -> HttpResponseBase:
    """Give the place or the turn back; pressing it twice is harmless."""
    now = clock.now()
    try:
        sign_up = claims.withdraw(actor=actor, sign_up_id=sign_up_id, now=now)
    except ObjectDoesNotExist as error:
        raise Http404 from error
    except NotAllowed as error:
        raise PermissionDenied from error
    except DomainError as error:
        messages.error(request, str(error))
        return redirect(url_of("mine", actor) if actor.resident else url_of("staff_list", actor))
    messages.success(request, _said_after_withdrawing(sign_up, now))
    if actor.resident is None or sign_up.resident_id != actor.resident.pk:
        return redirect(url_of("staff_shift", actor, shift_id=sign_up.shift_id))
    return redirect(task_url(actor, sign_up.shift))


def _said_after_withdrawing(sign_up: SignUp, now: datetime) -> str:
    """Whether somebody moved up for it: who waits for an answer or on the list gives no place free."""
    if task_pages.moved_up(sign_up.shift, now):
        return _("Withdrawn. Whoever waits first has been told.")
    return _("Withdrawn. Thank you for telling us.")


@require_safe
@resident_page
def mine(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """What I have promised, what I wait for, and what was."""
    assert actor.resident is not None
    now = clock.now()
    coming = [own.commitment_of(one, now) for one in own.coming(actor.resident, now)]
    past = own.past(actor.resident, now, page_number(request))
    return render(request, "tasks/mine.html", {"coming": coming, "past": past, "actor": actor})


def _shift(actor: Actor, shift_id: UUID) -> Shift:
    shift = Shift.objects.for_community(actor.community).select_related("task__team").filter(pk=shift_id).first()
    if shift is None or not can_see_task(actor, _of_community(shift, actor)):
        raise Http404
    return shift


def _of_community(shift: Shift, actor: Actor) -> Task:
    shift.community = actor.community
    shift.task.community = actor.community
    return shift.task
