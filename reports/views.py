"""The community's figures for staff and auditors: the month, the teams, the books."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from communities.access import auditor_page, report_page
from communities.actors import Actor
from core.charts import BarRow, bars
from core.clock import local_date, now
from core.export import CSV, TYPES, XLSX, csv_text
from core.forms import day_asked
from core.months import first_of, parse, preceding
from core.paging import page_of
from core.wording import duration_text, in_chinese, month_text
from ledger.selectors import outstanding
from reports.pdf import pdf_response
from reports.selectors import figures as selectors
from reports.selectors import public_list as selectors_public
from reports.selectors.books import books_on
from reports.sheets.public_list import how_it_is_made, objection, public_paper, public_table
from reports.sheets.trial import trial_table
from reports.tables import as_file

LINES_A_PAGE = 100


@require_safe
@report_page
def dashboard(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Four figures against last month, hours by team and by month."""
    community = actor.community
    first = first_of(local_date(now(), community.time_zone))
    context: dict[str, Any] = {
        "month": first,
        "before": preceding(first),
        "now": selectors.figures(community, first),
        "then": selectors.figures(community, preceding(first)),
        "teams": bars([_team_row(team) for team in selectors.team_months(community, first)]),
        "months": bars([_month_row(one) for one in selectors.minutes_by_month(community, first)]),
        "may_see_books": actor.is_auditor or actor.is_manager,
        "difference": outstanding(community.book_id).difference,
        "entries": selectors.entry_count(community.book_id),
    }
    return render(request, "reports/dashboard.html", context)


def _team_row(team: selectors.TeamMonth) -> BarRow:
    name = (team.name_zh if in_chinese() or not team.name_en else team.name_en) or _("Without a team")
    return BarRow(name, team.minutes, duration_text(team.minutes), team.before, duration_text(team.before))


def _month_row(one: selectors.MonthMinutes) -> BarRow:
    return BarRow(month_text(one.month), one.minutes, duration_text(one.minutes))


@require_safe
@report_page
def hours_csv(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Hours by team, this month and last."""
    first = first_of(local_date(now(), actor.community.time_zone))
    teams = selectors.team_months(actor.community, first)
    rows = [[_team_row(team).label, team.minutes, team.before] for team in teams]
    header = [_("Team"), _("Minutes in %(month)s") % {"month": month_text(first)}]
    header.append(_("Minutes in %(month)s") % {"month": month_text(preceding(first))})
    return _csv(f"hours-{first:%Y-%m}.csv", csv_text(header, rows))


@require_safe
@auditor_page
def books(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The trial balance of a day, and the formula that explains every coin outstanding at its end."""
    book = actor.community.book
    found = books_on(book, _day(request, actor))
    context = {"books": found, "outstanding": found.outstanding, "on": found.on, "book": book}
    return render(request, "reports/books.html", context)


@require_safe
@auditor_page
def books_csv(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The trial balance as a table."""
    book = actor.community.book
    return as_file(trial_table(book, books_on(book, _day(request, actor))), CSV)  # type: ignore[return-value]


@require_safe
@auditor_page
def books_xlsx(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The same as a workbook."""
    book = actor.community.book
    return as_file(trial_table(book, books_on(book, _day(request, actor))), XLSX)  # type: ignore[return-value]


@require_safe
@report_page
def public_list(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The monthly list 公示: a page of it, or with ``?as=`` the sheet for the notice board or a file."""
    community = actor.community
    latest = first_of(local_date(now(), community.time_zone))
    month = min(parse(request.GET.get("month", "")) or preceding(latest), latest)
    found = selectors_public.public_list(community, month)
    kind = request.GET.get("as", "")
    if kind == "pdf":
        return pdf_response(public_paper(community, found), name=f"public-list-{community.slug}-{month:%Y-%m}")
    if kind in TYPES:
        return as_file(public_table(community, found, in_minutes=True), kind)  # type: ignore[return-value]
    table = public_table(community, found)
    page = page_of(request, table.items, per_page=LINES_A_PAGE)
    context = {
        "month": month,
        "found": found,
        "page": page,
        "number_labels": table.header,
        "objection": objection(community),
        "how": how_it_is_made(),
        "latest": latest,
    }
    return render(request, "reports/public_list.html", context)


def _day(request: HttpRequest, actor: Actor) -> date | None:
    """The day asked for by ``?on=2026-10-31``; today, a day to come and nonsense mean now."""
    day = day_asked(request.GET.get("on", ""))
    return day if day and day < local_date(now(), actor.community.time_zone) else None


def _csv(name: str, text: str) -> HttpResponse:
    return HttpResponse(
        text, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
