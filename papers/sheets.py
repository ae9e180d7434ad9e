"""Lists to tick and to sign, as page and as PDF: the sign-in sheet 签到表, the hand-over register 兑换登记表."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from communities.models import Community
from core import typst
from core.typed import typed_plain
from core.typst import language
from core.wording import clock_text, day_text, local, number_text, when_text
from papers.pdf import TEMPLATES
from papers.selectors.sheets import SignInSheet
from rewards.models import Redemption

TICK = "□"
SPARE_ROWS = 6  # for those who come without having signed up
REGISTER_ROWS = 15  # ruled at least, so that an empty register can be kept by hand


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading and its width on paper in mm; 0 takes what is left."""

    label: str
    width: int
    typed: bool = False  # by people, so that a page marks it as theirs


@dataclass(frozen=True, slots=True)
class Sheet:
    """A list with its heading. A cell "□" is drawn as a box to tick; "" is left to be written in."""

    title: str
    facts: list[tuple[str, str]]
    columns: list[Column]
    rows: list[list[str]]
    foot: list[str]
    landscape: bool = False

    @property
    def marked_rows(self) -> list[list[tuple[str, bool]]]:
        """The rows for a page: each cell with whether a person typed it."""
        return [[(cell, column.typed) for cell, column in zip(row, self.columns, strict=True)] for row in self.rows]


def sign_in(sheet: SignInSheet) -> Sheet:
    """A shift's sheet: full names and member numbers, a box, times and a signature each, and spare rows."""
    shift = sheet.shift
    task = shift.task
    rows = [
        [
            str(number),
            one.resident.full_name,
            one.resident.member_number,
            number_text(one.companions) if one.companions else "",
            TICK,
            "",
            "",
            "",
        ]
        for number, one in enumerate(sheet.sign_ups, start=1)
    ]
    spare = [[str(len(rows) + number), "", "", "", TICK, "", "", ""] for number in range(1, SPARE_ROWS + 1)]
    facts = [
        (_("Task"), typed_plain(task, "title")),
        (_("When"), when_text(shift.starts_at, shift.ends_at)),
        (_("Where"), typed_plain(task, "landmark")),
        (_("Signed up"), f"{shift.taken}/{shift.places}"),
    ]
    return Sheet(
        title=_("Sign-in sheet"),
        facts=[fact for fact in facts if fact[1]],
        columns=[
            Column(_("No."), 10),
            Column(_("Name"), 28, typed=True),
            Column(_("Member no."), 22),
            Column(_("Companions"), 23),
            Column(_("Present"), 14),
            Column(_("Time in"), 20),
            Column(_("Time out"), 20),
            Column(_("Signature"), 0),
        ],
        rows=[*rows, *spare],
        foot=[_("Signed by who led the activity: ____________________    Date: ____________________")],
    )


def register(*, community: Community, day: date, lines: Iterable[Redemption]) -> Sheet:
    """A day's hand-overs, each with a place to sign; who collected for somebody else is named."""
    rows = [
        [
            str(number),
            clock_text(local(one.collected_at).time()) if one.collected_at else "",
            one.resident.full_name,
            one.resident.member_number,
            typed_plain(one.reward, "title"),
            number_text(one.quantity),
            number_text(one.amount_coins),
            one.collector,
            one.handed_over_by.display_name if one.handed_over_by else "",
            "",
        ]
        for number, one in enumerate(lines, start=1)
    ]
    blank = [[str(number), *[""] * 9] for number in range(len(rows) + 1, REGISTER_ROWS + 1)]
    return Sheet(
        title=_("Redemption register"),
        facts=[(_("Community"), typed_plain(community, "name")), (_("Day"), day_text(day))],
        columns=[
            Column(_("No."), 10),
            Column(_("Handed over at"), 26),
            Column(_("Name"), 30, typed=True),
            Column(_("Member no."), 22),
            Column(_("Item"), 0, typed=True),
            Column(_("Quantity"), 16),
            Column(_("Coins in total"), 25),
            Column(_("Collected by"), 30, typed=True),
            Column(_("Handed over by"), 30, typed=True),
            Column(_("Signature"), 34),
        ],
        rows=[*rows, *blank],
        foot=[],
        landscape=True,
    )


def sheet_pdf(sheet: Sheet, community: Community) -> bytes:
    """The list as a PDF on A4."""
    data: dict[str, Any] = {
        **language(),
        "title": sheet.title,
        "facts": sheet.facts,
        "columns": [{"label": column.label, "width": column.width} for column in sheet.columns],
        "rows": sheet.rows,
        "foot": sheet.foot,
        "landscape": sheet.landscape,
        "issuer": typed_plain(community, "name"),
    }
    return typst.render(TEMPLATES / "sheet.typ", data)
