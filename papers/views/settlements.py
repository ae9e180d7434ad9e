"""The settlement sheets for managers and auditors: how it stands with each partner, a month, its PDF and its table."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from communities.access import auditor_page
from communities.actors import Actor
from core import clock, months
from core.export import csv_text
from core.paging import page_of
from papers.selectors.settlements import Lines, Settlement, has_older, settlement_of, standings
from papers.settlements import note, settlement_sheet, standing_text
from papers.sheets import sheet_pdf
from papers.views.common import download


@auditor_page
@require_safe
def settlements(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every partner, past or present, and who owes whom now."""
    coin = actor.community.coin
    page = page_of(request, [(one, standing_text(one.balance, coin)) for one in standings(actor.community)])
    context = {"page": page, "month": f"{_today(actor):%Y-%m}"}
    return render(request, "papers/settlements.html", context)


@auditor_page
@require_safe
def settlement(request: HttpRequest, actor: Actor, partner: str, month: str) -> HttpResponse:
    """A month with one partner."""
    found = _settlement(actor, partner, month)
    here = {"community": actor.community.slug, "partner": partner, "month": month}
    context: dict[str, Any] = {
        "settlement": found,
        "standing": standing_text(found.figures.closing, actor.community.coin),
        "page": page_of(request, Lines(found)),
        "before": months.preceding(found.month) if has_older(found) else None,
        "after": next_month if (next_month := months.following(found.month)) <= _today(actor) else None,
        "pdf_url": reverse("papers:settlement_pdf", kwargs=here),
        "csv_url": reverse("papers:settlement_csv", kwargs=here),
    }
    context["rows"] = [(line, note(line)) for line in context["page"].object_list]
    return render(request, "papers/settlement.html", context)


@auditor_page
@require_safe
def settlement_pdf(request: HttpRequest, actor: Actor, partner: str, month: str) -> HttpResponse:
    """The sheet as PDF, to be signed by both."""
    found = _settlement(actor, partner, month)
    content = sheet_pdf(settlement_sheet(found, actor.community.coin), actor.community)
    return download(content, name=_file_name(found, "pdf"), content_type="application/pdf", inline=True)


@auditor_page
@require_safe
def settlement_csv(request: HttpRequest, actor: Actor, partner: str, month: str) -> HttpResponse:
    """The sheet as a table: opening, every transfer, closing."""
    found = _settlement(actor, partner, month)
    figures = found.figures
    header = [
        _("Date"), _("Entry number"), _("Passbook here"), _("Passbook there"), _("Sent out"), _("Received"),
        _("Balance"), _("Note"),
    ]  # fmt: skip
    rows: list[list[object]] = [[found.month, None, None, None, None, None, figures.opening, _("Opening")]]
    balance = figures.opening
    for line in Lines(found):
        balance += line.delta
        sent, received = (line.delta, None) if line.delta > 0 else (None, -line.delta)
        rows.append(
            [line.booked_date, line.entry_id, line.number, line.other_number, sent, received, balance, note(line)]
        )
    rows.append([None, None, None, None, figures.sent, figures.received, figures.closing, _("Closing")])
    return download(csv_text(header, rows), name=_file_name(found, "csv"), content_type="text/csv; charset=utf-8")


def _settlement(actor: Actor, partner: str, text: str) -> Settlement:
    """The sheet, or 404: a community that never was a partner, or a month to come."""
    month: date | None = months.parse(text)
    if month is None or month > _today(actor):
        raise Http404
    found = settlement_of(community=actor.community, partner_slug=partner, month=month)
    if found is None:
        raise Http404
    return found


def _today(actor: Actor) -> date:
    return clock.local_date(clock.now(), actor.community.time_zone)


def _file_name(found: Settlement, ending: str) -> str:
    return f"settlement-{found.community.slug}-{found.partner.slug}-{found.month:%Y-%m}.{ending}"
