"""Who signed in, who opened whose record, what was sent: within the reader's communities."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.models import RecordView
from communities.models import Community, RoleGrant
from notifications.models import OutboxMessage
from reports.admin.base import ReadOnly, scope
from reports.selectors.entries import within

RECORD_KINDS = {"resident": _("Resident"), "passbook": _("Passbook")}  # as log_view is told


def _within(request: HttpRequest) -> Q:
    return within(scope(request).community_ids)


@admin.register(User)
class UserAdmin(ReadOnly):
    """Accounts, without their phone and email: an auditor needs who, not how to call them."""

    list_display = ("id", "name", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff")
    search_fields = ("display_name",)
    fields = ("display_name", "is_active", "is_staff", "holds_role", "created_at", "last_login")

    @admin.display(description=_("name"))
    def name(self, user: User) -> str:
        """How colleagues see this person."""
        return user.shown_name

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """People of one's communities."""
        return User.objects.filter(_within(request)).distinct().order_by("pk")


class ByRecordKind(admin.SimpleListFilter):
    """The kinds in words."""

    title = _("kind of record")
    parameter_name = "record_kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, Any]]:
        """Every kind, whether or not one was opened."""
        return list(RECORD_KINDS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those of the kind chosen."""
        return queryset.filter(record_kind=self.value()) if self.value() in RECORD_KINDS else queryset


@admin.register(RecordView)
class RecordViewAdmin(ReadOnly):
    """Who opened whose record."""

    book_lookup = ""
    list_display = ("viewed_at", "viewer", "kind", "record_id")
    list_filter = (ByRecordKind,)
    list_select_related = ("viewer",)
    ordering = ("-viewed_at",)
    fields = ("viewer", "community_number", "kind", "record_id", "viewed_at")
    readonly_fields = ("kind",)

    @admin.display(description=_("kind of record"), ordering="record_kind")
    def kind(self, view: RecordView) -> str:
        """The kind in words."""
        return str(RECORD_KINDS.get(view.record_kind, view.record_kind))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Records of one's communities."""
        return RecordView.objects.filter(community_number__in=scope(request).community_ids)


@admin.register(RoleGrant)
class RoleGrantAdmin(ReadOnly):
    """Who may do what, since when, by whose hand."""

    list_display = ("user", "role", "community", "street", "team", "granted_by", "granted_at", "ended_at")
    list_filter = ("role",)
    list_select_related = ("user", "community", "street", "team", "granted_by")
    ordering = ("-granted_at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Grants that reach one's communities."""
        here = scope(request).community_ids
        streets = Community.objects.filter(pk__in=here).values("street")
        return RoleGrant.objects.filter(Q(community__in=here) | Q(street__in=streets) | Q(team__community__in=here))


@admin.register(OutboxMessage)
class OutboxMessageAdmin(ReadOnly):
    """What was to be said and what became of it; the words themselves stay between sender and recipient."""

    list_display = ("due_at", "kind", "channel", "state", "attempts", "sent_at")
    list_filter = ("state", "channel")
    fields = ("kind", "subject", "channel", "state", "due_at", "sent_at", "attempts")
    ordering = ("-due_at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Messages to people of one's communities."""
        people = User.objects.filter(_within(request))
        return OutboxMessage.objects.filter(recipient__in=people)
