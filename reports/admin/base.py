"""What every model of the admin shares: read only, and nothing outside the reader's grants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db import DataError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from ledger.models import Book
from reports.scope import Scope, scope_of

if TYPE_CHECKING:
    AnyAdmin = admin.ModelAdmin[Any]
    AnyPaginator = Paginator[Any]
else:
    AnyAdmin = admin.ModelAdmin
    AnyPaginator = Paginator

MOST_COUNTED = 10_000  # rows of a list
NO_SUCH_ROW = (ValueError, OverflowError, DataError)  # a filter in the address, such as the year 99999

admin.site.site_header = _("Community Time Bank: audit")
admin.site.site_title = _("Time bank audit")
admin.site.index_title = _("The books and who touched them")
admin.site.enable_nav_sidebar = False


def scope(request: HttpRequest) -> Scope:
    """The reader's scope, looked up once a request."""
    found: Scope | None = getattr(request, "audit_scope", None)
    if found is None:
        found = scope_of(request.user)  # type: ignore[arg-type]
        request.audit_scope = found  # type: ignore[attr-defined]
    return found


def link(name: str, pk: object, text: object) -> str:
    """A link to a row of the ledger in the admin."""
    return format_html('<a href="{}">{}</a>', reverse(f"admin:ledger_{name}_change", args=[pk]), text)


class OwnBooks(admin.RelatedFieldListFilter):
    """The book filter, within one's grants."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[Any, Any]]:
        """Books within reach."""
        return [(book.pk, str(book)) for book in Book.objects.filter(pk__in=scope(request).book_ids)]


class Counted(AnyPaginator):
    """Counts no further than can be turned through: a journal of ten million rows is never counted whole."""

    @cached_property
    def count(self) -> int:
        """The rows, at most ``MOST_COUNTED``."""
        rows: QuerySet[Any] = self.object_list  # type: ignore[assignment]
        return rows.order_by()[:MOST_COUNTED].count()


class ReadOnly(AnyAdmin):
    """Nothing is added, changed or deleted here; ``book_lookup`` ties each row to a book within reach."""

    book_lookup = "book_id__in"
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # each would count the whole table
    paginator = Counted
    actions = None

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Managers and auditors of at least one community."""
        return scope(request).reads_people

    def has_module_permission(self, request: HttpRequest) -> bool:
        """A section shows when something in it may be read."""
        return self.has_view_permission(request)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """A filter in the address that no row can have shows the whole list."""
        try:
            return super().changelist_view(request, extra_context)
        except NO_SUCH_ROW:
            return redirect(request.path)

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """One page of rows, which knows how far it was counted."""
        page = super().get_changelist_instance(request)
        page.most_counted = MOST_COUNTED  # type: ignore[attr-defined]
        return page

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows of the reader's books."""
        return super().get_queryset(request).filter(**{self.book_lookup: scope(request).book_ids})
