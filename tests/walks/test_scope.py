"""Another community's objects do not exist under one's own slug: 404, whether asked for or posted to."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from tests.walks.digest import changed, digest
from tests.walks.routes import Route, all_routes
from tests.walks.samples import sample
from tests.walks.test_roles import MEMBERS, PASS, audience
from tests.walks.world import World

# Not objects of a community, or not theirs to hide.
NO_OBJECT = {
    "communities:join_step": "the name of a step",
    "papers:check_code": "checks papers of every community, and says so of none",
    "papers:statement": "a month",
    "papers:statement_pdf": "a month",
}
# Answers with words of their own, as refusals do: nothing of the object shows.
SAYS_SO = {
    "tasks:check_in": "a code of another community is one of four answers",
    "rewards:scan": "leads to the desk, where another community's code is one of four answers",
}
OF_OBJECTS = [route for route in all_routes() if route.of_an_object and route.name not in NO_OBJECT]


def foreign(route: Route, world: World) -> dict[str, Any]:
    """The own slug with the other community's objects."""
    assert world.elsewhere is not None
    return sample(route, world.elsewhere) | {"community": world.slug}


def refusals(route: Route, role: str) -> set[int]:
    """Whoever may open such pages finds nothing; the others are stopped before. 405: the page has no such method."""
    inside = role in PASS.get(audience(route) or "", MEMBERS)
    said = {200, 302, 409, 410, 422} if route.name in SAYS_SO else set()
    return {405, *said, *({404} if inside else {403})}


@pytest.mark.parametrize("route", OF_OBJECTS, ids=str)
def test_anothers_object_is_not_found(route: Route, world: World) -> None:
    url = reverse(route.name, kwargs=foreign(route, world))
    stranger = world.elsewhere.things["lin"].resident.full_name
    for role in ("manager", "resident"):
        response = world.client(role).get(url)
        assert response.status_code in refusals(route, role), (role, url)
        assert stranger not in response.content.decode()


@pytest.mark.parametrize("route", OF_OBJECTS, ids=str)
def test_anothers_object_cannot_be_changed(route: Route, world: World) -> None:
    url = reverse(route.name, kwargs=foreign(route, world))
    before = digest()
    for role in ("manager", "resident"):
        assert world.client(role).post(url, {}).status_code in refusals(route, role), (role, url)
    assert changed(before, digest()) == []
