"""Reports on paper: a table as a list to tick and sign, and the year's report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from core import typst
from core.wording import day_text, local, number_text
from reports.tables import Column, Row, Table, all_rows

TEMPLATE = Path(__file__).parent / "typst" / "report.typ"
TICK = "□"
MOST_ON_PAPER = 3000  # rows


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, a sentence, a table. ``size`` of its letters in points; ``tall`` rows leave room to write."""

    title: str = ""
    text: str = ""
    columns: Sequence[Column] = ()
    rows: Sequence[Row] = ()
    total: Row = ()
    size: float = 9
    tall: bool = False


@dataclass(frozen=True, slots=True)
class Sign:
    """A place to sign: who, and the lines to fill in."""

    label: str
    fields: Sequence[str]


@dataclass(frozen=True, slots=True)
class Paper:
    """What stands on the sheets."""

    title: str
    issuer: str
    foot: str
    sections: Sequence[Section]
    subtitle: str = ""
    facts: Sequence[tuple[str, str]] = ()
    notes: Sequence[str] = ()
    signs: Sequence[Sign] = field(default_factory=tuple)
    landscape: bool = False


def paper_pdf(paper: Paper) -> bytes:
    """The PDF, on A4."""
    data: dict[str, Any] = {
        **typst.language(),
        "title": paper.title,
        "issuer": paper.issuer,
        "subtitle": paper.subtitle,
        "foot": paper.foot,
        "facts": [list(fact) for fact in paper.facts],
        "sections": [_section(one) for one in paper.sections],
        "notes": list(paper.notes),
        "signs": [{"label": one.label, "fields": list(one.fields)} for one in paper.signs],
        "landscape": paper.landscape,
    }
    return typst.render(TEMPLATE, data)


def pdf_response(paper: Paper, *, name: str) -> HttpResponse:
    """The paper for the browser to show or keep; never kept by a shared cache."""
    answer = HttpResponse(paper_pdf(paper), content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(False, f"{name}.pdf") or "inline"
    answer["Cache-Control"] = "private, no-store"
    return answer


def section_of(table: Table, *, tall: bool = False, size: float = 9) -> Section:
    """A table as a section; what is too long for paper ends with a sentence that says so."""
    rows = list(all_rows(table))
    total = rows.pop() if table.total else ()
    if len(rows) > MOST_ON_PAPER:
        sentence = _("Only the first %(most)s rows are printed. The file has them all.")
        rows = [*rows[:MOST_ON_PAPER], [sentence % {"most": number_text(MOST_ON_PAPER)}]]
    return Section(columns=table.columns, rows=rows, total=total, tall=tall, size=size)


def _section(one: Section) -> dict[str, Any]:
    width = len(one.columns)
    return {
        "title": one.title,
        "text": one.text,
        "columns": [{"label": c.label, "width": c.width, "number": c.number} for c in one.columns],
        "rows": [_cells(row, width) for row in one.rows],
        "total": _cells(one.total, width) if one.total else [],
        "size": one.size,
        "tall": one.tall,
    }


def _cells(row: Row, width: int) -> list[str]:
    return [*map(_text, row), *[""] * (width - len(row))]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{local(value):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return day_text(value, weekday=False, year=True)
    return number_text(value) if isinstance(value, int) else str(value)
