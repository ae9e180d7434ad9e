"""No page scrolls sideways, none asks a third party for anything, and a first visit is light."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from tests.walks.browsing import HEIGHT, View, Window, pages, path_of, viewers
from tests.walks.routes import Route
from tests.walks.test_roles import STAFF, audience
from tests.walks.world import World

NARROW = 320
TWICE = 640  # 1280 px at 200 %
RESIDENT_BYTES, STAFF_BYTES = 60 * 1024, 150 * 1024
OURS = [route for route in pages() if not route.of_admin]
LINKED = re.compile(r'(?:href|src)="/static/([^"?]+)')
OVERHANG = """() => {
  const wide = document.documentElement.clientWidth;
  const over = Math.max(document.documentElement.scrollWidth, document.body.scrollWidth) - wide;
  if (over <= 0) return '';
  const guilty = [...document.querySelectorAll('body *')]
    .filter(one => one.getBoundingClientRect().right > wide + 1 && !one.closest('.scroll, .table-scroll'))
    .slice(-2).map(one => one.outerHTML.slice(0, 120));
  return over + ' px: ' + guilty.join(' | ');
}"""


@pytest.mark.browser
@pytest.mark.parametrize("route", OURS, ids=str)
def test_reflows(route: Route, world: World, window: Window, whole: bool) -> None:
    found = {}
    for role in viewers(route, world)[: None if whole else 1]:
        for size in ("standard", "largest") if whole else ("standard",):
            view = View(role, language="en", width=NARROW, size=size)
            page = window.open(view, path_of(route, world))
            for width in (NARROW, TWICE):
                page.set_viewport_size({"width": width, "height": HEIGHT})
                if over := page.evaluate(OVERHANG):
                    found[f"{view} at {width}"] = over
            page.set_viewport_size({"width": NARROW, "height": HEIGHT})
    assert found == {}, path_of(route, world)


@pytest.mark.browser
def test_no_third_party_is_asked(window: Window, world: World) -> None:
    """After all the pages above."""
    assert window.foreign == []


@pytest.mark.parametrize("route", OURS, ids=str)
def test_first_visit_is_light(route: Route, world: World) -> None:
    roles = viewers(route, world)
    if not roles:
        return
    html = world.client(roles[0]).get(path_of(route, world)).content
    linked = sorted(set(LINKED.findall(html.decode())))
    weight = len(gzip.compress(html)) + sum(map(gzipped, linked))
    staff = audience(route) in ("staff", "manager", "auditor", "report", "leader") or roles[0] in STAFF
    bar = STAFF_BYTES if staff or "catalogue" in route.name else RESIDENT_BYTES
    assert weight <= bar, f"{path_of(route, world)}: {weight // 1024} KB: {linked}"


_weights: dict[str, int] = {}


def gzipped(name: str) -> int:
    """Bytes of a static file on the wire."""
    if name not in _weights:
        found = finders.find(name)
        _weights[name] = len(gzip.compress(Path(str(found)).read_bytes())) if found else 0
    return _weights[name]


NOTHING_CUT = """() => [...document.querySelectorAll('.tile')].flatMap(tile => {
  const long = tile.querySelector('b .nb');
  if (long) long.textContent = '1,226 h 30 min';
  const edge = tile.getBoundingClientRect().right;
  return [...tile.querySelectorAll("*")]
    .filter(one => one.getBoundingClientRect().right > edge + 1).map(one => one.outerHTML);
})"""
SQUEEZED = """() => [...document.querySelectorAll('.list > .go:has(> .status)')]
  .filter(row => !row.querySelector(':scope > .icon'))
  .filter(row => row.querySelector(':scope > span:not(.status)').clientWidth < .7 * row.clientWidth)
  .map(row => row.textContent.trim().slice(0, 60))"""


@pytest.mark.browser
def test_no_tile_cuts_its_figure(world: World, window: Window) -> None:
    (route,) = [one for one in OURS if str(one) == "reports:dashboard"]
    page = window.open(View("manager", width=360), path_of(route, world))
    assert page.evaluate(NOTHING_CUT) == []


@pytest.mark.browser
def test_a_badge_leaves_a_title_its_line(world: World, window: Window) -> None:
    (route,) = [one for one in OURS if str(one) == "rewards:catalogue"]
    page = window.open(View("resident", width=360, size="largest"), path_of(route, world))
    assert page.locator(".list > .go > .status").count()
    assert page.evaluate(SQUEEZED) == []
