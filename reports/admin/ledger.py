"""The ledger in the admin: book → account → entry → source, and reversals by two people."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts.models import User
from communities.models import Household, Resident
from core.clock import now
from core.errors import DomainError
from core.sources import source_of
from ledger.choices import AccountKind, ReversalStatus
from ledger.models import Account, Book, Checkpoint, Hold, JournalEntry, MonthlyStatement, ReversalRequest, Seal
from ledger.selectors import outstanding, trial_balance
from reports.admin.base import ReadOnly, scope
from reports.forms import ReasonForm
from reports.scope import actor_for_book
from reports.services import reversals


def _link(name: str, pk: object, text: object) -> str:
    return format_html('<a href="{}">{}</a>', reverse(f"admin:ledger_{name}_change", args=[pk]), text)


def _users(ids: set[int | None]) -> dict[int, str]:
    found = User.objects.filter(pk__in=[one for one in ids if one])
    return {user.pk: user.shown_name for user in found}


class OwnBooks(admin.RelatedFieldListFilter):
    """The book filter, within one's grants."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[Any, Any]]:
        """Books within reach."""
        return [(book.pk, str(book)) for book in Book.objects.filter(pk__in=scope(request).book_ids)]


@admin.register(Book)
class BookAdmin(ReadOnly):
    """Each community's book with its trial balance; "difference 0" stands large on top."""

    book_lookup = "id__in"
    list_display = ("name_zh", "unit", "difference", "closed_through", "spending_paused_at")
    ordering = ("id",)
    change_form_template = "admin/ledger/book.html"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Operators too: totals name nobody."""
        return scope(request).reads_people or scope(request).is_operator

    def get_queryset(self, request: HttpRequest) -> QuerySet[Book]:
        """One's own books; an operator sees all."""
        return Book.objects.all() if scope(request).is_operator else super().get_queryset(request)

    @admin.display(description=_("difference"))
    def difference(self, book: Book) -> int:
        """0 = balanced."""
        return outstanding(book.pk).difference

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """The book's page."""
        book = self.get_object(request, object_id)
        if book is None:
            raise Http404
        extra = {
            "outstanding": outstanding(book.pk),
            "lines": trial_balance(book.pk),
            "entries": JournalEntry.objects.filter(book_id=book.pk).count(),
            "accounts_url": reverse("admin:ledger_account_changelist") + f"?book__id__exact={book.pk}",
            "entries_url": reverse("admin:ledger_journalentry_changelist") + f"?book__id__exact={book.pk}",
        }
        return super().change_view(request, object_id, extra_context=extra)


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
        "seq",
        "opened_at",
        "whose",
        "entries",
    )
    readonly_fields = fields

    @admin.display(description=_("balance"))
    def normal_balance(self, account: Account) -> int:
        """On its normal side; an insert-only account's is in the book's trial balance."""
        return account.normal_balance

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
        """The resident or the household of a wallet, each member with a link to staff's page."""
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


class ByAccount(admin.SimpleListFilter):
    """``?account=17``: both sides of one account."""

    title = _("account")
    parameter_name = "account"

    def has_output(self) -> bool:
        """Reached by links alone: thousands of accounts make no list of choices."""
        return False

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """No choices are listed, but Django drops a filter that has none."""
        return [("0", "–")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Entries that debit or credit the account."""
        value = self.value() or ""
        return queryset.filter(Q(debit_id=value) | Q(credit_id=value)) if value.isdecimal() else queryset


@admin.register(JournalEntry)
class JournalEntryAdmin(ReadOnly):
    """Entries. Each opens its source, and can be reversed with a reason, by two people."""

    list_display = ("id", "booked_date", "kind", "debit_link", "credit_link", "amount", "source", "actor")
    list_filter = ("kind", ("book", OwnBooks), ByAccount)
    list_select_related = ("debit", "credit", "book")
    search_fields = ("reference",)
    ordering = ("-id",)
    fields = (
        "book", "kind", "amount", "debit_link", "credit_link", "source", "person", "verified_by", "actor",
        "booked_date", "posted_at", "recorded_at", "reference", "line", "debit_seq", "debit_after", "credit_seq",
        "credit_after", "asked_amount", "reverses",
    )  # fmt: skip
    readonly_fields = fields
    change_form_template = "admin/ledger/entry.html"

    @admin.display(description=_("debit account"))
    def debit_link(self, entry: JournalEntry) -> str:
        """To the debit account."""
        return _link("account", entry.debit_id, entry.debit)

    @admin.display(description=_("credit account"))
    def credit_link(self, entry: JournalEntry) -> str:
        """To the credit account."""
        return _link("account", entry.credit_id, entry.credit)

    @admin.display(description=_("source"))
    def source(self, entry: JournalEntry) -> str:
        """The reference, as a link to where it came from."""
        if self._listing:
            return entry.reference
        found = source_of(entry.reference)
        if found is None or not found.url:
            return entry.reference
        return format_html('<a href="{}">{} ({})</a>', found.url, found.title_zh or found.title_en, entry.reference)

    @admin.display(description=_("person"))
    def person(self, entry: JournalEntry) -> str:
        """Whose wallet it moved."""
        wallets = [pk for pk in (entry.debit_id, entry.credit_id) if pk]
        people = Resident.objects.filter(wallet_id__in=wallets).values_list("member_number", "full_name")
        return ", ".join(f"{number} {name}" for number, name in people) or "–"

    @admin.display(description=_("verified by"))
    def verified_by(self, entry: JournalEntry) -> str:
        """Who said yes."""
        found = source_of(entry.reference)
        return (found.verified_by if found else "") or "–"

    @admin.display(description=_("entered by"))
    def actor(self, entry: JournalEntry) -> str:
        """The account that acted."""
        if self._names is not None:
            return self._names.get(entry.actor_id or 0, "–")
        return _users({entry.actor_id}).get(entry.actor_id or 0, "–")

    _listing = False
    _names: dict[int, str] | None = None

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """A list looks the actors up together, and shows references as text."""
        shared = JournalEntryAdmin(JournalEntry, self.admin_site)
        shared._listing = True
        return ReadOnly.changelist_view(shared, request, extra_context)

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """One page of entries, with the names of who entered them."""
        page = super().get_changelist_instance(request)
        self._names = _users({entry.actor_id for entry in page.result_list})
        return page

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """The entry, with its group and the way to a reversal."""
        entry = self.get_object(request, object_id)
        if entry is None:
            raise Http404
        group = JournalEntry.objects.filter(book_id=entry.book_id, reference=entry.reference).select_related(
            "debit", "credit"
        )
        asked = ReversalRequest.objects.filter(book_id=entry.book_id, reference=entry.reference).exclude(
            status=ReversalStatus.DECLINED
        )
        extra = {
            "group": group.order_by("line"),
            "reversal": asked.first(),
            "can_reverse": reversals.can_reverse(entry.reference),
        }
        return super().change_view(request, object_id, extra_context=extra)

    def get_urls(self) -> list[Any]:
        """Asking for a reversal has a page of its own."""
        view = self.admin_site.admin_view(self.reverse_view)
        return [path("<int:pk>/reverse/", view, name="ledger_journalentry_reverse"), *super().get_urls()]

    def reverse_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Ask, with a reason, that the whole reference be reversed."""
        entry = self.get_object(request, str(pk))
        if entry is None or not self.has_view_permission(request, entry):
            raise Http404
        actor = actor_for_book(request.user, entry.book_id)  # type: ignore[arg-type]
        if actor is None or not actor.is_staff:
            raise PermissionDenied
        form = ReasonForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                reversals.ask(actor=actor, reference=entry.reference, reason=form.cleaned_data["reason"], now=now())
            except DomainError as refusal:
                form.add_error("reason", str(refusal))
            else:
                messages.success(request, _("Asked. Another manager confirms it under “Reversal requests”."))
                return redirect("admin:ledger_journalentry_change", entry.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Ask for a reversal"),
            "entry": entry,
            "form": form,
        }
        return TemplateResponse(request, "admin/ledger/reverse.html", context)


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
        return _users({request.asked_by_id}).get(request.asked_by_id, "–")

    @admin.display(description=_("decided by"))
    def decided_by(self, request: ReversalRequest) -> str:
        """The second person."""
        return _users({request.decided_by_id}).get(request.decided_by_id or 0, "–")

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
