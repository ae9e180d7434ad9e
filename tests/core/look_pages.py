"""How the look's tests render: a template string or a file, in either language, without a database."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from django.http import HttpRequest
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

ZH, EN = "zh-hans", "en"
SUNDAY = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)  # 9:00 in Shanghai


def community() -> SimpleNamespace:
    """A community as a page sees it, with no English address."""
    return SimpleNamespace(
        name_zh="榕树里社区",
        name_en="Rongshuli",
        phone="0898-6655 0120",
        address_zh="榕树里12号",
        address_en="",
        opening_hours_zh="周一至周六",
        opening_hours_en="Mon–Sat",
    )


def request(*, size: str = "standard") -> HttpRequest:
    """A visitor's request; the page's community is given as context, so that no upper app is asked."""
    made = RequestFactory().get("/c/rongshuli/tasks/")
    made.COOKIES["text_size"] = size
    return made


def text(source: str, language: str = EN, **context: Any) -> str:
    """A template string rendered in a language."""
    with translation.override(language):
        return str(engines["django"].from_string(source).render(context))


def page(
    name: str, language: str = EN, *, size: str | None = None, asked: HttpRequest | None = None, **context: Any
) -> str:
    """A template file rendered in a language; with a request when a size or a request is given."""
    with translation.override(language):
        if size is None and asked is None:
            return render_to_string(name, context)
        place = community()
        return render_to_string(
            name, {"community": place, "phone": place.phone, **context}, asked or request(size=size or "standard")
        )
