"""The world is made once a worker and committed; every walk only reads it. See ``world.py``."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests.walks.world import World, make_world


@pytest.fixture(scope="session")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Walks run after the tests that roll back or flush (they ask for no ``db``), so nothing removes it under them."""
    with django_db_blocker.unblock():
        yield make_world()


@pytest.fixture(autouse=True)
def reading(world: World, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Let walks read."""
    with django_db_blocker.unblock():
        yield
