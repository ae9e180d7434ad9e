"""The navigation: always the same cells in the same places, by who looks and from where."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from communities.actors import Actor


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the grid: a URL name that takes the community's slug alone."""

    name: str
    label: str | Promise
    icon: str
    counts_unread: bool = False


RESIDENT = (
    Cell("home:home", _("Home"), "home"),
    Cell("tasks:board", _("Tasks"), "list"),
    Cell("papers:passbook", _("Passbook"), "passbook"),
    Cell("rewards:catalogue", _("Rewards"), "gift"),
    Cell("tasks:help", _("Help"), "help"),
    Cell("home:me", _("Me"), "person", counts_unread=True),
)
STAFF = (
    Cell("home:staff", _("Today"), "home"),
    Cell("tasks:verify", _("Verify"), "check"),
    Cell("tasks:staff_list", _("Tasks"), "list"),
    Cell("rewards:desk", _("Desk"), "gift"),
    Cell("communities:people", _("People"), "people"),
    Cell("reports:dashboard", _("Reports"), "passbook"),
)
READER = (
    Cell("home:board", _("Board"), "home"),
    Cell("reports:dashboard", _("Reports"), "passbook"),
    Cell("home:me", _("Me"), "person", counts_unread=True),
)
VISITOR = (
    Cell("home:board", _("Board"), "home"),
    Cell("home:how", _("How coins work"), "passbook"),
    Cell("communities:join", _("Register"), "person"),
)

WORKBENCH = ("staff/", "desk/", "people/", "reports/", "settings/")


def is_workbench(path: str, slug: str, actor: Actor | None) -> bool:
    """Whether the page belongs to the staff's workbench; staff who do not live here are always at it."""
    if actor is None:
        return False
    return path.removeprefix(f"/c/{slug}/").startswith(WORKBENCH) or (actor.is_staff and actor.resident is None)


def cells_for(actor: Actor | None, *, workbench: bool) -> tuple[Cell, ...]:
    """The grid of one reader."""
    if actor is None:
        return VISITOR
    if actor.is_staff and workbench:
        return STAFF
    return RESIDENT if actor.resident is not None else READER
