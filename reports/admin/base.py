"""What every model of the admin shares: read only, and nothing outside the reader's grants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db import DataError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from reports.scope import Scope, scope_of

if TYPE_CHECKING:
    AnyAdmin = admin.ModelAdmin[Any]
else:
    AnyAdmin = admin.ModelAdmin

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


class ReadOnly(AnyAdmin):
    """Nothing is added, changed or deleted here; ``book_lookup`` ties each row to a book within reach."""

    book_lookup = "book_id__in"
    list_per_page = 50
    show_full_result_count = False
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
        """A filter in the address that no row can have, such as the year 99999, shows the whole list."""
        try:
            return super().changelist_view(request, extra_context)
        except (ValueError, OverflowError, DataError):
            return redirect(request.path)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows of the reader's books."""
        return super().get_queryset(request).filter(**{self.book_lookup: scope(request).book_ids})
