"""A Chromium over the committed world: a small server in a thread, one window in which every view looks in turn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.test.testcases import LiveServerThread
from django.urls import reverse
from playwright.sync_api import Browser, Page, Request

from tests.walks.routes import Route
from tests.walks.samples import sample
from tests.walks.test_reach import LEADS_ON, offered
from tests.walks.test_roles import PASS, audience
from tests.walks.world import World

LANGUAGES = ("en", "zh-hans")
WIDTHS = (360, 1280)
SIZES = ("standard", "largest")
HEIGHT = 800
PATIENCE = 30_000  # milliseconds: machines that run tests are busy
# Files, and what has no page of its own.
NOT_SEEN = set(LEADS_ON) - {"root", "account_login", "account_signup"}
NO_PAGES = ("_pdf", "_csv", "_xlsx", "ical", "calendar.ics", "healthz", "slip")


@dataclass(frozen=True, slots=True)
class View:
    """Who looks, in which language, how wide, how large."""

    role: str
    language: str = "en"
    width: int = 1280
    size: str = "standard"

    def __str__(self) -> str:
        return f"{self.role}-{self.language}-{self.width}-{self.size}"


def serve() -> Iterator[str]:
    """The product and its static files on a free port, in a thread; answers the address."""
    thread = LiveServerThread("127.0.0.1", StaticFilesHandler)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    yield f"http://127.0.0.1:{thread.port}"
    thread.terminate()


class Window:
    """One window for all views, which takes on another's session, size and cookies: a process each would cost more."""

    def __init__(self, browser: Browser, site: str, world: World) -> None:
        self.site, self.world = site, world
        self.foreign: list[str] = []
        self._context = browser.new_context(reduced_motion="reduce", locale="en-GB")
        self._context.set_default_timeout(PATIENCE)
        self._context.on("request", self._note)
        self._page = self._context.new_page()
        self._view: View | None = None

    def open(self, view: View, path: str) -> Page:
        """The window, showing the path to the view."""
        if view != self._view:
            self._become(view)
        self._page.goto(self.site + path, wait_until="load")
        return self._page

    def _become(self, view: View) -> None:
        cookies = {"text_size": view.size, settings.LANGUAGE_COOKIE_NAME: view.language}
        if view.role != "visitor":
            signed_in = self.world.client(view.role).cookies[settings.SESSION_COOKIE_NAME]
            cookies[settings.SESSION_COOKIE_NAME] = signed_in.value
        self._context.clear_cookies()
        self._context.add_cookies([{"name": name, "value": value, "url": self.site} for name, value in cookies.items()])
        self._page.set_viewport_size({"width": view.width, "height": HEIGHT})
        self._view = view

    def _note(self, request: Request) -> None:
        if not request.url.startswith((self.site, "data:", "about:")):
            self.foreign.append(f"{request.url} from {request.frame.url}")


def pages() -> list[Route]:
    """The routes that are pages and not files or redirections."""
    return [one for one in offered() if not one.name.endswith(NO_PAGES) and one.name not in NOT_SEEN]


def path_of(route: Route, world: World) -> str:
    """The address of a page in the world."""
    return reverse(route.name, kwargs=sample(route, world))


_known: dict[str, tuple[str, ...]] = {}  # by route; one world a process


def viewers(route: Route, world: World) -> tuple[str, ...]:
    """The roles that the page opens for."""
    if route.name not in _known:
        _known[route.name] = _asked(route, world)
    return _known[route.name]


def _asked(route: Route, world: World) -> tuple[str, ...]:
    said = audience(route)
    if route.of_admin:
        asked: Any = ("auditor", "manager", "operator")
    elif said in PASS:
        asked = sorted(PASS[said])
    else:
        asked = ("visitor", "resident", "manager", "newcomer")
    path = path_of(route, world)
    return tuple(role for role in asked if is_page(world.client(role).get(path)))


def is_page(response: Any) -> bool:
    """A page that opened."""
    return response.status_code == 200 and "html" in response.headers.get("Content-Type", "")
