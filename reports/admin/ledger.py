"""The ledger in the admin: book → account → entry → source, and reversals by two people."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from communities.models import Household, Resident
from core.clock import now
from core.errors import DomainError
from core.sources import source_of
from core.wording import number_text
from ledger.choices import AccountKind
from ledger.models import Account, Checkpoint, Hold, MonthlyStatement, ReversalRequest, Seal
from ledger.selectors import balances
from reports.admin.base import OwnBooks, ReadOnly
from reports.scope import actor_for_book
from reports.selectors.people import users_named
from reports.services import reversals


@admin.register(Account)
class AccountAdmin(ReadOnly):
    """Accounts with balance, held and available; from here to the entries and to the person."""

    list_display = ("number", "book", "kind", "normal_balance", "held", "available", "entries")
    list_filter = (("book", OwnBooks), "kind")
    list_select_related = ("book",)
    search_fields = ("number",)
    fields = (
        "number",
        "book",
        "kind",
        "normal_balance",
        "held",
        "available",
        "floor",
        "cap",
        "lines",
        "opened_at",
        "whose",
        "entries",
    )
    readonly_fields = fields

    @admin.display(description=_("balance"))
    def normal_balance(self, account: Account) -> int:
        """On its normal side."""
        return account.normal_balance

    @admin.display(description=_("number of lines"))
    def lines(self, account: Account) -> str:
        """How often it moved; an insert-only account numbers no lines."""
        return number_text(account.seq) if account.keeps_balance else "–"

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """One page of accounts, those that store no balance with the one that their entries make. Two queries more."""
        page = super().get_changelist_instance(request)
        page.result_list = _with_balances(list(page.result_list))
        return page

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Account | None:
        """The account, likewise."""
        account = super().get_object(request, object_id, from_field)
        return _with_balances([account])[0] if account else None

    @admin.display(description=_("available"))
    def available(self, account: Account) -> int:
        """Free to spend."""
        return account.available

    @admin.display(description=_("entries"))
    def entries(self, account: Account) -> str:
        """To the account's entries."""
        url = reverse("admin:ledger_journalentry_changelist")
        return format_html('<a href="{}?account={}">{}</a>', url, account.pk, _("entries"))

    @admin.display(description=_("whose"))
    def whose(self, account: Account) -> str:
        """The resident or the household of a wallet, each with a link to staff's page; a clearing account's partner."""
        if account.partner_id:
            return format_html("{}", account.partner)
        if account.kind != AccountKind.WALLET:
            return str(AccountKind(account.kind).label)
        resident = Resident.objects.filter(wallet=account).select_related("community").first()
        if resident:
            return self._person(resident)
        household = Household.objects.filter(wallet=account).first()
        return str(_("household %(number)s") % {"number": household.number}) if household else "–"

    def _person(self, resident: Resident) -> str:
        url = reverse("communities:resident", args=[resident.community.slug, resident.pk])
        return format_html('<a href="{}">{} {}</a>', url, resident.member_number, resident.full_name)


def _with_balances(accounts: list[Account]) -> list[Account]:
    """These accounts, to read and never to save: what is not stored is summed from a checkpoint and later entries."""
    unstored = [one for one in accounts if not one.keeps_balance]
    found = balances(one.pk for one in unstored) if unstored else {}
    for one in unstored:
        one.balance = found[one.pk].balance
    return accounts


@admin.register(Hold)
class HoldAdmin(ReadOnly):
    """Coins set aside."""

    list_display = ("reference", "book", "debit", "amount", "status", "held_at", "ended_at")
    list_filter = ("status", ("book", OwnBooks))
    list_select_related = ("book", "debit")
    search_fields = ("reference",)


@admin.register(ReversalRequest)
class ReversalRequestAdmin(ReadOnly):
    """Reversals asked for; another manager confirms or declines."""

    list_display = ("reference", "book", "reason", "status", "asked_at", "decided_at")
    list_filter = ("status", ("book", OwnBooks))
    list_select_related = ("book",)
    fields = ("reference", "book", "reason", "status", "asked_by", "asked_at", "decided_by", "decided_at", "source")
    readonly_fields = fields
    change_form_template = "admin/ledger/reversal_request.html"

    @admin.display(description=_("asked by"))
    def asked_by(self, request: ReversalRequest) -> str:
        """The first person."""
        return users_named({request.asked_by_id}).get(request.asked_by_id, "–")

    @admin.display(description=_("decided by"))
    def decided_by(self, request: ReversalRequest) -> str:
        """The second person."""
        return users_named({request.decided_by_id}).get(request.decided_by_id or 0, "–")

    @admin.display(description=_("source"))
    def source(self, request: ReversalRequest) -> str:
        """Where it came from."""
        found = source_of(request.reference)
        if found is None or not found.url:
            return "–"
        return format_html('<a href="{}">{}</a>', found.url, found.title_zh or found.title_en)

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """The request; what another page decides, such as the refunds of a lesson, is not decided here."""
        asked = self.get_object(request, object_id)
        extra = {"decided_here": asked is not None and reversals.can_reverse(asked.reference)}
        return super().change_view(request, object_id, extra_context=extra)

    def get_urls(self) -> list[Any]:
        """Confirming and declining are POSTs of their own."""
        own = [
            path(
                "<int:pk>/confirm/",
                self._decision(reversals.confirm, _("Reversed.")),
                name="ledger_reversalrequest_confirm",
            ),
            path(
                "<int:pk>/decline/",
                self._decision(reversals.decline, _("Declined: the entry stands.")),
                name="ledger_reversalrequest_decline",
            ),
        ]
        return [*own, *super().get_urls()]

    def _decision(self, decide: Any, done: Any) -> Any:
        def view(request: HttpRequest, pk: int) -> HttpResponseBase:
            asked = self.get_object(request, str(pk))
            if asked is None:
                raise Http404
            actor = actor_for_book(request.user, asked.book_id)  # type: ignore[arg-type]
            if actor is None or not actor.is_manager:
                raise PermissionDenied
            try:
                decide(actor=actor, request=asked, now=now())
            except DomainError as refusal:
                messages.error(request, str(refusal))
            else:
                messages.success(request, done)
            return redirect("admin:ledger_reversalrequest_change", pk)

        return self.admin_site.admin_view(require_POST(view))


@admin.register(MonthlyStatement)
class MonthlyStatementAdmin(ReadOnly):
    """What each account had, got, gave and had left."""

    list_display = ("month", "account", "opening", "credited", "debited", "closing", "made_at")
    list_filter = (("book", OwnBooks), "month")
    list_select_related = ("account",)


@admin.register(Checkpoint)
class CheckpointAdmin(ReadOnly):
    """Balances of insert-only accounts."""

    book_lookup = "account__book_id__in"
    list_display = ("account", "last_id", "balance", "lines", "made_at")
    list_select_related = ("account",)


@admin.register(Seal)
class SealAdmin(ReadOnly):
    """The hash chain of each book."""

    list_display = ("book", "number", "day", "lines", "printed_code")
    list_filter = (("book", OwnBooks),)
    list_select_related = ("book",)
    fields = ("book", "number", "day", "first_id", "last_id", "lines", "sealed_at", "printed_code")
    readonly_fields = fields

    @admin.display(description=_("code in print"))
    def printed_code(self, seal: Seal) -> str:
        """What stands under the books on paper."""
        return seal.code

    def get_queryset(self, request: HttpRequest) -> QuerySet[Seal]:
        """Without the digests, which are large."""
        return super().get_queryset(request).defer("digests")
