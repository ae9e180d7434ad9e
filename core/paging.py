"""Pages of a list, for ``components/pager.html``."""

from __future__ import annotations

from typing import Any

from django.core.paginator import EmptyPage, Page, PageNotAnInteger, Paginator
from django.http import HttpRequest

ROWS = 24
MOST_PAGES = 1000


def page_of(request: HttpRequest, rows: Any, *, per_page: int = ROWS) -> Page[Any]:
    """The page that ``?page=`` asks for; nonsense gives the first, too far the last."""
    pages = Paginator(rows, per_page)
    asked = request.GET.get("page", "1")
    try:
        number = min(int(asked), MOST_PAGES)
    except ValueError:
        number = 1
    try:
        return pages.page(max(number, 1))
    except (EmptyPage, PageNotAnInteger):
        return pages.page(pages.num_pages)
