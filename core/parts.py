"""A page, or the part of it that htmx swaps: a block of the same template, named as the id of its element."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlsplit, urlunsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import RequestContext, Template
from django.template.base import NodeList
from django.template.loader import get_template
from django.template.loader_tags import BlockNode, ExtendsNode
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme

PARTS = ("HX-Request", "HX-Target")  # the headers by which one address answers differently


def by_htmx(request: HttpRequest) -> bool:
    """Whether htmx asks."""
    return request.headers.get("HX-Request") == "true"


def asks_for(request: HttpRequest, part: str) -> bool:
    """Whether htmx asks for this part of a page rather than for the page."""
    return by_htmx(request) and request.headers.get("HX-Target") == part


def page_of_form(request: HttpRequest) -> str:
    """The page of this site that a form or a button was sent from, "" where that is unknown."""
    sender = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(sender, {request.get_host()}, require_https=request.is_secure()):
        return ""
    return urlunsplit(("", "", *urlsplit(sender)[2:4], ""))


def render_page(
    request: HttpRequest, template: str, context: dict[str, Any], *, part: str, status: int = 200
) -> HttpResponse:
    """The page; where htmx asks for `part`, the block of that name alone, which then knows `part`."""
    if asks_for(request, part):
        response = HttpResponse(render_part(request, template, {**context, "part": part}, part=part), status=status)
    else:
        response = render(request, template, context, status=status)
    return vary(response)


def vary(response: HttpResponse) -> HttpResponse:
    """Mark the answer of an address that has parts: else the back button would show a part as if it were the page."""
    patch_vary_headers(response, PARTS)
    return response


def render_part(request: HttpRequest, template: str, context: dict[str, Any], *, part: str) -> str:
    """One block of a template that extends another. KeyError when it has none of that name."""
    found = cast(Template, get_template(template).template)  # type: ignore[attr-defined]
    block = _blocks(found.nodelist)[part]
    whole = RequestContext(request, context)
    with whole.bind_template(found), whole.render_context.push_state(found):
        return str(block.render(whole))


def _blocks(nodes: NodeList) -> dict[str, BlockNode]:
    return cast("dict[str, BlockNode]", nodes.get_nodes_by_type(ExtendsNode)[0].blocks)  # type: ignore[attr-defined]
