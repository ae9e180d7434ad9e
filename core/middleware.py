"""What stands around every page: the reader's language, and a readable answer while the database is away."""

from __future__ import annotations

import codecs
import sys
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.middleware import get_user
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.http.response import HttpResponseRedirectBase
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.views.defaults import server_error
from django_htmx.http import HttpResponseClientRedirect

RETRY_AFTER_SECONDS = 15
POLLS = frozenset({"unread"})  # ids of elements that ask by the clock, whether or not somebody is there
AWAY = ("08", "57P", "53")  # connection lost, server shutting down, no more connections


class LocaleFromReader:
    """The language cookie, else the account's language, else the browser's, else Chinese.

    A page is for its reader alone: no shared cache keeps it, and the browser asks before it shows it again.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        language = language_of(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        response.headers.setdefault("Content-Language", translation.get_language())
        # Not "no-store": a page fetched anew by the back button would carry a new one-time key.
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response


def language_of(request: HttpRequest) -> str:
    """The reader's language, one of ``settings.LANGUAGES``."""
    known = dict(settings.LANGUAGES)
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if chosen in known:
        return chosen
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        mine = _language_of_account(request)
        if mine in known:
            return mine
    return translation.get_language_from_request(request)


def _language_of_account(request: HttpRequest) -> str:
    try:
        return str(getattr(get_user(request), "language", ""))
    except DatabaseError:  # the view will meet it again, and the answer says so
        return ""


class NotThatWay:
    """The empty 405 of a view that is asked in another way gets a page; which ways there are stays in ``Allow``."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            response.content = render_to_string("405.html", request=request)
        return response


class LeadsElsewhere:
    """htmx follows a redirect and swaps what it finds: right for the page's own part, wrong for another page.

    A redirect to another address, such as to sign-in, becomes one that the browser follows itself. What a page asks
    by itself (``POLLS``) leads nowhere: nobody is torn out of what they write.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer, its redirect turned into htmx's own where it leads away from the page."""
        response = self.get_response(request)
        if request.headers.get("HX-Request") != "true" or not isinstance(response, HttpResponseRedirectBase):
            return response
        if request.headers.get("HX-Trigger") in POLLS:
            return HttpResponse(status=204)
        here = urlsplit(request.headers.get("HX-Current-URL", "")).path
        return response if urlsplit(response.url).path == here else HttpResponseClientRedirect(response.url)


class DatabaseDown:
    """A view that lost the database answers 503 in the reader's language; nothing it had begun was kept."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer for a lost database, leave every other exception alone."""
        return database_away(request) if is_away(error) else None


class PlainLetters:
    """Everything here is UTF-8: what says that it is written otherwise is a 400, before anything of it is read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if _is_utf_8((request.content_params or {}).get("charset", "utf-8")):
            return self.get_response(request)
        # Not by an exception: Django's answer to one looks for the key of the form, and so reads the form.
        return HttpResponse(render_to_string("400.html"), status=400)


def _is_utf_8(charset: str) -> bool:
    try:
        return codecs.lookup(charset).name == "utf-8"
    except (LookupError, ValueError):
        return False


class CleanAddress:
    """No page has an address with a NUL in it, and no column can hold one: 404, whichever view would read it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            raise Http404
        return self.get_response(request)


def broken(request: HttpRequest) -> HttpResponse:
    """The 500 handler: outside a view, too (a session that cannot be saved), a lost database is a 503."""
    return database_away(request) if is_away(sys.exc_info()[1]) else server_error(request)


def is_away(error: BaseException | None) -> bool:
    """Whether the exception means that the database cannot be reached (not: a deadlock, a timeout, a refusal)."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or state.startswith(AWAY)


def database_away(request: HttpRequest) -> HttpResponse:
    """The 503 page: rendered without session, account or community, since all of them stand in the database."""
    page = render_to_string("503.html")
    return HttpResponse(page, status=503, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})
