"""The board, and a task's page."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from communities.access import board_page, member_page
from communities.actors import Actor
from communities.models import Community
from core import clock
from core.parts import render_page
from tasks.choices import Funding
from tasks.forms.board import FilterForm
from tasks.forms.claims import ClaimForm
from tasks.models import Shift, Task
from tasks.policies.claims import can_run_shift, can_see_task, is_personal
from tasks.selectors import board as boards
from tasks.selectors import tasks as task_pages
from tasks.views.calendar import shift_calendar
from tasks.views.doing import url_of

MOST_PAGES = 1000


def page_number(request: HttpRequest) -> int:
    """The page asked for, 1 for what is none."""
    typed = request.GET.get("page", "")
    return min(max(int(typed), 1), MOST_PAGES) if typed.isascii() and typed.isdigit() else 1


@require_safe
@board_page
def board(request: HttpRequest, actor: Actor | None) -> HttpResponseBase:
    """What there is to do, soonest first."""
    community: Community = request.community  # type: ignore[attr-defined]
    now = clock.now()
    form = FilterForm(request.GET, community=community, areas=boards.areas(community, now), now=now)
    found = boards.board(community=community, actor=actor, filters=form.filters(), now=now, page=page_number(request))
    context = {"form": form, "board": found, "actor": actor, "words": form.words(), "area": form.area_words()}
    return render_page(request, "tasks/board.html", context, part="results")


@require_safe
@board_page
def task(request: HttpRequest, actor: Actor | None, task_id: UUID) -> HttpResponseBase:
    """A task at one of its dates. To strangers, what is done for one person shows kind, area and minutes alone."""
    community: Community = request.community  # type: ignore[attr-defined]
    found = _task(community, task_id)
    if not can_see_task(actor, found):
        if found.is_published and actor is None:
            return _for_strangers(request, found)
        raise Http404
    context = task_context(community, actor, found, ClaimForm(), shift_id=_uuid(request.GET.get("date", "")))
    return render_page(request, "tasks/task.html", context, part="task")


def task_context(
    community: Community, actor: Actor | None, found: Task, form: ClaimForm, *, shift_id: UUID | None
) -> dict[str, object]:
    """Everything that the task's page shows; also used where a claim was refused."""
    now = clock.now()
    page = task_pages.task_page(task=found, actor=actor, community=community, shift_id=shift_id, now=now)
    shift = page.shift
    return {
        "actor": actor,
        "task": found,
        "page": page,
        "form": form,
        "runs_it": actor is not None and can_run_shift(actor, found),
        "is_open": shift is not None and found.is_published and not shift.cancelled_at and not shift.has_begun(now),
        "is_over": shift is not None and shift.has_ended(now),
        "paid_by_neighbour": found.funding == Funding.REQUESTER,
    }


@require_safe
@member_page
def calendar(request: HttpRequest, actor: Actor, shift_id: UUID) -> HttpResponseBase:
    """One shift as an .ics file: title, time and landmark, never the address."""
    shift = Shift.objects.for_community(actor.community).published().select_related("task").filter(pk=shift_id).first()
    if shift is None:
        raise Http404
    url = request.build_absolute_uri(url_of("task", actor, task_id=shift.task_id))
    response = HttpResponse(
        shift_calendar(shift, url=url, now=clock.now()), content_type="text/calendar; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{shift.starts_at:%Y%m%d}.ics"'
    return response


def _for_strangers(request: HttpRequest, found: Task) -> HttpResponseBase:
    """The task page of who does not belong here: three facts of a personal task; of another, what the board shows."""
    shift = found.shifts.open(clock.now()).order_by("starts_at").first()
    sign_in = redirect_to_login(request.get_full_path()).url
    context = {"task": found, "shift": shift, "personal": is_personal(found), "sign_in": sign_in}
    return render(request, "tasks/task_public.html", context)


def _task(community: Community, task_id: UUID) -> Task:
    try:
        return task_pages.get_task(community, task_id)
    except Task.DoesNotExist as error:
        raise Http404 from error


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
