"""The sheets that staff print: per shift and per day, as a page and as PDF."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from communities.access import staff_page
from communities.actors import Actor
from core import clock
from core.forms import day_asked
from papers import sheets
from papers.selectors.sheets import SignInSheet, hand_overs, sign_in_sheet
from papers.views.common import download
from tasks.models import Shift


@staff_page
@require_safe
def sign_in(request: HttpRequest, actor: Actor, shift: UUID) -> HttpResponse:
    """A shift's sign-in sheet as a page to print."""
    sheet = sheets.sign_in(_sign_in(actor, shift))
    pdf = reverse("papers:sign_in_sheet_pdf", kwargs={"community": actor.community.slug, "shift": shift})
    back = reverse("tasks:staff_shift", kwargs={"community": actor.community.slug, "shift_id": shift})
    context = {"sheet": sheet, "pdf_url": pdf, "back": back, "back_label": _("Who comes")}
    return render(request, "papers/sheet.html", context)


@staff_page
@require_safe
def sign_in_pdf(request: HttpRequest, actor: Actor, shift: UUID) -> HttpResponse:
    """A shift's sign-in sheet as PDF."""
    found = _sign_in(actor, shift)
    content = sheets.sheet_pdf(sheets.sign_in(found), actor.community)
    day = clock.local_date(found.shift.starts_at, actor.community.time_zone)
    return download(content, name=f"sign-in-{day}.pdf", content_type="application/pdf", inline=True)


@staff_page
@require_safe
def register(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A day's hand-over register as a page to print."""
    day = _day(request, actor)
    pdf = reverse("papers:register_pdf", kwargs={"community": actor.community.slug})
    back = reverse("rewards:desk", kwargs={"community": actor.community.slug})
    context = {"sheet": _register(actor, day), "pdf_url": f"{pdf}?day={day}", "day": day, "register": True}
    return render(request, "papers/sheet.html", {**context, "back": back, "back_label": _("Desk")})


@staff_page
@require_safe
def register_pdf(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A day's hand-over register as PDF."""
    day = _day(request, actor)
    content = sheets.sheet_pdf(_register(actor, day), actor.community)
    return download(content, name=f"register-{day}.pdf", content_type="application/pdf", inline=True)


def _sign_in(actor: Actor, shift: UUID) -> SignInSheet:
    try:
        return sign_in_sheet(community=actor.community, shift_id=shift)
    except Shift.DoesNotExist as error:
        raise Http404 from error


def _register(actor: Actor, day: date) -> sheets.Sheet:
    lines = hand_overs(community=actor.community, day=day)
    return sheets.register(community=actor.community, day=day, lines=lines)


def _day(request: HttpRequest, actor: Actor) -> date:
    """The day of ``?day=2026-11-22``, else today; never a coming one."""
    today = clock.local_date(clock.now(), actor.community.time_zone)
    return min(day_asked(request.GET.get("day", "")) or today, today)
