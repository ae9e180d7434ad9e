"""Opening pages writes nothing but the web session and the access log."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.walks.digest import changed, digest
from tests.walks.samples import sample
from tests.walks.test_reach import offered
from tests.walks.world import World


@pytest.mark.parametrize("role", ["resident", "manager", "auditor", "visitor"])
def test_no_get_writes(role: str, world: World) -> None:
    urls = {route.name: reverse(route.name, kwargs=sample(route, world)) for route in offered()}
    client = world.client(role)
    before = digest()
    for url in urls.values():
        client.get(url)
    differing = changed(before, digest())
    if differing:
        raise AssertionError(f"{differing} changed by: {_culprits(client, urls)}")


def _culprits(client: Client, urls: dict[str, str]) -> list[str]:
    found = []
    for name, url in urls.items():
        before = digest()
        client.get(url)
        if tables := changed(before, digest()):
            found.append(f"{name}: {tables}")
    return found


def test_a_write_would_be_seen(world: World) -> None:
    """The digest is not blind: one changed letter shows."""
    user = world.people["newcomer"]
    before = digest()
    User.objects.filter(pk=user.pk).update(display_name="林")
    after = digest()
    User.objects.filter(pk=user.pk).update(display_name="")
    assert User._meta.db_table in changed(before, after)
