"""The reports of one book: each a table with its months, in pages, as CSV and as XLSX."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.contrib import admin
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from communities.models import Community
from core.clock import local_date, now
from core.export import TYPES
from core.months import first_of
from core.paging import page_of
from core.sources import sources_of
from core.typed import typed_plain
from core.wording import month_text
from ledger.models import Account, Book, ReversalRequest
from reports.forms import PairsForm, Period, PeriodForm, SampleForm, YearForm
from reports.pdf import pdf_response
from reports.selectors import pairs as pair_selectors
from reports.selectors import reversals as reversal_selectors
from reports.selectors.pairs import Pair
from reports.selectors.people import users_named, wallets_named
from reports.selectors.reversals import Owed
from reports.selectors.samples import Sample, Seed, draw, seed_of
from reports.selectors.year import year_of
from reports.sheets.sample import sample_facts, sample_paper, sample_table, source_link
from reports.sheets.year import year_facts, year_paper, year_sections
from reports.tables import Column, Link, Row, Table, as_file

PER_PAGE = 50
PDF = "pdf"
LANGUAGES = {"zh": "zh-hans", "en": "en"}
F = TypeVar("F", bound=PeriodForm)


def reversals(request: HttpRequest, book: Book) -> HttpResponseBase:
    """What was asked back, why, by whom, and who decided."""
    form = asked(PeriodForm, request, book)
    return answer(request, book, form, reversals_table(book, form.period(this_month(book))))


def recoveries(request: HttpRequest, book: Book) -> HttpResponseBase:
    """Who owes the community coins, and how it is being repaid."""
    form = asked(PeriodForm, request, book)
    return answer(request, book, form, recoveries_table(book, form.period(this_month(book))))


def pairs(request: HttpRequest, book: Book) -> HttpResponseBase:
    """Who said yes for whom, by concentration."""
    form = asked(PairsForm, request, book)
    table = reversal_pairs_table if form.of_reversals else approval_pairs_table
    return answer(request, book, form, table(book, form.period(this_month(book))))


def sample(request: HttpRequest, book: Book) -> HttpResponseBase:
    """Entries drawn at random. Months, number and a fresh seed are put into the address: it draws the same again."""
    form = asked(SampleForm, request, book)
    period = form.period(this_month(book))
    if not (form.is_bound and form.is_valid()):
        return _drawn(request, book, form, period, None)
    seed = seed_of(book.pk, form.cleaned_data["seed"])
    whole = {"first": f"{period.first:%Y-%m}", "last": f"{period.last:%Y-%m}", "number": form.size, "seed": seed}
    if {name: str(value) for name, value in whole.items()} != _sent(form):
        return HttpResponseRedirect(f"{request.path}?{urlencode(whole)}")
    found = draw(book.pk, first=period.first, end=period.ends, number=form.size, seed=seed)
    kind = request.GET.get("as", "")
    if kind == PDF:
        paper = sample_paper(book, typed_plain(book, "name"), found, period.words)
        return pdf_response(paper, name=f"sample-{book.pk}-{seed}")
    if kind in TYPES:
        return as_file(sample_table(book, found, to_tick=True), kind)
    return _drawn(request, book, form, period, found)


def _drawn(
    request: HttpRequest, book: Book, form: SampleForm, period: Period, found: Sample | None
) -> HttpResponseBase:
    table = sample_table(book, found or Sample(Seed(0, ""), [], 0))
    context = page_context(book, table, period) | {
        "form": form,
        "drawn": found,
        "facts": sample_facts(found, period.words) if found else [],
        "rows": table.rows(list(table.items)) if found else [],
        "query": form_query(form),
    }
    return TemplateResponse(request, "admin/ledger/sample.html", admin.site.each_context(request) | context)


def year(request: HttpRequest, book: Book) -> HttpResponseBase:
    """A year of the book: on the page, and as a PDF to sign in either language."""
    today = local_date(now(), book.time_zone)
    years = range(today.year, local_date(book.opened_at, book.time_zone).year - 1, -1)
    form = YearForm(request.GET if "year" in request.GET else None, years=years)
    chosen = (form.cleaned_data["year"] if form.is_valid() else None) or years[0]
    community = Community.objects.select_related("settings").get(book=book)
    found = year_of(book, community, chosen, today)
    if request.GET.get("as") == PDF:
        with translation.override(LANGUAGES.get(request.GET.get("in", ""), "zh-hans")):
            return pdf_response(year_paper(book, community, found), name=f"year-{chosen}-{community.slug}")
    context = admin.site.each_context(request) | {
        "title": _("Yearly report"),
        "book": book,
        "form": form if form.is_bound else YearForm(initial={"year": chosen}, years=years),
        "year": chosen,
        "facts": year_facts(book, community, found),
        "sections": year_sections(book, found),
    }
    return TemplateResponse(request, "admin/ledger/year.html", context)


def answer(request: HttpRequest, book: Book, form: PeriodForm, table: Table) -> HttpResponseBase:
    """The table as a file where one is asked for, else a page of it."""
    kind = request.GET.get("as", "")
    if kind in TYPES:
        return as_file(table, kind)
    page = page_of(request, table.items, per_page=PER_PAGE)
    context = page_context(book, table, form.period(this_month(book))) | {
        **admin.site.each_context(request),
        "title": table.title,
        "form": form,
        "page": page,
        "rows": table.rows(list(page.object_list)),
        "query": form_query(form),
    }
    return TemplateResponse(request, "admin/ledger/report.html", context)


def page_context(book: Book, table: Table, period: Period) -> dict[str, Any]:
    """What every report's page names."""
    return {"title": table.title, "book": book, "table": table, "period": period}


def asked(form: type[F], request: HttpRequest, book: Book) -> F:
    """The form as it was sent, or with the year so far."""
    if any(name in request.GET for name in form.base_fields):
        return form(request.GET)
    last = this_month(book)
    return form(initial={"first": f"{last.replace(month=1):%Y-%m}", "last": f"{last:%Y-%m}"})


def this_month(book: Book) -> date:
    """The first day of the book's present month."""
    return first_of(local_date(now(), book.time_zone))


def form_query(form: PeriodForm) -> str:
    """The filters as they stand in the address, for the links to the next page and to the files."""
    sent = _sent(form)
    return f"{urlencode(sent)}&" if sent and form.is_valid() else ""


def _sent(form: PeriodForm) -> dict[str, str]:
    return {name: form.data[name] for name in form.fields if form.is_bound and form.data.get(name)}


def reversals_table(book: Book, period: Period) -> Table:
    """Requests for a reversal by the day they were asked."""
    return Table(
        name=f"reversals-{book.pk}-{period.first:%Y-%m}",
        title=_("Reversals"),
        about=_("Everything that two people took back, or declined to, by the day it was asked."),
        columns=[
            Column(_("Asked at")),
            Column(_("What it was for"), typed=True),
            Column(_("Reference")),
            Column(_("Reason"), typed=True),
            Column(_("Asked by"), typed=True),
            Column(_("Decided by"), typed=True),
            Column(_("Decided at")),
            Column(_("Outcome")),
            Column(_("Coins"), number=True),
            Column(_("Month corrected")),
        ],
        items=reversal_selectors.reversals_asked(book.pk, *period.span(book.time_zone)),
        rows=lambda requests: _reversal_rows(book, requests),
    )


def _reversal_rows(book: Book, requests: Sequence[ReversalRequest]) -> list[Row]:
    references = [one.reference for one in requests]
    originals = reversal_selectors.originals(book.pk, references)
    sources = sources_of(references)
    names = users_named([*(one.asked_by_id for one in requests), *(one.decided_by_id for one in requests)])
    rows: list[Row] = []
    for one in requests:
        original = originals.get(one.reference)
        rows.append(
            [
                one.asked_at,
                source_link(sources.get(one.reference)),
                Link(one.reference, reverse("admin:ledger_reversalrequest_change", args=[one.pk]), typed=True),
                one.reason,
                names.get(one.asked_by_id, "–"),
                names.get(one.decided_by_id or 0, "–"),
                one.decided_at,
                one.get_status_display(),
                original.coins if original else 0,
                month_text(original.booked_date) if original else "",
            ]
        )
    return rows


def recoveries_table(book: Book, period: Period) -> Table:
    """Every wallet that ever owed, with its figures of the period."""
    return Table(
        name=f"recoveries-{book.pk}-{period.first:%Y-%m}",
        title=_("Recoveries"),
        about=_("What a reversal could not take back at once. Later earnings repay it first."),
        columns=[
            Column(_("Account")),
            Column(_("Who owes"), typed=True),
            Column(_("Advanced"), number=True),
            Column(_("Repaid"), number=True),
            Column(pgettext("debt", "Written off"), number=True),
            Column(_("Open at the end"), number=True),
        ],
        items=reversal_selectors.recovery_accounts(book.pk),
        rows=lambda accounts: _owed_rows(reversal_selectors.owed(accounts, period.first, period.ends)),
    )


def _owed_rows(owed: list[Owed]) -> list[Row]:
    whose = wallets_named(one.account.owner_id for one in owed)
    entries = reverse("admin:ledger_journalentry_changelist")
    return [
        [
            Link(_owner_number(one.account), f"{entries}?account={one.account.pk}"),
            whose.get(one.account.owner_id or 0, "–"),
            one.advanced,
            one.repaid,
            one.written_off,
            one.open,
        ]
        for one in owed
    ]


def _owner_number(account: Account) -> str:
    """The number of the wallet that owes."""
    return account.owner.number if account.owner else account.number


def approval_pairs_table(book: Book, period: Period) -> Table:
    """Verifiers, approvers and the desk, with the residents they approved for."""
    community = Community.objects.get(book=book)
    return _pairs_table(
        book,
        period,
        whom=pgettext("approved", "For whom"),
        counts=(pgettext("how many", "Hours verified"), pgettext("how many", "Redemptions")),
        pairs=pair_selectors.approval_pairs(community, *period.span(book.time_zone)),
    )


def reversal_pairs_table(book: Book, period: Period) -> Table:
    """Who asked for reversals and who decided them."""
    found = pair_selectors.reversal_pairs(book.pk, *period.span(book.time_zone))
    counts = (pgettext("how many", "Hours verified"), _("Reversals"))
    return _pairs_table(book, period, whom=_("Decided by"), counts=counts, pairs=found)


def _pairs_table(book: Book, period: Period, *, whom: str, counts: tuple[str, str], pairs: list[Pair]) -> Table:
    return Table(
        name=f"approved-with-{book.pk}-{period.first:%Y-%m}",
        title=_("Who approved with whom"),
        about=_(
            "Pairs that are worth a look come first: %(share)s%% or more of what one person approved went to one "
            "neighbour, or each approved for the other, %(few)s times or more. A small community has such pairs "
            "without anything being wrong; ask before you judge."
        )
        % {"share": pair_selectors.CONCENTRATED, "few": pair_selectors.FEW},
        columns=[
            Column(_("Worth a look")),
            Column(_("Approved by"), typed=True),
            Column(whom, typed=True),
            Column(counts[0], number=True),
            Column(counts[1], number=True),
            Column(_("Coins"), number=True),
            Column(_("Percent of what this person approved"), number=True),
            Column(_("Percent of what this neighbour got"), number=True),
        ],
        items=pairs,
        rows=_pair_rows,
    )


def _pair_rows(pairs: Sequence[Pair]) -> list[Row]:
    users, residents = pair_selectors.named(pairs)
    names: dict[Any, str] = {**users, **residents}
    return [
        [
            _why(one),
            names.get(one.who, "–"),
            names.get(one.whom, "–"),
            one.hours,
            one.redemptions,
            one.coins,
            one.share,
            one.share_of_whom,
        ]
        for one in pairs
    ]


def _why(pair: Pair) -> str:
    if not pair.flagged:
        return ""
    return _("Each for the other") if pair.mutual else _("Concentrated")
