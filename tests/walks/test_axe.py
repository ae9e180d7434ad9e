"""axe-core finds nothing: WCAG 2.0 to 2.2 A and AA and best practice, on every page, its refusals and its empty lists.

Every day each page is seen once a language, the other dimensions chosen so that over the pages every pair of them
meets; `--whole` sees every page in every width, size, language, role and state.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.walks.browsing import LANGUAGES, SIZES, WIDTHS, View, Window, pages, path_of, viewers
from tests.walks.routes import Route
from tests.walks.world import World

pytestmark = pytest.mark.browser

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
MOST_RUNS = 290  # two a page
# One of each template of the admin; `--whole` sees all.
ADMIN_DAILY = {
    "admin:index",
    "admin:app_list",
    "admin:ledger_book_change",
    "admin:ledger_book_pairs",
    "admin:ledger_book_sample",
    "admin:ledger_book_year",
    "admin:ledger_account_change",
    "admin:ledger_journalentry_changelist",
    "admin:ledger_journalentry_change",
    "admin:ledger_journalentry_reverse",
    "admin:ledger_reversalrequest_change",
}
OURS = [route for route in pages() if not route.of_admin]
ADMIN = [route for route in pages() if route.of_admin]
# Two views a page: (language, width, size), turned so that every pair of values is met four pages on.
TURNS = (
    (("en", 360, "standard"), ("zh-hans", 1280, "largest")),
    (("en", 1280, "standard"), ("zh-hans", 360, "largest")),
    (("en", 360, "largest"), ("zh-hans", 1280, "standard")),
    (("en", 1280, "largest"), ("zh-hans", 360, "standard")),
)
EMPTY = (
    "home:board",
    "tasks:board",
    "tasks:mine",
    "tasks:my_hours",
    "papers:passbook",
    "papers:statements",
    "rewards:catalogue",
    "rewards:mine",
    "bookings:calendar",
    "notifications:inbox",
    "communities:team",
    "transfers:mine",
)
EMPTY_STAFF = (
    "home:staff",
    "tasks:verify",
    "tasks:calls",
    "rewards:stock",
    "rewards:staff_redemptions",
    "tasks:sheets",
    "transfers:staff_transfers",
    "communities:partners",
    "papers:settlements",
)
runs: list[str] = []


def violations(page: Page, *, best_practice: bool = True) -> list[str]:
    """What axe says against the page, a line each."""
    tags = [*STANDARDS, *(["best-practice"] if best_practice else [])]
    options = {"runOnly": {"type": "tag", "values": tags}, "resultTypes": ["violations"]}
    runs.append(page.url)
    answer = Axe().run(page, options=options).response
    return [f"{one['id']}: {[node['html'][:160] for node in one['nodes'][:3]]}" for one in answer["violations"]]


@dataclass(frozen=True, slots=True)
class Look:
    """A view of a page in one of its states: as it opens, its form refused, or its list empty."""

    view: View
    state: str = "open"

    def __str__(self) -> str:
        return f"{self.view}-{self.state}"


def looks(route: Route, roles: tuple[str, ...], *, whole: bool) -> Iterator[Look]:
    """Which views of a page are seen, and in which state.

    Of the two views of every day one sees the page as it opens and the other in the state that is rarer.
    """
    number, rare = OURS.index(route), rarer(route)
    if whole:
        for role, language, width, size in product(roles, LANGUAGES, WIDTHS, SIZES):
            yield from (Look(View(role, language, width, size), state) for state in {"open", rare})
        return
    for turn, (language, width, size) in enumerate(TURNS[number % len(TURNS)]):
        role = roles[(number // len(TURNS) + turn) % len(roles)]
        yield Look(View(role, language, width, size), rare if (number // len(TURNS) + turn) % 2 else "open")


def rarer(route: Route) -> str:
    """The other state that a page may be in."""
    if route.name in (*EMPTY, *EMPTY_STAFF):
        return "empty"
    return "refused" if route.in_community and not audience_posts(route) else "open"


def test_every_pair_is_met() -> None:
    """The turns leave out no pair of language, width and size."""
    seen = [view for turn in TURNS for view in turn]
    for first, second in ((0, 1), (0, 2), (1, 2)):
        assert len({(view[first], view[second]) for view in seen}) == 4


@pytest.mark.parametrize("route", OURS, ids=str)
def test_page(route: Route, world: World, window: Window, whole: bool) -> None:
    roles = viewers(route, world)
    found = {}
    for look in looks(route, roles, whole=whole) if roles else ():
        if said := violations(shown(window, route, look)):
            found[str(look)] = said
    assert found == {}, path_of(route, world)


def shown(window: Window, route: Route, look: Look) -> Page:
    """The page in the state that is looked for; as it opens where it has no such state."""
    path = path_of(route, window.world)
    if look.state == "empty":
        role = "new resident" if route.name in EMPTY else "new manager"
        return window.open(replace(look.view, role=role), path.replace(window.world.slug, window.world.empty_slug))
    page = window.open(look.view, path)
    if look.state == "refused" and page.evaluate(EMPTIED):
        with page.expect_navigation(wait_until="load"):
            page.evaluate("document.querySelector('main form[data-emptied]').submit()")
    return page


def audience_posts(route: Route) -> bool:
    """Forms of one button change something at once: they are no error state."""
    return route.name.endswith(("cancel", "undo", "withdraw", "approve", "read", "clear", "leave", "verify_residence"))


# Empties the first form of several fields, to be sent. Nothing is saved: a required field is missing.
EMPTIED = """() => {
  const form = [...document.querySelectorAll('main form[method=post]')]
    .find(one => one.querySelector('[required]:not([type=radio]):not([type=checkbox])'));
  if (!form) return false;
  form.noValidate = true;
  form.querySelectorAll('input:not([type=hidden]):not([type=radio]):not([type=checkbox]), textarea')
    .forEach(one => { one.value = ''; });
  form.dataset.emptied = '';
  return true;
}"""


@pytest.mark.parametrize("route", ADMIN, ids=str)
def test_admin(route: Route, world: World, window: Window, whole: bool) -> None:
    """A and AA at 1280 px; the admin's own best practice is Django's affair."""
    if not whole and route.name not in ADMIN_DAILY:
        return
    roles = viewers(route, world)
    assert roles or not whole or route.name.endswith(("confirm", "decline")), route
    for role in roles[: None if whole else 1]:
        page = window.open(View(role), path_of(route, world))
        assert violations(page, best_practice=False) == [], page.url


@pytest.mark.parametrize(("role", "path"), [("visitor", "/nowhere/"), ("resident", "/c/jinshan/staff/")])
def test_error_page(role: str, path: str, window: Window) -> None:
    assert violations(window.open(View(role, width=360, size="largest"), path)) == []


def test_few_enough_for_every_day(whole: bool) -> None:
    """The last of this file: the daily walk stays short."""
    assert whole or len(runs) <= MOST_RUNS


def test_a_fault_would_be_found(window: Window, world: World) -> None:
    """axe is not asleep: a picture without words is found."""
    page = window.open(View("visitor"), f"/c/{world.slug}/")
    page.evaluate("document.querySelector('main').append(new Image())")
    assert any(one.startswith("image-alt") for one in violations(page))
