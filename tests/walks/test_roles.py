"""Who may open what: every page of a community asks, and gives each role the answer that its audience says."""

from __future__ import annotations

import pytest
from django.urls import reverse

from communities.choices import Role
from tests.walks.routes import Route, all_routes
from tests.walks.samples import sample
from tests.walks.world import World

MEMBERS = frozenset({"resident", "leader", "worker", "manager", "second manager", "auditor"})
STAFF = frozenset({"worker", "manager", "second manager"})
# Who passes the door of each audience. What the page then asks of its object is the app's own affair.
PASS = {
    "member": MEMBERS,
    "resident": frozenset({"resident", "leader"}),
    "leader": STAFF | {"leader"},
    "staff": STAFF,
    "manager": frozenset({"manager", "second manager"}),
    "auditor": frozenset({"auditor", "manager", "second manager"}),
    "report": STAFF | {"auditor"},
}
OPEN_TO_ALL = ("board", "newcomer")
# The scan of somebody who is signed out is remembered before the door sends them to sign in: see the view.
OWN_DOOR = {"tasks:check_in": "resident"}
IN_COMMUNITY = [route for route in all_routes() if route.in_community]


def audience(route: Route) -> str | None:
    """Who the page says it is for."""
    return OWN_DOOR.get(route.name, route.audience)


@pytest.mark.parametrize("route", IN_COMMUNITY, ids=str)
def test_each_page_says_who_it_is_for(route: Route) -> None:
    assert audience(route) in {*PASS, *OPEN_TO_ALL}, f"{route} has no decorator of communities.access"


@pytest.mark.parametrize("route", IN_COMMUNITY, ids=str)
def test_each_role_gets_its_answer(route: Route, world: World) -> None:
    url = reverse(route.name, kwargs=sample(route, world))
    said = audience(route)
    wrong = {}
    for role in sorted(MEMBERS):
        kept_out = said in PASS and role not in PASS[said]
        for asked in ("get", "post") if kept_out else ("get",):
            status = getattr(world.client(role), asked)(url).status_code
            if status >= 500 or (kept_out and status not in (403, 405)):
                wrong[asked, role] = status
    assert wrong == {}, f"{url} is for {said}"


@pytest.mark.parametrize("route", IN_COMMUNITY, ids=str)
def test_strangers_are_kept_out(route: Route, world: World) -> None:
    url = reverse(route.name, kwargs=sample(route, world))
    visitor = world.client("visitor").get(url)
    outsider = world.client("outsider").get(url)
    if audience(route) == "board":
        assert visitor.status_code in (200, 405), url
        assert outsider.status_code == visitor.status_code, url
        return
    assert visitor.status_code in (302, 405), url
    if visitor.status_code == 302:
        assert visitor.headers["Location"].startswith(reverse("account_login")), url
    if audience(route) != "newcomer":
        assert outsider.status_code in (404, 405), url


@pytest.mark.parametrize("route", IN_COMMUNITY, ids=str)
def test_strangers_post_nothing(route: Route, world: World) -> None:
    if audience(route) in OPEN_TO_ALL:
        return
    url = reverse(route.name, kwargs=sample(route, world))
    assert world.client("visitor").post(url).status_code in (302, 405), url
    assert world.client("outsider").post(url).status_code in (404, 405), url
    assert world.client("operator").post(url).status_code in (404, 405), url


@pytest.mark.parametrize("route", [one for one in all_routes() if one.of_admin and one.name.endswith("list")], ids=str)
def test_the_admin_is_for_those_who_audit(route: Route, world: World) -> None:
    url = reverse(route.name, kwargs=sample(route, world))
    assert world.client("visitor").get(url).status_code == 302
    for role in ("resident", "leader", "outsider", "newcomer"):
        assert world.client(role).get(url).status_code in (302, 403), role


def test_the_roles_are_those_of_the_product() -> None:
    """A new role must be walked too; merchants come with their desk."""
    assert {*Role} == {
        Role.RESIDENT,
        Role.LEADER,
        Role.WORKER,
        Role.MANAGER,
        Role.MERCHANT,
        Role.AUDITOR,
        Role.OPERATOR,
    }
