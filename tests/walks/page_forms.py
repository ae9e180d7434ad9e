"""The forms of a page, read from its HTML: their controls, the buttons that send them, and what makes them alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.urls import resolve

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NUMBERED = re.compile(r"\d")  # a row's button


@dataclass(slots=True)
class Control:
    """One input: its name, kind, the value it shows, and the values one may choose instead."""

    name: str
    kind: str
    value: str = ""
    options: list[str] = field(default_factory=list)
    mode: str = ""


@dataclass(slots=True)
class PageForm:
    """One form on one page as one role sees it, with the button that sends it."""

    role: str
    page: str
    action: str
    controls: list[Control] = field(default_factory=list)
    button: tuple[str, str] = ("", "")

    @property
    def route(self) -> str:
        """The address's name."""
        return str(resolve(urlsplit(self.action).path).view_name)

    @property
    def key(self) -> str:
        """What makes it another form than the others."""
        names = sorted({UUID.sub("…", one.name) for one in self.controls if one.name != "csrfmiddlewaretoken"})
        label, value = self.button
        button = label if NUMBERED.search(value) else f"{label}={value}".strip("=")
        return f"{self.route} [{' '.join(names)}] {button}".strip()

    @property
    def is_keyed(self) -> bool:
        """Whether it carries a one-time key."""
        return any(one.name == "form_key" for one in self.controls)


class _Reader(HTMLParser):
    """Collects forms that are sent by POST; controls elsewhere on the page may belong to one by its id."""

    def __init__(self, role: str, url: str) -> None:
        super().__init__(convert_charrefs=True)
        self.role, self.url = role, url
        self.forms: list[tuple[str, PageForm, list[tuple[str, str, str]]]] = []
        self.loose: list[tuple[str, Control | tuple[str, str, str]]] = []
        self.inside = self.select = self.area = self.option = None  # type: ignore[assignment]

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.inside = None
            if has.get("method", "").lower() == "post":
                form = PageForm(self.role, self.url, urljoin(self.url, has.get("action", "") or self.url))
                self.inside = (has.get("id", ""), form, [])
                self.forms.append(self.inside)
        elif tag == "option" and self.select is not None:
            self.option = has
            self._option(has.get("value", ""), "selected" in has)
        elif "name" in has or tag == "button":
            self._control(tag, has)

    def _option(self, value: str, selected: bool) -> None:
        self.select.options.append(value)
        if selected:
            self.select.value = value

    def _control(self, tag: str, has: dict[str, str]) -> None:
        kind = has.get("type", "text" if tag == "input" else tag).lower()
        if "disabled" in has:
            return
        if tag == "button" or kind in ("submit", "image"):
            if kind in ("button", "submit", "image") and has.get("type") != "button":
                self._belongs(has, (has.get("name", ""), has.get("value", ""), has.get("formaction", "")))
            return
        if tag not in ("input", "select", "textarea"):
            return
        control = Control(has["name"], kind, has.get("value", ""), mode=has.get("inputmode", ""))
        if kind in ("radio", "checkbox"):
            control = Control(has["name"], kind, has.get("value", "on") if "checked" in has else "")
            control.options = [has.get("value", "on")]
        self._belongs(has, control)
        self.select = control if tag == "select" else None
        self.area = control if tag == "textarea" else None

    def _belongs(self, has: dict[str, str], what: Control | tuple[str, str, str]) -> None:
        if "form" in has:
            self.loose.append((has["form"], what))
        elif self.inside is not None:
            self._add(self.inside, what)

    def _add(self, form: Any, what: Control | tuple[str, str, str]) -> None:
        if isinstance(what, tuple):
            form[2].append(what)
            return
        same = [one for one in form[1].controls if one.name == what.name and one.kind == what.kind == "radio"]
        if same:
            same[0].options += what.options
            same[0].value = same[0].value or what.value
        else:
            form[1].controls.append(what)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = None
        elif tag == "select":
            self.select = None
        elif tag == "textarea":
            self.area = None

    def handle_data(self, data: str) -> None:
        if self.area is not None:
            self.area.value += data

    def found(self) -> Iterator[PageForm]:
        """A form for each button that sends it."""
        for name, what in self.loose:
            for form in self.forms:
                if form[0] == name:
                    self._add(form, what)
        for _name, form, buttons in self.forms:
            for label, value, action in dict.fromkeys(buttons) or {("", "", ""): None}:
                yield replace(form, button=(label, value), action=urljoin(self.url, action) if action else form.action)


def forms_on(html: str, *, role: str, url: str) -> list[PageForm]:
    """The POST forms of a page."""
    reader = _Reader(role, url)
    reader.feed(html)
    return list(reader.found())
