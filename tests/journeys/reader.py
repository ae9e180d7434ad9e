"""Somebody who reads a page and does what it offers, in the words of the page. Counts the clicks."""

from __future__ import annotations

import re
from io import BytesIO

from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

LANGUAGE = "en-GB"
# Whether a click stays on the page: where scripts run, htmx swaps a part of it.
SWAPS = "(e) => Boolean(window.htmx && e.matches('button') && e.closest('[hx-post], [hx-get]'))"
PATIENCE = 20_000  # milliseconds: machines that run tests are busy


def spoken(name: str, *, exact: bool = False) -> re.Pattern[str]:
    """A name as a screen reader says it: before words that only it hears, a space may come."""
    pattern = re.escape(name).replace(":", r"\s*:")
    return re.compile(f"^{pattern}$" if exact else pattern)


class Reader:
    """One browser window and the hand that clicks in it. ``clicks`` counts since the last ``home``."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0

    def open(self, path: str) -> None:
        """Type an address."""
        answer = self.page.goto(path)
        assert answer is not None
        assert answer.ok, f"{path}: {answer.status}"

    def home(self, slug: str = "jinshan") -> None:
        """Begin at the resident's home; clicks are counted from here."""
        self.open(f"/c/{slug}/home/")
        self.clicks = 0

    def workbench(self, slug: str = "jinshan") -> None:
        """Begin at the staff's day; clicks are counted from here."""
        self.open(f"/c/{slug}/staff/")
        self.clicks = 0

    def follow(self, link: str, *, under: str = "", exact: bool = False) -> None:
        """Click a link, in the section of a heading if one is named."""
        self._click(self._within(under).get_by_role("link", name=spoken(link, exact=exact)))

    def menu(self, cell: str) -> None:
        """Click a cell of the navigation; a number of unread notices may stand in it."""
        sections = self.page.get_by_role("navigation", name="Main sections")
        self._click(sections.get_by_role("link", name=re.compile(rf"^{cell}(\s*\d+)?$")))

    def press(self, button: str, *, under: str = "", exact: bool = False) -> None:
        """Press a button."""
        self._click(self._within(under).get_by_role("button", name=spoken(button, exact=exact)))

    def write(self, label: str, text: str) -> None:
        """Fill in a field."""
        self.page.get_by_label(label).fill(text)

    def tick(self, label: str, *, exact: bool = False) -> None:
        """Tick a box or choose one of several."""
        self.page.get_by_label(label, exact=exact).check()
        self.clicks += 1

    def sees(self, *texts: str) -> None:
        """Every one of these stands on the page."""
        for text in texts:
            expect(self.page.get_by_role("main")).to_contain_text(text)

    def does_not_see(self, *texts: str) -> None:
        """None of these stands on the page."""
        for text in texts:
            expect(self.page.get_by_role("main")).not_to_contain_text(text)

    def heading(self) -> str:
        """The page's heading."""
        return self.page.get_by_role("heading", level=1).inner_text()

    def address(self) -> str:
        """The path of the page."""
        return re.sub(r"^https?://[^/]+", "", self.page.url)

    def value_of(self, label: str) -> str:
        """What a field holds."""
        return self.page.get_by_label(label).input_value()

    def figure(self, label: str) -> str:
        """The figure that stands beside a label."""
        term = self.page.locator("dt").filter(has_text=re.compile(f"^{re.escape(label)}$"))
        return term.locator("xpath=following-sibling::dd[1]").inner_text().strip()

    def rows(self) -> list[list[str]]:
        """The cells of the table on the page, row by row; in a passbook: 日期 项目 时长 存入 支取 余额."""
        body = self.page.get_by_role("main").locator("table tbody tr:visible")
        return [[cell.strip() for cell in row.locator("td, th").all_inner_texts()] for row in body.all()]

    def money(self) -> list[tuple[str, str, str]]:
        """The lines of the passbook on the page: paid in, paid out, balance."""
        return [(row[3], row[4], row[5]) for row in self.rows()]

    def pdf(self, link: str) -> str:
        """The words of the PDF behind a link, in one line."""
        address = self.page.get_by_role("main").get_by_role("link", name=link).get_attribute("href")
        assert address is not None
        answer = self.page.context.request.get(address, headers={"Accept-Language": LANGUAGE})
        assert answer.ok
        assert answer.headers["content-type"] == "application/pdf"
        pages = PdfReader(BytesIO(answer.body())).pages
        return " ".join(" ".join(page.extract_text() for page in pages).split())

    def _within(self, heading: str) -> Locator:
        main = self.page.get_by_role("main")
        return main.get_by_role("region", name=heading) if heading else main

    def _click(self, what: Locator) -> None:
        if what.evaluate(SWAPS):
            with self.page.expect_response(lambda answer: "hx-request" in answer.request.headers):
                what.click()
            expect(self.page.locator(".htmx-request, .htmx-settling")).to_have_count(0)
        else:
            with self.page.expect_navigation():
                what.click()
        self.clicks += 1
        width = self.page.evaluate("document.documentElement.scrollWidth")
        assert width <= self.page.viewport_size["width"], f"{self.page.url} scrolls sideways"
