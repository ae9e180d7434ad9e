"""Journal entries in the admin: found by what an auditor types, followed to their source, reversed by two people."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.clock import now
from core.errors import DomainError
from core.export import TYPES
from core.sources import SourceLine, source_of, sources_of
from core.typed import typed_plain
from ledger.choices import EntryKind, ReversalStatus
from ledger.models import Book, JournalEntry, ReversalRequest
from reports.admin.base import NO_SUCH_ROW, ReadOnly, link, scope
from reports.forms import EntryFilterForm, ReasonForm
from reports.scope import actor_for_book
from reports.selectors.entries import narrowed, told
from reports.selectors.people import actors_named, wallets_named
from reports.services import reversals
from reports.tables import Column, Row, Table, as_file


class EntryFilters(admin.ListFilter):
    """One form for everything that entries are looked for by, in place of lists of links."""

    title = _("what to look for")
    template = "admin/ledger/entry_filters.html"

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        for name in EntryFilterForm.base_fields:
            params.pop(name, None)
        self.form = self.form_of(request)

    @staticmethod
    def form_of(request: HttpRequest) -> EntryFilterForm:
        """The form as it was sent, made once a request."""
        found: EntryFilterForm | None = getattr(request, "entry_filters", None)
        if found is None:
            books = Book.objects.filter(pk__in=scope(request).book_ids).order_by("pk")
            found = EntryFilterForm(request.GET, books=[(book.pk, typed_plain(book, "name")) for book in books])
            request.entry_filters = found  # type: ignore[attr-defined]
        return found

    def has_output(self) -> bool:
        """Always."""
        return True

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        """None: things are typed."""
        return iter(())

    def expected_parameters(self) -> list[str | None]:
        """The fields of the form."""
        return list(EntryFilterForm.base_fields)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The entries that fit."""
        reach = scope(request)
        return narrowed(queryset, self.form.narrow, book_ids=reach.book_ids, community_ids=reach.community_ids)


@admin.register(JournalEntry)
class JournalEntryAdmin(ReadOnly):
    """Entries. Each opens its source, and can be reversed with a reason, by two people."""

    list_display = ("id", "booked_date", "kind", "debit_link", "credit_link", "amount", "source", "actor")
    list_filter = (EntryFilters,)
    change_list_template = "admin/ledger/entries.html"
    list_select_related = ("debit", "credit", "book")
    search_fields = ("reference",)
    search_help_text = _("Part of a reference, such as the number of a record.")
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
        return link("account", entry.debit_id, entry.debit)

    @admin.display(description=_("credit account"))
    def credit_link(self, entry: JournalEntry) -> str:
        """To the credit account."""
        return link("account", entry.credit_id, entry.credit)

    @admin.display(description=_("source"))
    def source(self, entry: JournalEntry) -> str:
        """The reference, as a link to where it came from."""
        if self._listing:
            return entry.reference
        found = _source_of(entry)
        if found is None or not found.url:
            return entry.reference
        return format_html('<a href="{}">{} ({})</a>', found.url, typed_plain(found, "title"), entry.reference)

    @admin.display(description=_("person"))
    def person(self, entry: JournalEntry) -> str:
        """Whose wallet it moved, who paid first."""
        whose = wallets_named((entry.debit_id, entry.credit_id))
        return " → ".join(whose[pk] for pk in (entry.debit_id, entry.credit_id) if pk in whose) or "–"

    @admin.display(description=_("verified by"))
    def verified_by(self, entry: JournalEntry) -> str:
        """Who said yes."""
        found = _source_of(entry)
        return (found.verified_by if found else "") or "–"

    @admin.display(description=_("entered by"))
    def actor(self, entry: JournalEntry) -> str:
        """The account that acted."""
        return self._names.get(entry.actor_id or 0, "–")

    _listing = False
    _names: Mapping[int, str] = MappingProxyType({})

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """A list looks the actors up together, and shows references as text; ``?as=xlsx`` makes it a file."""
        shared = JournalEntryAdmin(JournalEntry, self.admin_site)
        shared._listing = True
        form = request.GET.get("as", "")
        rest = request.GET.copy()
        rest.pop("as", None)
        request.GET = rest  # type: ignore[assignment]
        if form in TYPES and self.has_view_permission(request):
            return shared._file(request, form)
        extra = {"filters": EntryFilters.form_of(request), "files": _files(request), **(extra_context or {})}
        return ReadOnly.changelist_view(shared, request, extra)

    def _file(self, request: HttpRequest, form: str) -> HttpResponse:
        try:
            page = super().get_changelist_instance(request)
            return as_file(entries_table(page.queryset, scope(request).community_ids), form)  # type: ignore[return-value]
        except (IncorrectLookupParameters, *NO_SUCH_ROW):
            return redirect(request.path)

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """One page of entries, with the names of who entered them."""
        page = super().get_changelist_instance(request)
        self._names = actors_named({entry.actor_id for entry in page.result_list}, scope(request).community_ids)
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
        one = JournalEntryAdmin(JournalEntry, self.admin_site)
        one._names = actors_named({entry.actor_id}, scope(request).community_ids)
        return ReadOnly.change_view(one, request, object_id, extra_context=extra)

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


def _source_of(entry: JournalEntry) -> SourceLine | None:
    """Looked up once for all fields of a page."""
    if not hasattr(entry, "found_source"):
        entry.found_source = told(entry, source_of(entry.reference))  # type: ignore[attr-defined]
    found: SourceLine | None = entry.found_source  # type: ignore[attr-defined]
    return found


def entries_table(entries: QuerySet[JournalEntry], community_ids: Collection[int]) -> Table:
    """Entries for a file, with the title of their source and who entered them, as a reader of these communities."""
    return Table(
        name="journal-entries",
        title=gettext("Journal entries"),
        columns=[
            Column(gettext("Entry")),
            Column(gettext("Booked on")),
            Column(gettext("Posted at")),
            Column(gettext("Book")),
            Column(gettext("Kind")),
            Column(gettext("Debit account")),
            Column(gettext("Credit account")),
            Column(gettext("Amount"), number=True),
            Column(gettext("Reference")),
            Column(gettext("What it was for")),
            Column(gettext("Entered by")),
            Column(gettext("Reverses entry")),
        ],
        items=entries,
        rows=partial(_rows, community_ids=community_ids),
    )


def _rows(entries: Sequence[JournalEntry], *, community_ids: Collection[int]) -> list[Row]:
    names = actors_named({one.actor_id for one in entries}, community_ids)
    sources = sources_of(one.reference for one in entries)
    return [
        [
            one.pk,
            one.booked_date,
            one.posted_at,
            str(one.book),
            EntryKind(one.kind).label,
            one.debit.number,  # type: ignore[attr-defined]
            one.credit.number,  # type: ignore[attr-defined]
            one.amount,
            one.reference,
            typed_plain(told(one, sources.get(one.reference)), "title"),
            names.get(one.actor_id or 0, ""),
            one.reverses_id,
        ]
        for one in entries
    ]


def _files(request: HttpRequest) -> list[tuple[str, Any]]:
    """Links to what is listed, as files."""
    here = request.GET.copy()
    here.pop("p", None)
    query = here.urlencode()
    return [
        (f"?{query}{'&' if query else ''}as=csv", _("Download as CSV")),
        (f"?{query}{'&' if query else ''}as=xlsx", _("Download as XLSX (Excel)")),
    ]
