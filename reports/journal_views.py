"""The community's journal to take along: for hledger, beancount or a spreadsheet, streamed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from communities.access import auditor_page
from communities.actors import Actor
from reports.forms import JournalForm
from reports.journals import Format
from reports.services.exporting import Period, export

TYPES = {
    Format.HLEDGER: "text/plain; charset=utf-8",
    Format.BEANCOUNT: "text/plain; charset=utf-8",
    Format.CSV: "text/csv; charset=utf-8",
}


@require_safe
@auditor_page
def journal(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Which program, which days."""
    return render(request, "reports/journal.html", {"form": JournalForm()})


@require_safe
@auditor_page
def journal_file(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The file itself; the question once more where the days make no sense."""
    form = JournalForm({"format": Format.HLEDGER.value, **request.GET.dict()})
    if not form.is_valid():
        return render(request, "reports/journal.html", {"form": form})
    community, chosen = actor.community, Format(form.cleaned_data["format"])
    period = Period(form.cleaned_data["from"], form.cleaned_data["to"])
    pieces = export(book=community.book, form=chosen, title=community.slug, period=period)
    answer = StreamingHttpResponse(pieces, content_type=TYPES[chosen])
    answer["Content-Disposition"] = f'attachment; filename="{community.slug}.{chosen.suffix}"'
    answer["Cache-Control"] = "private, no-store"
    return answer
