"""The paper sign-in sheet on the screen: choose the shift, tick who came, save once."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from communities.access import staff_page
from communities.actors import Actor
from core import clock
from core.paging import page_of
from tasks.forms.hours import SheetForm
from tasks.models import Shift, SignUp
from tasks.selectors import hours as read
from tasks.services.sheets import SheetResult, enter_sheet
from tasks.views.hour_parts import done_once, look_of

ROWS = 30


@staff_page
@require_safe
def shifts(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The shifts of the last month, newest first: which sheet is in your hand?"""
    page = page_of(request, read.sheet_shifts(actor.community, clock.now()), per_page=ROWS)
    return render(request, "tasks/sheets.html", {"page": page})


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: HttpRequest, actor: Actor, shift_id: UUID) -> HttpResponse:
    """Tick who came, add who came without signing up, save once."""
    found = Shift.objects.for_community(actor.community).published().select_related("task")
    shift = get_object_or_404(found, pk=shift_id)
    lines, there = read.sheet_lines(shift), read.recorded_in(shift)
    open_lines = [line for line in lines if line.resident_id not in there]
    form = SheetForm(
        request.POST or None,
        community=actor.community,
        residents=[line.resident for line in open_lines],
        minutes=shift.minutes,
    )
    if request.method == "POST" and form.is_valid() and (url := _entered(request, actor, shift, form)):
        return redirect(url)
    context = {
        "shift": shift,
        "form": form,
        "rows": _rows(form, open_lines),
        "there": [(record, look_of(record.state)) for record in there.values()],
    }
    return render(request, "tasks/sheet.html", context)


def _rows(form: SheetForm, lines: list[SignUp]) -> list[dict[str, object]]:
    by_resident = {resident.pk: name for name, resident in form.rows.items()}
    return [
        {
            "line": line,
            "tick": form[by_resident[line.resident_id]],
            "minutes": form[by_resident[line.resident_id].replace("came_", "minutes_", 1)],
            "attendance": getattr(line, "attendance", None),
        }
        for line in lines
    ]


def _entered(request: HttpRequest, actor: Actor, shift: Shift, form: SheetForm) -> str | None:
    done: list[SheetResult] = []
    absent = form.cleaned_data["others_absent"]

    def run() -> str:
        done[:] = [enter_sheet(actor=actor, shift_id=shift.pk, came=form.came(), others_absent=absent, now=clock.now())]
        return reverse("tasks:sheet", kwargs={"community": actor.community.slug, "shift_id": shift.pk})

    url = done_once(form, actor, "enter-sheet", run)
    for result in done if url else []:
        _tell(request, result)
    return url


def _tell(request: HttpRequest, result: SheetResult) -> None:
    number = len(result.entered)
    if number:
        said = ngettext(
            "%(number)d person entered. Another person verifies the hours.",
            "%(number)d people entered. Another person verifies the hours.",
            number,
        )
        messages.success(request, said % {"number": number})
    elif not result.refused:
        messages.info(request, _("Nobody new was ticked."))
    for resident, why in result.refused:
        messages.warning(request, _("Not entered: %(name)s. %(why)s") % {"name": resident.full_name, "why": why})
