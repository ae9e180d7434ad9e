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
from core.export import csv_text
from core.months import first_of, preceding
from core.wording import duration_text, in_chinese, month_text
from ledger.choices import AccountKind
from ledger.selectors import outstanding, trial_balance
from ledger.services import seals
from reports.selectors import figures as selectors


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
    """The trial balance, and the formula that explains every coin outstanding."""
    book_id = actor.community.book_id
    context = {
        "lines": trial_balance(book_id, on=_day(request)),
        "on": _day(request),
        "outstanding": outstanding(book_id),
        "entries": selectors.entry_count(book_id),
        "seal": seals.newest(book_id=book_id),
        "book": actor.community.book,
    }
    return render(request, "reports/books.html", context)


@require_safe
@auditor_page
def books_csv(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The trial balance as a table."""
    lines = trial_balance(actor.community.book_id, on=_day(request))
    rows = [[AccountKind(one.kind).label, one.accounts, one.debits, one.credits, one.balance] for one in lines]
    header = [_("Kind of account"), _("Accounts"), _("Debits"), _("Credits"), _("Balance on its normal side")]
    return _csv("trial-balance.csv", csv_text(header, rows))


def _day(request: HttpRequest) -> date | None:
    """The day asked for by ``?on=2026-10-31``; anything else means now."""
    try:
        return date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return None


def _csv(name: str, text: str) -> HttpResponse:
    return HttpResponse(
        text, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
