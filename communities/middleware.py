"""While a restored backup is compared, the site is read and not written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from communities.models import Community
from notifications.selectors import is_closed

READS = frozenset({"GET", "HEAD", "OPTIONS"})
# Who compares must sign in, in their language and size; and open the site again.
GOES_ON = frozenset(
    {
        "account_login", "account_confirm_login_code", "account_logout", "admin:login", "admin:logout",
        "accounts:language", "accounts:text_size", "reports:restore",
    }
)  # fmt: skip
RETRY_AFTER_SECONDS = 600


class ClosedAfterRestore:
    """Answers whatever would write with a kind 503 until a manager has opened the site."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """One small query a request that may write; none for reading."""
        if request.method in READS or request.resolver_match is None or not is_closed():
            return None
        if request.resolver_match.view_name in GOES_ON:
            return None
        slug = kwargs.get("community", "")
        request.community = Community.objects.select_related("settings").filter(slug=slug).first()  # type: ignore[attr-defined]
        answer = render(request, "communities/closed.html", status=503)
        answer["Retry-After"] = str(RETRY_AFTER_SECONDS)
        return answer
