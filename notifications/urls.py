"""Addresses of the inbox, under a community's slug. Who belongs there is decided above; the gate is handed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path

from notifications import views

app_name = "notifications"


def behind(gate: Callable[[Any], Callable[..., Any]]) -> tuple[list[URLPattern], str]:
    """The inbox's pages behind a gate such as ``member_page``, for ``include()``."""
    pages = [
        path("notices/", gate(views.inbox), name="inbox"),
        path("notices/read/", gate(views.read_all), name="read_all"),
        path("notices/<uuid:message>/read/", gate(views.read), name="read"),
    ]
    return pages, app_name
