"""Take the pictures of docs/screens.md from a running demonstration: ``.venv/bin/python docs/screens.py [address]``.

Needs Chromium and Chinese fonts. Signs in as people of the demonstration, with the code that its page shows.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

BASE = sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8000"
FOLDER = Path(__file__).parent / "screenshots"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
HERE = "/c/jinshan/"
RESIDENT, PUPIL, MANAGER = "19037000003", "19038000002", "wang@jinshan.example"

# name: who, screen, address; a link's text after "→" is pressed there first.
SCREENS = {
    "board": ("", PHONE, HERE),
    "home": (RESIDENT, PHONE, HERE + "home/"),
    "tasks": (RESIDENT, PHONE, HERE + "tasks/"),
    "task": (RESIDENT, PHONE, HERE + "tasks/ → .task h3 a >> nth=2"),
    "passbook": (PUPIL, PHONE, "/c/laodongyifang/passbook/?month={last}"),
    "rewards": (RESIDENT, PHONE, HERE + "rewards/"),
    "redemption": (RESIDENT, PHONE, HERE + "redemptions/ → main a.go"),
    "staff-today": (MANAGER, DESK, HERE + "staff/"),
    "verify": (MANAGER, DESK, HERE + "staff/verify/"),
    "books": (MANAGER, DESK, HERE + "reports/books/"),
}


def main() -> None:
    """Each screen in both languages."""
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for language, locale in (("en", "en-GB"), ("zh-hans", "zh-CN")):
            for who in ("", RESIDENT, PUPIL, MANAGER):
                _take(browser, who, language, locale)
        browser.close()


def _take(browser: Browser, who: str, language: str, locale: str) -> None:
    wanted = {name: screen for name, screen in SCREENS.items() if screen[0] == who}
    context = browser.new_context(locale=locale, device_scale_factor=2)
    context.add_cookies([{"name": "django_language", "value": language, "url": BASE}])
    page = context.new_page()
    if who:
        _sign_in(page, who)
        _read_in(page, language)
    for name, (_who, size, where) in wanted.items():
        page.set_viewport_size(size)
        address, _arrow, press = where.partition(" → ")
        page.goto(BASE + address.replace("?month={last}", _last_month(page)))
        if press:
            with page.expect_navigation():
                page.locator(press).first.click()
        clip = {"x": 0, "y": 0, **_shown(page, size)}
        page.screenshot(path=FOLDER / f"{name}.{language}.png", clip=clip, full_page=True)
        print(f"{name}.{language}.png")
    context.close()


def _read_in(page: Page, language: str) -> None:
    """An account keeps its language, whatever the browser says: the header's button changes it."""
    if page.locator("html").get_attribute("lang") != {"en": "en", "zh-hans": "zh-Hans"}[language]:
        page.locator(".masthead").get_by_role("button", name=re.compile("English|中文")).first.click()


def _last_month(page: Page) -> str:
    """The month before this one, as the passbook's filter wants it."""
    months = page.evaluate("(() => { const d = new Date(); d.setDate(0); return d.toISOString().slice(0, 7) })()")
    return f"?month={months}"


def _shown(page: Page, size: dict[str, int]) -> dict[str, int]:
    """A phone's page is shown two screens long, a desktop's one and a half."""
    most = size["height"] * (2 if size is PHONE else 1.4)
    height = page.evaluate("document.documentElement.scrollHeight")
    return {"width": size["width"], "height": int(min(most, height))}


def _sign_in(page: Page, who: str) -> None:
    page.goto(f"{BASE}/accounts/login/")
    page.locator("input[name=login]").fill(who)
    page.locator("main form button").first.click()
    found = re.search(r"\b\d{6}\b", page.locator("body").inner_text())
    assert found, "the demonstration shows the code on the page"
    page.locator("input[name=code]").fill(found.group())
    page.locator("main form button").first.click()


if __name__ == "__main__":
    main()
