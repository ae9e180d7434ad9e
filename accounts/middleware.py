"""The desk's computer stands where everybody passes: left alone for 15 minutes it asks who is there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from core import clock
from core.middleware import POLLS
from core.parts import page_of_form

IDLE = timedelta(minutes=15)
WRITE_AFTER = timedelta(minutes=1)  # a session row is not written at every click
SEEN = "desk_seen_at"


class IdleDesk:
    """Ends a web session that has been at the desk (``…/desk/…``) and then rested too long."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Sign out the forgotten, remember the others."""
        seen = request.session.get(SEEN)
        now = clock.now().timestamp()
        if seen is not None and now - seen > IDLE.total_seconds():
            logout(request)
            return _who_is_there(request)
        at_desk = seen is not None or ("/desk/" in request.path and request.user.is_authenticated)
        by_itself = request.headers.get("HX-Trigger") in POLLS  # a page that asks by the clock keeps nobody there
        if at_desk and not by_itself and (seen is None or now - seen > WRITE_AFTER.total_seconds()):
            request.session[SEEN] = now
        return self.get_response(request)


def _who_is_there(request: HttpRequest) -> HttpResponseBase:
    """To sign-in, and back to the page, or to the one that a form was sent from: what was sent did nothing."""
    if request.method in ("GET", "HEAD"):
        messages.info(request, _("The desk was left alone for 15 minutes. Please sign in again."))
        return redirect_to_login(request.get_full_path())
    said = _("The desk was left alone for 15 minutes, so nothing was done. Sign in, then press once more.")
    messages.info(request, said)
    return redirect_to_login(page_of_form(request) or "/")
