"""A book in the admin: its overview, its page of a day, and from there every report that an auditor needs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.selectors import newest_check
from communities.models import Community
from core.clock import local_date, now
from core.export import TYPES
from core.forms import day_asked
from core.wording import day_text
from ledger.models import Book
from ledger.selectors import Outstanding, outstanding_by_book
from reports.admin import pages
from reports.admin.base import ReadOnly, scope
from reports.selectors.books import Books, books_on, check_lines
from reports.sheets.trial import trial_table
from reports.tables import as_file

Page = Callable[[HttpRequest, Book], HttpResponseBase]
REPORTS: tuple[tuple[str, str, Any, Page], ...] = (
    ("reversals", "reversals/", _("Reversals"), pages.reversals),
    ("recoveries", "recoveries/", _("Recoveries"), pages.recoveries),
    ("pairs", "pairs/", _("Who approved with whom"), pages.pairs),
    ("sample", "sample/", _("Random sample"), pages.sample),
    ("year", "year/", _("Yearly report"), pages.year),
)


@admin.register(Book)
class BookAdmin(ReadOnly):
    """Each community's book; "difference 0 = balanced" stands large on top."""

    book_lookup = "id__in"
    list_display = ("name_zh", "outstanding", "issued", "redeemed", "difference", "closed_through", "is_paused")
    ordering = ("id",)
    change_form_template = "admin/ledger/book.html"
    fields = ("name_zh", "name_en", "unit", "time_zone", "opened_at", "closed_through", "spending_paused_at")
    readonly_fields = fields

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Operators too: totals name nobody."""
        return scope(request).reads_people or scope(request).is_operator

    def get_queryset(self, request: HttpRequest) -> QuerySet[Book]:
        """One's own books; an operator sees all."""
        return Book.objects.all() if scope(request).is_operator else super().get_queryset(request)

    @admin.display(description=_("coins outstanding"))
    def outstanding(self, book: Book) -> int:
        """What people, the fund and merchants have."""
        return self._totals[book.pk].held_by_people

    @admin.display(description=_("issued for hours"))
    def issued(self, book: Book) -> int:
        """Coins made for hours, less those reversed."""
        return self._totals[book.pk].issuance

    @admin.display(description=_("redeemed"))
    def redeemed(self, book: Book) -> int:
        """Coins taken in."""
        return self._totals[book.pk].redeemed

    @admin.display(description=_("difference"))
    def difference(self, book: Book) -> str:
        """0 = balanced."""
        found = self._totals[book.pk].difference
        word = gettext("Balanced") if found == 0 else gettext("Not balanced")
        return format_html("<strong>{}</strong> {}", found, word)

    @admin.display(description=_("spending paused at"), ordering="spending_paused_at")
    def is_paused(self, book: Book) -> Any:
        """Since when, or nothing."""
        return book.spending_paused_at or "–"

    _totals: dict[int, Outstanding] = {}

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """A list adds all books up together."""
        return ReadOnly.changelist_view(BookAdmin(Book, self.admin_site), request, extra_context)

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """One page of books with their totals."""
        page = super().get_changelist_instance(request)
        self._totals = outstanding_by_book([book.pk for book in page.result_list])
        return page

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """The book at the end of a day, or now; as a file with ``?as=csv`` or ``?as=xlsx``."""
        book = self.get_object(request, object_id)
        if book is None:
            raise Http404
        with timezone.override(ZoneInfo(book.time_zone)):
            found = books_on(book, self._day(request, book))
            form = request.GET.get("as", "")
            if form in TYPES:
                return as_file(trial_table(book, found), form)  # type: ignore[return-value]
            answer = super().change_view(request, object_id, extra_context=self._context(request, book, found))
            return answer.render() if hasattr(answer, "render") else answer

    def _day(self, request: HttpRequest, book: Book) -> date | None:
        """The day of ``?on=2026-10-31``; today, a day to come and nonsense mean now."""
        day = day_asked(request.GET.get("on", ""))
        return day if day and day < local_date(now(), book.time_zone) else None

    def _context(self, request: HttpRequest, book: Book, found: Books) -> dict[str, Any]:
        run = newest_check()
        reads = book.pk in scope(request).book_ids
        community = Community.objects.filter(book=book).first() if reads else None
        return {
            "books": found,
            "outstanding": found.outstanding,
            "on": found.on,
            "on_text": day_text(found.on, weekday=False, year=True) if found.on else "",
            "check": run,
            "check_lines": check_lines(run, book.pk) if run else [],
            "reads_people": reads,
            "community": community,
            "reports": [(reverse(f"admin:ledger_book_{one[0]}", args=[book.pk]), one[2]) for one in REPORTS],
            "accounts_url": reverse("admin:ledger_account_changelist") + f"?book__id__exact={book.pk}",
            "entries_url": reverse("admin:ledger_journalentry_changelist") + f"?book={book.pk}",
        }

    def get_urls(self) -> list[Any]:
        """The reports of one book."""
        own = [
            path(f"<int:pk>/{at}", self._page(page), name=f"ledger_book_{name}") for name, at, _label, page in REPORTS
        ]
        return [*own, *super().get_urls()]

    def _page(self, page: Page) -> Any:
        """404 for a book out of reach, 403 for whoever reads its totals alone; days are the book's own."""

        def view(request: HttpRequest, pk: int) -> HttpResponseBase:
            book = self.get_object(request, str(pk))
            if book is None or not self.has_view_permission(request, book):
                raise Http404
            if book.pk not in scope(request).book_ids:
                raise PermissionDenied
            with timezone.override(ZoneInfo(book.time_zone)):
                answer = page(request, book)
                return answer.render() if hasattr(answer, "render") else answer

        return self.admin_site.admin_view(view)
