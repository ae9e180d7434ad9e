"""The look's law: contrast, targets, weight, no inline style or script, every icon and class really there."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

from core.icons import ICONS
from core.templatetags.look import STYLESHEETS
from tests.core.look_pages import EN, ZH, page

TEMPLATES = settings.BASE_DIR / "templates"
CSS = settings.BASE_DIR / "static" / "css"
FIRST_VISIT_BYTES = 60 * 1024
TEXT, MARKS = 4.5, 3.0


def templates() -> Iterator[tuple[str, str]]:
    """Every HTML template of ours but mail, with its text."""
    for path in sorted(TEMPLATES.rglob("*.html")):
        if "email" not in path.parts:
            yield str(path.relative_to(TEMPLATES)), path.read_text(encoding="utf-8")


def tokens() -> dict[str, str]:
    """The colours by name."""
    found = re.findall(r"--([\w-]+): (#[0-9A-Fa-f]{3,6})\b", (CSS / "tokens.css").read_text(encoding="utf-8"))
    return dict(found)


def luminance(colour: str) -> float:
    """WCAG's relative luminance of #RGB or #RRGGBB."""
    digits = colour.lstrip("#")
    digits = "".join(c * 2 for c in digits) if len(digits) == 3 else digits
    channels = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG's ratio of two tokens."""
    light, dark = sorted((luminance(tokens()[one]), luminance(tokens()[other])), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("ink", "ground", "least"),
    [
        *((ink, ground, 7.0) for ink in ("ink",) for ground in ("paper", "card", "sand", "pine-tint", "amber-tint")),
        *((ink, ground, TEXT) for ink in ("ink-2", "lake", "red", "pine") for ground in ("paper", "card", "sand")),
        *((ink, f"{ink}-tint", TEXT) for ink in ("pine", "lake", "amber")),
        ("red-ink", "red-tint", TEXT),
        ("card", "press", TEXT),
        ("card", "press-2", TEXT),
        ("rule", "card", MARKS),
        ("rule", "paper", MARKS),
    ],
)
def test_contrast(ink: str, ground: str, least: float) -> None:
    assert contrast(ink, ground) >= least


@pytest.mark.parametrize("bad", [r"\sstyle=", r"<style", r"\son\w+=\"", r"javascript:", r"\|safe\b", r"\bautoescape\b"])
def test_no_template_carries_inline_style_or_script(bad: str) -> None:
    assert [name for name, source in templates() if re.search(bad, source)] == []


def test_scripts_come_from_files() -> None:
    inline = re.compile(r"<script(?![^>]*\ssrc=)")
    assert [name for name, source in templates() if inline.search(source)] == []


def test_nothing_is_loaded_from_elsewhere() -> None:
    foreign = re.compile(r"(?:src|<link[^>]*href)=\"(?:https?:)?//")
    assert [name for name, source in templates() if foreign.search(source)] == []


def test_every_icon_that_is_asked_for_exists() -> None:
    asked = {(name, icon) for name, source in templates() for icon in re.findall(r'{% icon "([^"]+)"', source)}
    asked |= {
        (name, icon) for name, source in templates() for icon in re.findall(r'{% status \S+ "\w*" "([^"]+)" %}', source)
    }
    assert {(name, icon) for name, icon in asked if icon not in ICONS} == set()


def test_every_class_is_one_of_the_look_s() -> None:
    known = set(re.findall(r"\.([a-z][\w-]*)", "".join(path.read_text(encoding="utf-8") for path in CSS.glob("*.css"))))
    strange = {
        (name, word)
        for name, source in templates()
        for words in re.findall(r'class="([^"]*)"', re.sub(r"{%.*?%}|{{.*?}}", " ", source))
        for word in words.split()
        if word not in known and not name.startswith("admin/") and not word.endswith("-")  # "status--" before a value
    }
    assert strange == set()


def test_every_style_sheet_and_script_is_there() -> None:
    assert {path.stem for path in CSS.glob("*.css")} == {*STYLESHEETS, "admin"}  # the admin brings its own look
    used = {ref for _, source in templates() for ref in re.findall(r'{% static "([^"]+)" %}', source)}
    assert [ref for ref in used if finders.find(ref) is None] == []


def test_targets_grow_with_the_text() -> None:
    css = (CSS / "tokens.css").read_text(encoding="utf-8")
    assert "--target: clamp(48px, 2.667rem, 60px)" in css  # 2.667 × 18 px = 48; 60 from 22.5 px on


def test_nothing_sticks_and_nothing_is_slanted_or_shouted() -> None:
    css = "".join(path.read_text(encoding="utf-8") for path in CSS.glob("*.css"))
    for never in ("position: sticky", "position: fixed", "italic", "text-transform", "@import", "url("):
        assert never not in css, never


@pytest.mark.parametrize("language", [EN, ZH])
def test_a_first_visit_weighs_at_most_60_kb(language: str) -> None:
    html = page("base.html", language, size="standard")
    refs = re.findall(r'(?:src|href)="/static/([^"]+)"', html)
    files = [Path(found) for ref in refs if (found := finders.find(ref))]
    assert len(files) == len(refs) > len(STYLESHEETS)
    weight = sum(len(gzip.compress(file.read_bytes())) for file in files) + len(gzip.compress(html.encode()))
    assert weight <= FIRST_VISIT_BYTES * 0.6  # the rest is the page's own content
