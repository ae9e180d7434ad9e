"""Every address of the product, read from the URL configuration: a new page is walked without being named here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern


@dataclass(frozen=True, slots=True)
class Route:
    """One address: its full name, the names of its parts, who it is for (None where the view does not say)."""

    name: str
    parts: tuple[str, ...]
    audience: str | None

    def __str__(self) -> str:
        return self.name

    @property
    def in_community(self) -> bool:
        """Whether it lies under a community's slug."""
        return "community" in self.parts

    @property
    def of_an_object(self) -> bool:
        """Whether it names something of a community, beside the community."""
        return self.in_community and len(self.parts) > 1

    @property
    def of_admin(self) -> bool:
        """Whether it is Django admin's."""
        return self.name.startswith("admin:")


def all_routes() -> list[Route]:
    """The named routes, each once."""
    found = {route.name: route for route in _walk(get_resolver().url_patterns, "", ())}
    return [found[name] for name in sorted(found)]


def _walk(patterns: list[Any], namespace: str, parts: tuple[str, ...]) -> Iterator[Route]:
    for one in patterns:
        here = tuple(dict.fromkeys((*parts, *_parts(one.pattern))))  # once asked, Django hands parts down itself
        if isinstance(one, URLResolver):
            inner = f"{namespace}{one.namespace}:" if one.namespace else namespace
            yield from _walk(one.url_patterns, inner, here)
        elif isinstance(one, URLPattern) and one.name:
            yield Route(namespace + one.name, here, audience_of(one.callback))


def _parts(pattern: Any) -> list[str]:
    """The named parts of a path, or of one of admin's regular expressions."""
    return [*pattern.converters, *(pattern.regex.groupindex if isinstance(pattern, RegexPattern) else ())]


def audience_of(view: Any) -> str | None:
    """What `communities.access` wrote on the page, through whatever decorators stand around it."""
    while view is not None:
        if hasattr(view, "audience"):
            return str(view.audience)
        view = getattr(view, "__wrapped__", None)
    return None
