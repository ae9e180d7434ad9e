"""axe-core finds nothing: WCAG 2.0 to 2.2 A and AA and best practice, on every page, its refusals and its empty lists.

Every day each page is seen once a language, the other dimensions chosen so that over the pages every pair of them
meets; `--whole` sees every page in every width, size, language and role.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.walks.browsing import LANGUAGES, SIZES, WIDTHS, View, Windows, pages, path_of, viewers
from tests.walks.routes import Route
from tests.walks.world import World

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("walks")]

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
MOST_RUNS = 250
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


def views(number: int, roles: tuple[str, ...], *, whole: bool) -> Iterator[View]:
    """Which views of a page are seen."""
    if whole:
        for role, language, width, size in product(roles, LANGUAGES, WIDTHS, SIZES):
            yield View(role, language, width, size)
        return
    for turn, (language, width, size) in enumerate(TURNS[number % len(TURNS)]):
        yield View(roles[(number // len(TURNS) + turn) % len(roles)], language, width, size)


def test_every_pair_is_met() -> None:
    """The turns leave out no pair of language, width and size."""
    seen = [view for turn in TURNS for view in turn]
    for first, second in ((0, 1), (0, 2), (1, 2)):
        assert len({(view[first], view[second]) for view in seen}) == 4


@pytest.mark.parametrize("route", OURS, ids=str)
def test_page(route: Route, world: World, windows: Windows, whole: bool) -> None:
    roles = viewers(route, world)
    found = {}
    for view in views(OURS.index(route), roles, whole=whole) if roles else ():
        page = windows.open(view, path_of(route, world))
        if said := violations(page):
            found[str(view)] = said
    assert found == {}, path_of(route, world)


@pytest.mark.parametrize("route", [one for one in OURS if one.in_community], ids=str)
def test_refused_form(route: Route, world: World, windows: Windows, whole: bool) -> None:
    """An empty form, sent as the browser would without its own checks."""
    number = OURS.index(route)
    roles = viewers(route, world)
    if not roles or audience_posts(route):
        return
    language, width, size = TURNS[number % len(TURNS)][number // 2 % 2]
    page = windows.open(View(roles[-1], language, width, size), path_of(route, world))
    if page.evaluate(EMPTIED):
        with page.expect_navigation(wait_until="load"):
            page.evaluate("document.querySelector('main form[data-emptied]').submit()")
        if page.locator(".errors, .error-summary, [aria-invalid=true]").count():
            assert violations(page) == [], page.url


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


@pytest.mark.parametrize("name", [*EMPTY, *EMPTY_STAFF])
def test_empty_list(name: str, world: World, windows: Windows) -> None:
    number = [*EMPTY, *EMPTY_STAFF].index(name)
    route = next(one for one in OURS if one.name == name)
    language, width, size = TURNS[number % len(TURNS)][number // len(TURNS) % 2]
    role = "new resident" if name in EMPTY else "new manager"
    path = path_of(route, world).replace(world.slug, world.empty_slug)
    page = windows.open(View(role, language, width, size), path)
    assert violations(page) == [], path


@pytest.mark.parametrize("route", ADMIN, ids=str)
def test_admin(route: Route, world: World, windows: Windows, whole: bool) -> None:
    """A and AA at 1280 px; the admin's own best practice is Django's affair."""
    if not whole and route.name not in ADMIN_DAILY:
        return
    roles = viewers(route, world)
    assert roles or not whole or route.name.endswith(("confirm", "decline")), route
    for role in roles[: None if whole else 1]:
        page = windows.open(View(role), path_of(route, world))
        assert violations(page, best_practice=False) == [], page.url


@pytest.mark.parametrize(("role", "path"), [("visitor", "/nowhere/"), ("resident", "/c/jinshan/staff/")])
def test_error_page(role: str, path: str, windows: Windows) -> None:
    assert violations(windows.open(View(role, width=360, size="largest"), path)) == []


def test_few_enough_for_every_day(whole: bool) -> None:
    """The last of this file: the daily walk stays short."""
    assert whole or len(runs) <= MOST_RUNS


def test_a_fault_would_be_found(windows: Windows, world: World) -> None:
    """axe is not asleep: a picture without words is found."""
    page = windows.open(View("visitor"), f"/c/{world.slug}/")
    page.evaluate("document.querySelector('main').append(new Image())")
    assert any(one.startswith("image-alt") for one in violations(page))
