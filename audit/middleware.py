"""Who stands behind a change: what a request writes is marked with the account, the page, and for whom it was done."""

from __future__ import annotations

from collections.abc import Callable

import pghistory
from django.http import HttpRequest, HttpResponseBase

WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class HistoryContext:
    """Opens pghistory's context for requests that may write; a GET costs nothing.

    A service that acts for somebody adds to it: ``pghistory.context(on_behalf_of=…, reason=…)``.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method not in WRITES:
            return self.get_response(request)
        with pghistory.context(actor=request.user.pk, page=request.path):
            return self.get_response(request)
