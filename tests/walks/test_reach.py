"""Every address is reached: by somebody with 200, or it is for POST alone, or it leads on and says so here."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.walks.digest import changed, digest
from tests.walks.routes import Route, all_routes
from tests.walks.samples import sample
from tests.walks.world import World

ROLES = ("resident", "manager", "worker", "auditor", "leader", "operator", "visitor")
# Pages that lead on by their nature, and why.
LEADS_ON = {
    "account_confirm_login_code": "asks for the number first",
    "accounts:address_code": "asks for the number first",
    "accounts:remove_email": "for who has one; a lone number is looked at on its own page",
    "account_request_login_code": "the old name of signing in",
    "account_login": "signed-in people go home",
    "account_signup": "signed-in people go home",
    "admin:login": "the one sign-in",
    "admin:logout": "POST alone",
    "communities:passbook_code": "leads to the resident",
    "communities:join_step": "residents have joined",
    "communities:join_check": "asks the questions first",
    "rewards:scan": "leads to the desk with the code",
    "transfers:review": "asks first to whom",
    "transfers:desk_review": "asks first to whom",
    "root": "leads residents home",
}
# Django's own pages that are not offered: no passwords, no changes, nothing to delete.
NOT_OFFERED = ("_add", "_delete", "_history")
CLOSED = {
    "admin:password_change",
    "admin:password_change_done",
    "admin:view_on_site",
    "admin:autocomplete",
    "admin:jsi18n",
    "account_inactive",
}


def offered() -> list[Route]:
    """The routes that people are led to."""
    return [
        route
        for route in all_routes()
        if not (route.of_admin and route.name.endswith(NOT_OFFERED)) and route.name not in CLOSED
    ]


@pytest.mark.parametrize("route", offered(), ids=str)
def test_is_reached(route: Route, world: World) -> None:
    url = reverse(route.name, kwargs=sample(route, world))
    seen: dict[str, int] = {}
    for role in ROLES:
        seen[role] = world.client(role).get(url).status_code
        if seen[role] in (200, 405) or (seen[role] == 302 and route.name in LEADS_ON):
            return
    raise AssertionError(f"{url} is reached by nobody: {seen}")


@pytest.mark.parametrize("name", sorted(CLOSED - {"admin:jsi18n", "account_inactive"}))
def test_what_is_not_offered_changes_nothing(name: str, world: World) -> None:
    route = next(one for one in all_routes() if one.name == name)
    url = reverse(name, kwargs=dict.fromkeys(route.parts, "999999"))
    client = world.client("auditor")
    before = digest()
    assert client.get(url).status_code in (200, 302, 400, 403, 404, 405)
    assert client.post(url, {"new_password1": "Banyan-2026", "new_password2": "Banyan-2026"}).status_code < 500
    assert changed(before, digest()) == []
