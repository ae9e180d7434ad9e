"""What the auditor's pages of the admin draw: a table's cells, and the state of the books on the front page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import template
from django.http import HttpRequest
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.templatetags.look import day, typed_text, when
from core.wording import number_text
from ledger.models import Book
from ledger.selectors import outstanding_by_book
from reports.admin.base import scope
from reports.selectors.books import verdict
from reports.tables import Column, Link

register = template.Library()
BOOKS_ON_FRONT = 20


@register.simple_tag
def cell(value: Any, column: Column) -> SafeString | str:
    """A cell of a table: numbers in groups, days and instants as such, links as links, people's words marked."""
    if isinstance(value, Link):
        text = typed_text(value.text) if value.typed else value.text
        return format_html('<a href="{}">{}</a>', value.url, text)
    if isinstance(value, datetime):
        return when(value)
    if isinstance(value, date):
        return day(value, weekday=False, year=True)
    if isinstance(value, int):
        return number_text(value)
    if value is None:
        return ""
    return typed_text(value) if column.typed else str(value)


@register.filter
def at(columns: Sequence[Column], index: int) -> Column:
    """The column at a place."""
    return columns[index]


@register.inclusion_tag("admin/audit_front.html", takes_context=True)
def audit_front(context: Context) -> dict[str, Any]:
    """The last check and the books within reach, with their differences. Five queries, however many books."""
    request: HttpRequest = context["request"]
    reach = scope(request)
    if not (reach.reads_people or reach.is_operator):
        return {}
    books = Book.objects.order_by("pk")
    if not reach.is_operator:
        books = books.filter(pk__in=reach.book_ids)
    shown = list(books[: BOOKS_ON_FRONT + 1])
    totals = outstanding_by_book([book.pk for book in shown[:BOOKS_ON_FRONT]])
    return {
        "verdict": verdict(None if reach.is_operator else reach.book_ids),
        "rows": [(book, totals[book.pk], book.pk in reach.book_ids) for book in shown[:BOOKS_ON_FRONT]],
        "more": len(shown) > BOOKS_ON_FRONT,
    }
