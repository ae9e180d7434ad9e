"""The monthly list 公示 as a table for the page and the file, and on A4 for the notice board."""

from __future__ import annotations

from django.utils.translation import gettext as _

from communities.models import Community
from core.typed import typed_plain
from core.wording import duration_text, month_text
from reports.pdf import Paper, Section, Sign, section_of
from reports.selectors.public_list import OBJECTION_DAYS, PublicList, Served
from reports.tables import Column, Row, Table


def public_table(community: Community, found: PublicList, *, in_minutes: bool = False) -> Table:
    """A line a neighbour. ``in_minutes`` for files that are reckoned with."""
    time = _("Minutes") if in_minutes else _("Time given")
    return Table(
        name=f"public-list-{community.slug}-{found.month:%Y-%m}",
        title=_("Public list"),
        columns=[
            Column(_("No."), number=True, width=14),
            Column(_("Name"), typed=True),
            Column(_("Services"), number=True, width=28),
            Column(time, number=True, width=38),
            Column(community.coin.name(), number=True, width=34),
        ],
        items=list(enumerate(found.lines, start=1)),
        rows=lambda some: [_row(number, line, in_minutes=in_minutes) for number, line in some],
        total=["", _("Together"), found.services, _time(found.minutes, in_minutes=in_minutes), found.coins],
    )


def objection(community: Community) -> str:
    """How long the list hangs, and whom to call."""
    name = typed_plain(community, "name")
    if not community.phone:
        return _("This list hangs for %(days)s days. If anything is wrong, please tell %(community)s.") % {
            "days": OBJECTION_DAYS,
            "community": name,
        }
    return _("This list hangs for %(days)s days. If anything is wrong, please call %(community)s: %(phone)s.") % {
        "days": OBJECTION_DAYS,
        "community": name,
        "phone": community.phone,
    }


def how_it_is_made() -> str:
    """What the reader should know about names and order."""
    return _(
        "Hours that staff verified, by the day of service. Names are masked, or as neighbours call them; children "
        "under 14 are not named. The order is by the sound of the name and says nothing about who gave more."
    )


def public_paper(community: Community, found: PublicList) -> Paper:
    """The sheet for the notice board."""
    table = section_of(public_table(community, found), size=10.5)
    nobody = Section(text=_("Nobody's hours were verified for this month."))
    return Paper(
        title=_("Volunteer service made public"),
        issuer=typed_plain(community, "name"),
        subtitle=month_text(found.month),
        foot=typed_plain(community, "name"),
        sections=[table if found.lines else nobody],
        notes=[objection(community), how_it_is_made()],
        signs=[Sign(_("Residents' committee (seal)"), [_("Posted on"), _("Until")])],
    )


def _row(number: int, line: Served, *, in_minutes: bool) -> Row:
    name = line.name or _("A minor")
    return [number, name, line.services, _time(line.minutes, in_minutes=in_minutes), line.coins]


def _time(minutes: int, *, in_minutes: bool) -> int | str:
    return minutes if in_minutes else duration_text(minutes)
