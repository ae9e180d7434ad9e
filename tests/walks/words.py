"""The words of a page that are ours: texts, titles, labels, options. What people typed is marked and left out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])
SILENT = frozenset(("script", "style", "textarea", "code", "pre", "svg"))
SPOKEN = ("aria-label", "alt", "placeholder", "title", "data-label", "data-confirm")
CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]+")
ENGLISH = re.compile(r"[A-Za-z][A-Za-z'’]+")
ADDRESSES = re.compile(
    r"[!-~]+@[!-~]+"  # email
    r"|https?://[!-~]+|localhost[!-~]*|/[!-~]*[a-z][!-~]*/"  # URLs
    r"|[!-~]+\.(?:csv|pdf|ics)\b"  # files
    r"|[a-z-]+:[0-9a-f-]{36}[!-~]*(?: #\d+)?|\b[0-9a-f]{8}-[0-9a-f-]{27}\b"  # the ledger's references
    r"|\b[0-9A-Z]+(?:-[0-9A-Z]+)+\b"  # codes that are read aloud or typed
)
# Words that Chinese readers know by these letters: formats, units and names.
KNOWN = frozenset(
    {"PDF", "CSV", "QR", "iCal", "English", "WCAG", "AA", "kg", "ID", "Id", "Cookie", "JavaScript", "hledger"}
    | {"beancount", "XLSX", "Excel"}
)
# Cells of the admin's tables: values of rows, such as names, references and account numbers.
VALUES = re.compile(r"\b(?:field-[\w-]+|readonly|original|typed)\b")


@dataclass
class _Element:
    tag: str
    silent: bool
    typed: bool


@dataclass
class Page(HTMLParser):
    """Reads a page; ``own`` are our words, ``typed`` those of people."""

    own: list[str] = field(default_factory=list)
    typed: list[str] = field(default_factory=list)
    of_admin: bool = False

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[_Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Enter an element; its labels are read unless it is marked."""
        found = {name: value or "" for name, value in attrs}
        marked = "data-typed" in found or ("lang" in found and tag != "html")
        if self.of_admin and VALUES.search(found.get("class", "")):
            marked = marked or tag in ("td", "th", "div", "a", "span")
        above = self._open[-1] if self._open else _Element("", silent=False, typed=False)
        here = _Element(tag, silent=above.silent or tag in SILENT, typed=above.typed or marked)
        if not here.typed:
            self.own += [found[name] for name in SPOKEN if found.get(name)]
            if tag == "input" and found.get("type") in ("submit", "button"):
                self.own.append(found.get("value", ""))
            if tag == "meta" and found.get("name") == "description":
                self.own.append(found.get("content", ""))
        if tag not in VOID:
            self._open.append(here)

    def handle_endtag(self, tag: str) -> None:
        """Leave an element, and what was left open inside it."""
        for at in range(len(self._open) - 1, -1, -1):
            if self._open[at].tag == tag:
                del self._open[at:]
                return

    def handle_data(self, data: str) -> None:
        """A text."""
        text = data.strip()
        if not text or (self._open and self._open[-1].silent):
            return
        (self.typed if self._open and self._open[-1].typed else self.own).append(text)


def strange_words(html: str, language: str, *, of_admin: bool = False) -> list[str]:
    """Chinese letters on an English page, English words on a Chinese one; what people typed may recur in labels."""
    page = Page(of_admin=of_admin)
    page.feed(html)
    typed = sorted({text for text in page.typed if len(text) > 1}, key=len, reverse=True)
    found = []
    for text in page.own:
        rest = text
        for one in typed:
            rest = rest.replace(one, " ")
        rest = ADDRESSES.sub(" ", rest)
        strange = CHINESE.findall(rest) if language == "en" else [w for w in ENGLISH.findall(rest) if w not in KNOWN]
        if strange:
            found.append(f"{' '.join(strange)!r} in {' '.join(text.split())[:90]!r}")
    return found
