"""What every page of a community is framed by: the navigation's six cells, the foot's links, the coin's name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from core.clock import local_date, now
from core.coins import CoinWord
from home.nav import Cell, cells_for, is_workbench
from notifications.selectors import unread_count, unread_words
from tasks.selectors.coins import coin_word


def nav(request: HttpRequest) -> dict[str, Any]:
    """`nav_items`, `foot_links`, `brand_url`, `brand_note` and `coin` of the community that the view has set."""
    community = getattr(request, "community", None)
    if community is None:
        return {}
    actor = getattr(request, "actor", None)
    workbench = is_workbench(request.path, community.slug, actor)
    return {
        "nav_items": SimpleLazyObject(lambda: _items(request, cells_for(actor, workbench=workbench))),
        "foot_links": _foot(community.slug),
        "brand_url": _brand_url(community.slug, actor, workbench=workbench),
        "brand_note": _("Workbench") if workbench else "",
        "coin": SimpleLazyObject(_coin_of(community)),
        "is_workbench": workbench,
    }


def _coin_of(community: Any) -> Callable[[], CoinWord]:
    return lambda: coin_word(community, local_date(now(), community.time_zone))


def _items(request: HttpRequest, cells: tuple[Cell, ...]) -> list[dict[str, Any]]:
    slug, here = request.community.slug, request.path  # type: ignore[attr-defined]
    urls = {cell.name: reverse(cell.name, args=[slug]) for cell in cells}
    current = max((url for url in urls.values() if _is_under(here, url, slug)), key=len, default="")
    return [
        {
            "label": cell.label,
            "url": urls[cell.name],
            "icon": cell.icon,
            "current": urls[cell.name] == current,
            "count": _unread(request) if cell.counts_unread else 0,
            "count_url": reverse("notifications:inbox", args=[slug]) if cell.counts_unread else "",
        }
        for cell in cells
    ]


def _is_under(here: str, url: str, slug: str) -> bool:
    """Whether a page stands under a cell's address; the board is the root of all, so it must match exactly."""
    return here == url if url == f"/c/{slug}/" else here.startswith(url)


def _unread(request: HttpRequest) -> int | str:
    if not request.user.is_authenticated:
        return 0
    count = getattr(request.community, "unread_here", None)  # type: ignore[attr-defined]
    return unread_words(unread_count(int(request.user.pk)) if count is None else count)


def _brand_url(slug: str, actor: Any, *, workbench: bool) -> str:
    if workbench and actor is not None and actor.is_staff:
        return reverse("home:staff", args=[slug])
    signed_in = actor is not None and actor.resident is not None
    return reverse("home:home" if signed_in else "home:board", args=[slug])


def _foot(slug: str) -> list[dict[str, str]]:
    pages = (
        ("home:how", _("How coins work")),
        ("home:privacy", _("Privacy and consent")),
        ("home:accessibility", _("Accessibility")),
    )
    return [{"url": reverse(name, args=[slug]), "label": label} for name, label in pages]
