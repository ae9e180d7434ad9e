"""The monthly statements: the list, a statement, its PDF."""

from __future__ import annotations

from datetime import date

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from communities.access import resident_page
from communities.actors import Actor
from core import clock, months, passbook
from ledger.models import MonthlyStatement
from papers.pdf import check_url, passbook_pdf
from papers.selectors.passbook import MonthBook, month_book
from papers.selectors.statements import seal_over, statement_of, statements_of
from papers.totals import statement_totals
from papers.views.common import Opened, download, need_holder, open_own
from papers.wording import cover_html, passbook_lines

ROWS = 24


@resident_page
@require_safe
def statement_list(request: HttpRequest, actor: Actor) -> HttpResponse:
    """All statements of the resident's passbook, newest first."""
    opened = open_own(actor)
    if opened.holder is None:
        return render(request, "papers/no_passbook.html", {"opened": opened})
    page = Paginator(statements_of(opened.holder), ROWS).get_page(request.GET.get("page"))
    return render(request, "papers/statements.html", {"page": page, "holder": cover_html(opened.holder)})


@resident_page
@require_safe
def statement(request: HttpRequest, actor: Actor, month: str) -> HttpResponse:
    """One statement with its lines."""
    opened = open_own(actor)
    made, book = _statement(opened, month)
    seal = seal_over(book_id=made.book_id, month=made.month)
    return render(
        request,
        "papers/statement.html",
        {
            "statement": made,
            "book": book,
            "sheets": passbook.sheets(passbook_lines(book.rows, opened.place.line_url), opening=book.opening),
            "holder": cover_html(book.holder),
            "totals": statement_totals(made),
            "issued": clock.local_date(made.made_at, actor.community.time_zone),
            "seal_code": seal.code if seal else "",
            "check": check_url(actor.community.slug),
        },
    )


@resident_page
@require_safe
def statement_pdf(request: HttpRequest, actor: Actor, month: str) -> HttpResponse:
    """One statement as PDF."""
    made, book = _statement(open_own(actor), month)
    seal = seal_over(book_id=made.book_id, month=made.month)
    content = passbook_pdf(
        book,
        title=_("Monthly statement"),
        totals=statement_totals(made),
        issued=clock.local_date(made.made_at, actor.community.time_zone),
        seal_code=seal.code if seal else "",
    )
    name = f"statement-{book.holder.number}-{made.month:%Y-%m}.pdf"
    return download(content, name=name, content_type="application/pdf", inline=True)


def _statement(opened: Opened, text: str) -> tuple[MonthlyStatement, MonthBook]:
    """The statement of a month with its lines; 404 when it was not made."""
    holder = need_holder(opened)
    month: date | None = months.parse(text)
    made = statement_of(holder=holder, month=month) if month else None
    if made is None:
        raise Http404
    return made, month_book(holder=holder, month=made.month)
