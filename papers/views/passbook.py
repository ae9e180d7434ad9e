"""The passbook on the screen, on paper, as PDF and as a table: for its owner, and at the staff's desk."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from communities.access import member_page, resident_page
from communities.actors import Actor
from communities.selectors import Expiring, expiring_from
from communities.selectors_debts import debt_of
from core import months, passbook
from core.clock import local_date
from core.export import csv_text
from core.typed import typed_plain
from papers.pdf import check_url, passbook_pdf
from papers.selectors.passbook import MAX_MONTHS, MonthBook, Row, line_story, month_book
from papers.totals import Total, passbook_totals
from papers.views.common import Opened, download, month_asked, need_holder, open_at_desk, open_own
from papers.wording import cover_html, item_html, passbook_lines


@resident_page
@require_safe
def own(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The resident's passbook."""
    return _page(request, open_own(actor))


@resident_page
@require_safe
def own_print(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A whole month of it, to print."""
    return _print(request, open_own(actor))


@resident_page
@require_safe
def own_pdf(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A month of it as PDF."""
    return _pdf(request, open_own(actor))


@resident_page
@require_safe
def own_csv(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A month of it as a table."""
    return _csv(request, open_own(actor))


@resident_page
@require_safe
def own_line(request: HttpRequest, actor: Actor, entry: int) -> HttpResponse:
    """Where a line of it comes from."""
    return _line(request, open_own(actor), entry)


@member_page
@require_safe
def desk(request: HttpRequest, actor: Actor, resident: UUID) -> HttpResponse:
    """A resident's passbook at the desk."""
    return _page(request, open_at_desk(actor, resident))


@member_page
@require_safe
def desk_print(request: HttpRequest, actor: Actor, resident: UUID) -> HttpResponse:
    """A month of a resident's passbook, to print for them."""
    return _print(request, open_at_desk(actor, resident))


@member_page
@require_safe
def desk_pdf(request: HttpRequest, actor: Actor, resident: UUID) -> HttpResponse:
    """A month of a resident's passbook as PDF."""
    return _pdf(request, open_at_desk(actor, resident))


@member_page
@require_safe
def desk_csv(request: HttpRequest, actor: Actor, resident: UUID) -> HttpResponse:
    """A month of a resident's passbook as a table."""
    return _csv(request, open_at_desk(actor, resident))


@member_page
@require_safe
def desk_line(request: HttpRequest, actor: Actor, resident: UUID, entry: int) -> HttpResponse:
    """Where a line of a resident's passbook comes from."""
    return _line(request, open_at_desk(actor, resident), entry)


def _page(request: HttpRequest, opened: Opened) -> HttpResponse:
    if opened.holder is None:
        return render(request, "papers/no_passbook.html", {"opened": opened})
    number = request.GET.get("page", "")
    page = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 0
    book = month_book(holder=opened.holder, month=month_asked(request, opened), page=page)
    return render(request, "papers/passbook.html", {**_shown(opened, book), **_links(opened, book)})


def _print(request: HttpRequest, opened: Opened) -> HttpResponse:
    book = month_book(holder=need_holder(opened), month=month_asked(request, opened))
    return render(request, "papers/passbook_print.html", {**_shown(opened, book), **_links(opened, book)})


def _pdf(request: HttpRequest, opened: Opened) -> HttpResponse:
    book = month_book(holder=need_holder(opened), month=month_asked(request, opened))
    totals = _totals(opened, book, _expiring(book))
    content = passbook_pdf(book, title=_("Time passbook"), totals=totals, issued=opened.today)
    return download(content, name=_file_name(book, "pdf"), content_type="application/pdf", inline=True)


def _csv(request: HttpRequest, opened: Opened) -> HttpResponse:
    book = month_book(holder=need_holder(opened), month=month_asked(request, opened))
    header = [
        _("Date"), _("Day of service"), _("Item"), _("Member"), _("Minutes"),
        _("Paid in"), _("Paid out"), _("Balance"), _("Entry number"),
    ]  # fmt: skip
    rows = [[book.month, None, _("Brought forward"), None, None, None, None, book.opening, None]]
    content = csv_text(header, [*rows, *(_csv_row(row) for row in book.rows)])
    return download(content, name=_file_name(book, "csv"), content_type="text/csv; charset=utf-8")


def _csv_row(row: Row) -> list[object]:
    source, line = row.source, row.line
    title = typed_plain(source, "title") if source else ""
    return [
        line.booked_date,
        source.service_date if source else None,
        " · ".join(part for part in (row.label, title) if part),
        row.member or None,
        row.minutes,
        line.delta if line.delta > 0 else None,
        -line.delta if line.delta < 0 else None,
        line.after,
        line.entry_id,
    ]


def _line(request: HttpRequest, opened: Opened, entry: int) -> HttpResponse:
    story = line_story(holder=need_holder(opened), entry_id=entry)
    if story is None:
        raise Http404
    back = f"{opened.place.url('passbook')}?month={story.entry.booked_date:%Y-%m}"
    more = _source_url(opened, story.row)
    return render(
        request,
        "papers/line.html",
        {"story": story, "row": story.row, "item": item_html(story.row), "back": back, "more": more, "opened": opened},
    )


def _source_url(opened: Opened, row: Row) -> str:
    """Where more is told; of a household's line to who did it alone, since the others may not open it."""
    source = row.source
    if source is None:
        return ""
    if opened.place.resident_id is not None:
        return source.url
    return source.resident_url if source.person in ("", opened.resident.full_name) else ""


def _shown(opened: Opened, book: MonthBook) -> dict[str, Any]:
    """What the passbook component draws."""
    expiring = _expiring(book)
    return {
        "opened": opened,
        "book": book,
        "sheets": passbook.sheets(passbook_lines(book.rows, opened.place.line_url), opening=book.opening),
        "holder": cover_html(book.holder),
        "totals": _totals(opened, book, expiring),
        "issued": opened.today,
        "expiring": expiring,
        "debt": debt_of(book.holder.account, book.holder.community),
        "check": check_url(book.holder.community.slug),
    }


def _totals(opened: Opened, book: MonthBook, expiring: Expiring | None) -> list[Total]:
    return passbook_totals(book, is_current=_is_current(opened, book.month), expiring=expiring)


def _expiring(book: MonthBook) -> Expiring | None:
    return expiring_from(community=book.holder.community, account_id=book.holder.account.pk)


def _links(opened: Opened, book: MonthBook) -> dict[str, Any]:
    """The months around, and the other shapes of this one."""
    this_month = months.first_of(opened.today)
    choices = months.between(_first_month(opened, book), this_month)[-MAX_MONTHS:]
    here = opened.place.url("passbook")
    asked = f"?month={book.month:%Y-%m}"
    return {
        "months": [(f"{month:%Y-%m}", month) for month in reversed(choices)],
        "before": months.preceding(book.month) if book.month > choices[0] else None,
        "after": months.following(book.month) if book.month < this_month else None,
        "passbook_url": here,
        "print_url": opened.place.url("passbook_print") + asked,
        "pdf_url": opened.place.url("passbook_pdf") + asked,
        "csv_url": opened.place.url("passbook_csv") + asked,
        "newer_url": f"{here}{asked}&page={book.page + 1}" if book.page < book.pages else "",
        "older_url": f"{here}{asked}&page={book.page - 1}" if book.page > 1 else "",
    }


def _first_month(opened: Opened, book: MonthBook) -> date:
    """The month in which the account was opened, or the one shown if that is older."""
    begun = local_date(book.holder.account.opened_at, book.holder.community.time_zone)
    return min(months.first_of(begun), book.month)


def _is_current(opened: Opened, month: date) -> bool:
    return month == months.first_of(opened.today)


def _file_name(book: MonthBook, ending: str) -> str:
    return f"passbook-{book.holder.number}-{book.month:%Y-%m}.{ending}"
