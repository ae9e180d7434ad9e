"""What every journey needs: one Chromium, the live server, a clock that can be moved, and people who sign in.

Everybody looks at the same server through a browser of their own. Residents hold a phone of 360 × 740 without
JavaScript, staff sit at a screen of 1280 × 800 with it.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from communities.actors import Actor
from reports.services.checking import run_checks
from tests.factories.people import NOW
from tests.journeys.reader import LANGUAGE, PATIENCE, Reader
from timebank.embedded import browser as browsers

SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}


@pytest.fixture(scope="package")
def orm_beside_playwright() -> Iterator[None]:
    """Playwright's event loop lives in this thread, and Django would refuse to query beside it. Here alone."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    yield
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="package")
def chromium(orm_beside_playwright: None) -> Iterator[Browser]:
    """One Chromium for all journeys. It ends with the last of them: other tests must not meet its event loop."""
    path = browsers.find()
    if path is None:
        if os.environ.get("CHROMIUM_REQUIRED") == "1":
            pytest.fail(browsers.LOUD, pytrace=False)
        pytest.skip(browsers.LOUD)
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=SWITCHES)
        yield browser
        browser.close()


class MovedClock:
    """The server's clock, at the cast's present until a journey moves it."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def to(self, moment: datetime) -> None:
        """Let time pass until then. Never backwards."""
        assert moment >= self.now
        self.now = moment

    def pass_(self, **delta: int) -> None:
        """Let time pass."""
        self.to(self.now + timedelta(**delta))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> MovedClock:
    """Sunday 22 November 2026, 9:00 in Shanghai, for the server's threads as for the test."""
    moved = MovedClock()
    monkeypatch.setattr(timezone, "now", moved)
    return moved


@pytest.fixture(autouse=True)
def sms_dir(settings: Any, tmp_path: Path) -> Path:
    """Text messages of this journey alone."""
    settings.SMS_DIR = tmp_path / "sms"
    return settings.SMS_DIR


@pytest.fixture
def window(chromium: Browser, live_server: Any, clock: MovedClock) -> Iterator[Callable[..., Page]]:
    """``window(lin, viewport=PHONE)``: a browser of somebody who signed in before, or of nobody yet (None).

    Windows share nothing with each other; all are closed before the tables are emptied. No page may break on the way.
    """
    opened: list[BrowserContext] = []
    broken: list[str] = []

    def made(actor: Actor | None, **options: Any) -> Page:
        context = chromium.new_context(base_url=live_server.url, locale=LANGUAGE, reduced_motion="reduce", **options)
        context.set_default_timeout(PATIENCE)
        opened.append(context)
        if actor is not None:
            context.add_cookies([{**session_cookie(actor), "url": live_server.url}])
        page = context.new_page()
        page.on("response", lambda answer: answer.status >= 500 and broken.append(f"{answer.status} {answer.url}"))
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.on("console", lambda said: "Content Security Policy" in said.text and broken.append(said.text))
        return page

    yield made
    for context in opened:
        context.close()
    assert broken == []


def session_cookie(actor: Actor) -> dict[str, str]:
    """What the browser of somebody who signed in before carries."""
    client = Client()
    client.force_login(actor.user)
    name = django_settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value}


@pytest.fixture
def phone(window: Callable[..., Page]) -> Callable[..., Reader]:
    """``phone(lin)``: somebody's phone, signed in; ``phone()``: signed out. JavaScript is off."""
    return lambda actor=None: Reader(
        window(actor, viewport=PHONE, java_script_enabled=False, is_mobile=True, has_touch=True)
    )


@pytest.fixture
def desk(window: Callable[..., Page]) -> Callable[..., Reader]:
    """``desk(zhou)``: the screen of somebody of the staff, signed in; ``desk()``: signed out. JavaScript is on."""
    return lambda actor=None: Reader(window(actor, viewport=DESK))


@pytest.fixture
def last_sms(sms_dir: Path) -> Callable[[str], str]:
    """The newest text message to a number."""

    def newest(number: str) -> str:
        sent = [json.loads(path.read_text("utf-8")) for path in sorted(sms_dir.glob("*.json"))]
        return next(str(one["text"]) for one in reversed(sent) if one["to"] == number)

    return newest


@pytest.fixture
def sign_in(last_sms: Callable[[str], str]) -> Callable[[Reader, Actor], None]:
    """Sign in from the first page on, with the code that comes to the phone."""

    def done(reader: Reader, actor: Actor) -> None:
        reader.open("/")
        reader.follow("Sign in")
        reader.write("Mobile number", actor.user.phone.removeprefix("+86"))
        reader.press("Send me a code")
        found = re.search(r"\b\d{6}\b", last_sms(actor.user.phone))
        assert found
        reader.write("Code", found.group())
        reader.press("Sign in")

    return done


@pytest.fixture
def assert_books_sound() -> Callable[[], None]:
    """``assert_books_sound()``: every invariant of every app holds."""

    def check() -> None:
        results = run_checks()
        assert len(results) > 10
        assert [(one.number, one.name, one.findings) for one in results if not one.holds] == []

    return check
