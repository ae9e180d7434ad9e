"""Checking in and out, and the screen with the rotating code."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import segno
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.clients import client_ip
from communities.access import leader_page, load_community, resident_page
from communities.actors import Actor
from core import clock
from core.errors import DomainError
from core.wording import clock_text, local
from tasks import check_in_codes
from tasks.forms.claims import WordForm
from tasks.models import Attendance, Shift
from tasks.policies.claims import can_run_shift
from tasks.selectors import mine as own
from tasks.selectors import staff
from tasks.services import attendance
from tasks.services.attendance import Proof
from tasks.views.doing import task_url, url_of

SEEN = "check_in_codes"  # in the web session: code → when it was first seen good
KEPT_CODES = 5
REFRESH_SECONDS = 20


@never_cache
def check_in(request: HttpRequest, community: str, token: str) -> HttpResponseBase:
    """The scanned address: one large button. A code that was good when scanned waits ten minutes for signing in."""
    if request.method == "GET" and not request.user.is_authenticated:
        _remember(request, community, token)
    return _scanned(request, community=community, token=token)


@require_http_methods(["GET", "HEAD", "POST"])
@resident_page
def _scanned(request: HttpRequest, actor: Actor, token: str) -> HttpResponseBase:
    now = clock.now()
    try:
        shift = attendance.scanned_shift(actor=actor, token=token, seen_at=_seen_at(request, token), now=now)
        if request.method == "POST":
            return _act(request, actor, shift, Proof(token, _seen_at(request, token), client_ip(request)), now)
    except DomainError as error:
        return _refused(request, actor, error)
    _keep(request, token, now)
    return render(request, "tasks/check_in.html", _context(actor, shift, now), status=200)


def _act(request: HttpRequest, actor: Actor, shift: Shift, proof: Proof, now: datetime) -> HttpResponseBase:
    if request.POST.get("leaving"):
        _say_left(request, attendance.check_out_by_code(actor=actor, proof=proof, now=now))
    else:
        _say_here(request, attendance.check_in_by_code(actor=actor, proof=proof, now=now))
    return redirect(task_url(actor, shift))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@resident_page
def by_word(request: HttpRequest, actor: Actor, shift_id: UUID) -> HttpResponseBase:
    """Checking in or out with the six digits said aloud."""
    now = clock.now()
    shift = _shift(actor, shift_id)
    form = WordForm(request.POST or None)

    def run() -> str:
        word = str(form.cleaned_data["word"])
        if request.POST.get("leaving"):
            _say_left(request, attendance.check_out_by_word(actor=actor, shift_id=shift_id, word=word, now=now))
        else:
            address = client_ip(request)
            _say_here(
                request,
                attendance.check_in_by_word(actor=actor, shift_id=shift_id, word=word, address=address, now=now),
            )
        return task_url(actor, shift)

    if request.method == "POST" and form.is_valid():
        try:
            return redirect(run())
        except DomainError as error:
            form.add_error("word", str(error))
    status = 422 if form.is_bound else 200
    return render(request, "tasks/check_in_word.html", _context(actor, shift, now) | {"form": form}, status=status)


@require_safe
@never_cache
@leader_page
def code(request: HttpRequest, actor: Actor, shift_id: UUID) -> HttpResponseBase:
    """The screen at the door: a code that changes every half minute, and the word for those who cannot scan."""
    shift = _shift(actor, shift_id)
    if not can_run_shift(actor, shift.task):
        raise PermissionDenied
    token = check_in_codes.make_token(shift_id=shift.pk, secret=shift.check_in_secret, now=clock.now())
    url = request.build_absolute_uri(url_of("check_in", actor, token=token))
    context = {"shift": shift, "task": shift.task, "qr": qr_svg(url), "refresh": REFRESH_SECONDS}
    template = "tasks/_code.html" if request.headers.get("HX-Request") else "tasks/code.html"
    return render(request, template, context)


def qr_svg(text: str) -> SafeString:
    """A QR code as SVG, dark on light in every colour scheme, scaled by the page."""
    svg = segno.make(text, error="m").svg_inline(omitsize=True, border=2, dark="#000", light="#fff")
    return mark_safe(svg)  # noqa: S308  (made here from an address of ours)


def _context(actor: Actor, shift: Shift, now: datetime) -> dict[str, Any]:
    """Which button: "I'm here", "I'm leaving", or none, since it is done."""
    assert actor.resident is not None
    mine = shift.sign_ups.live().filter(resident=actor.resident).select_related("attendance", "shift").first()
    state = own.commitment_of(mine, now) if mine else None
    return {
        "actor": actor, "shift": shift, "task": shift.task, "sign_up": mine, "now": now,
        "attendance": getattr(mine, "attendance", None),
        "leaving": state is not None and _is_checked_in(mine) and not _is_checked_out(mine),
        "is_done": _is_checked_out(mine),
    }  # fmt: skip


def _is_checked_in(sign_up: Any) -> bool:
    found = getattr(sign_up, "attendance", None)
    return found is not None and found.checked_in_at is not None


def _is_checked_out(sign_up: Any) -> bool:
    found = getattr(sign_up, "attendance", None)
    return found is not None and found.checked_out_at is not None


def _say_here(request: HttpRequest, found: Attendance) -> None:
    assert found.checked_in_at is not None
    time = clock_text(local(found.checked_in_at).time())
    messages.success(request, _("Checked in at %(time)s. Check out when you leave.") % {"time": time})


def _say_left(request: HttpRequest, found: Attendance) -> None:
    assert found.checked_out_at is not None
    time = clock_text(local(found.checked_out_at).time())
    messages.success(request, _("Checked out at %(time)s. Thank you! Now log your hours.") % {"time": time})


def _refused(request: HttpRequest, actor: Actor, error: DomainError) -> HttpResponseBase:
    context = {"actor": actor, "refusal": error, "code": error.code}
    return render(request, "tasks/check_in_refused.html", context, status=422)


def _remember(request: HttpRequest, slug: str, token: str) -> None:
    """Note in the session that a good code was scanned by somebody who is not signed in yet."""
    community = load_community(slug)
    shift = attendance.shift_named(community, token)
    now = clock.now()
    if shift is not None and check_in_codes.is_good(token, secret=shift.check_in_secret, now=now):
        _keep(request, token, now)


def _keep(request: HttpRequest, token: str, now: datetime) -> None:
    kept: dict[str, str] = request.session.get(SEEN, {})
    if token not in kept:
        newest = dict(list(kept.items())[-(KEPT_CODES - 1) :])
        request.session[SEEN] = newest | {token: now.isoformat()}


def _seen_at(request: HttpRequest, token: str) -> datetime | None:
    found = request.session.get(SEEN, {}).get(token)
    return parse_datetime(found) if found else None


def _shift(actor: Actor, shift_id: UUID) -> Shift:
    try:
        shift = staff.get_shift(actor.community, shift_id)
    except ObjectDoesNotExist as error:
        raise Http404 from error
    if not shift.task.is_published:
        raise Http404
    return shift
