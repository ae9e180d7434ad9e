"""The world is made once and committed; every walk only reads it. See ``world.py``."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import sync_playwright
from pytest_django.plugin import DjangoDbBlocker

from tests.conftest import empty_tables
from tests.walks.browsing import Window, serve
from tests.walks.world import World, make_world
from timebank.embedded import browser as browsers

SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Known when `tests/walks` is asked for; a run of all tests never walks the whole."""
    parser.addoption("--whole", action="store_true", help="walk every page in every width, size, language and role")


@pytest.fixture(scope="session")
def whole(request: pytest.FixtureRequest) -> bool:
    """Whether every width, size, language and role is walked (`make walk`)."""
    return bool(request.config.getoption("--whole", default=False))


@pytest.fixture(scope="package")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Made for the first walk and removed after the last, so that other tests find empty tables."""
    with django_db_blocker.unblock():
        yield make_world()
        empty_tables()


@pytest.fixture(autouse=True)
def reading(world: World, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Let walks read."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture(scope="module")
def window(world: World, django_db_blocker: DjangoDbBlocker) -> Iterator[Window]:
    """One Chromium a module. It ends with it: other tests must not meet its event loop, beside which ORM is refused."""
    path = browsers.find()
    if path is None:
        if os.environ.get("CHROMIUM_REQUIRED") == "1":
            pytest.fail(browsers.LOUD, pytrace=False)
        pytest.skip(browsers.LOUD)
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    try:
        with django_db_blocker.unblock(), sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=SWITCHES)
            for site in serve():
                yield Window(browser=browser, site=site, world=world)
            browser.close()
    finally:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
