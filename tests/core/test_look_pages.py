"""The frame and every component, in both languages and three sizes; the error pages, without a request too."""

import re
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django import forms
from django.core.paginator import Paginator
from django.utils.safestring import mark_safe

from core import charts, passbook
from core.coins import CoinWord
from core.context_processors import page as page_context
from core.context_processors import text_size
from tests.core.look_pages import EN, SUNDAY, ZH, community, page, request, text

NAV = [
    {"label": f"cell {n}", "url": f"/{n}/", "icon": "home", "current": n == 0, "count": 3 if n == 5 else 0}
    for n in range(6)
]


def test_the_frame_has_its_landmarks_once() -> None:
    html = page("base.html", EN, size="standard", nav_items=NAV)
    assert html.startswith("<!doctype html>")
    for mark in ('class="skip" href="#main"', '<main id="main"', 'class="masthead"', 'class="nav"', 'class="foot"'):
        assert html.count(mark) == 1, mark
    assert html.count('aria-current="page"') == 1
    assert '<span class="count">3</span>' in html


@pytest.mark.parametrize(("language", "lang", "brand"), [(EN, "en", "Rongshuli"), (ZH, "zh-Hans", "榕树里社区")])
def test_it_says_its_language_and_its_bank(language: str, lang: str, brand: str) -> None:
    html = page("base.html", language, size="standard")
    assert f'<html lang="{lang}" class="text-standard">' in html
    assert f'<span lang="{lang}" data-typed>{brand}</span>' in html
    assert {"en": "Rongshuli Time Bank</title>", "zh-Hans": "榕树里社区时间银行</title>"}[lang] in html


def test_the_phone_is_in_the_header_at_every_size() -> None:
    for size in ("standard", "large", "largest"):
        head = page("base.html", EN, size=size).split("</header>")[0]
        assert 'href="tel:089866550120"' in head
        assert ("Text size" in head) == (size == "standard")


@pytest.mark.parametrize("size", ["large", "largest"])
def test_in_large_text_size_and_language_come_first_in_the_grid(size: str) -> None:
    html = page("base.html", EN, size=size, nav_items=NAV)
    nav = html[html.index('<nav class="nav"') : html.index("</nav>")]
    assert f'class="text-{size}"' in html
    assert nav.index("Text size") < nav.index("中文") < nav.index("cell 0")


def test_the_language_is_changed_by_post_and_comes_back_here() -> None:
    html = page("base.html", EN, size="standard")
    assert re.search(r'<form method="post" action="[^"]+"><input type="hidden" name="csrfmiddlewaretoken"', html)
    assert 'name="next" value="/c/rongshuli/tasks/"' in html


def test_htmx_is_tamed() -> None:
    html = page("base.html", EN, size="standard")
    for setting in (
        '"historyCacheSize":0',
        '"allowEval":false',
        '"selfRequestsOnly":true',
        '"includeIndicatorStyles":false',
    ):
        assert setting in html


def test_text_size_comes_from_the_account_then_the_browser() -> None:
    visitor = request(size="large")
    assert text_size(visitor) == "large"
    visitor.user = SimpleNamespace(is_authenticated=True, text_size="largest")
    assert text_size(visitor) == "largest"
    visitor.user = SimpleNamespace(is_authenticated=False)
    visitor.COOKIES["text_size"] = "<script>"
    assert text_size(visitor) == "standard"


def test_a_page_without_a_community_still_knows_its_coin() -> None:
    context = page_context(request())
    assert context["community"] is None
    assert context["coin"].name(1) in ("coin", "时间币")


@pytest.mark.parametrize("language", [EN, ZH])
@pytest.mark.parametrize("code", ["400", "403", "403_csrf", "404", "405", "429", "500", "503"])
def test_error_pages_stand_alone_in_the_reader_s_language(code: str, language: str, settings) -> None:
    settings.CONTACT_PHONE = "0898-6655 0120"
    html = page(f"{code}.html", language)
    assert html.count("<h1>") == 1
    assert 'href="tel:089866550120"' in html
    assert "<title>" in html
    ours = re.sub(r'<span class="chop".*?</span></span>|<button[^>]*data-typed>.*?</button>', "", html)
    assert bool(re.search(r"[\u4e00-\u9fff]", ours)) == (language == ZH)


SHEETS = passbook.sheets(
    [
        passbook.Line(date(2026, 11, 1) + timedelta(days=n % 28), "读报", 60, 60 * (n + 1), "1 h", "/e/")
        for n in range(30)
    ],
    opening=0,
)
FACTS = [{"label": "Where", "value": "Here", "icon": "place"}, {"label": "When", "value": "Now"}]
STATE = {"label": "Ready", "tint": "ok", "icon": "gift"}


class Find(forms.Form):
    """A filter of one field."""

    q = forms.CharField(label="Find", required=False)


COMPONENTS: dict[str, dict[str, object]] = {
    "balance": {"available": 1260, "balance": 1300, "held": [{"label": "Held", "amount": 40}], "url": "/p/"},
    "bars": {
        "chart": charts.bars([charts.BarRow("Bees", 9, "9 h", 12, "12 h")]),
        "id": "b",
        "label": "Hours",
        "before_name": "Oct",
    },
    "confirm": {
        "facts": FACTS,
        "coins_moved": -180,
        "available": 200,
        "after": 20,
        "button": "Redeem",
        "back_url": "/",
    },
    "empty": {"title": "Nothing", "text": "yet", "url": "/", "link": "Begin"},
    "error_page": {"code": "404", "title": "None", "text": "such", "url": "/", "link": "Home", "phone": "1"},
    "error_summary": {"errors": [{"url": "#a", "text": "Wrong"}, {"text": "Also"}]},
    "facts": {"facts": FACTS},
    "count": {"count": 3},
    "filters": {"form": Find()},
    "found": {"count": "3 tasks", "words": ["today"], "typed": "南区", "reset_url": "/"},
    "said": {"part": "task", "messages": ["Saved"]},
    "form_side": {"title": "Next", "steps": [{"title": "One", "text": "two"}], "phone": "0898"},
    "notice": {"title": "Done.", "text": "Good", "tint": "ok", "url": "/", "link": "Undo"},
    "pager": {"page": Paginator(list(range(50)), 10).page(2)},
    "passbook": {
        "sheets": SHEETS,
        "holder": "Lin",
        "number": "0217",
        "period": "Nov",
        "totals": [],
        "issuer": "R",
        "code": "7K4F",
    },
    "passbook_picture": {"rows": [{"item": "Patrol", "delta": 60, "balance": 60}], "label": "A page", "note": "60"},
    "phone": {"phone": "0898-1"},
    "table": {
        "id": "t",
        "caption": "Hours",
        "columns": [{"label": "Team"}, {"label": "h", "number": True}],
        "rows": [["Bees", 9]],
    },
    "tabs": {"items": [{"label": "All", "url": "/", "current": True, "count": 2}], "label": "Hours"},
    "task_card": {
        "title": "Patrol",
        "url": "/t/",
        "start": SUNDAY,
        "place": "Gate",
        "minutes": 60,
        "coins": 60,
        "state": STATE,
    },
    "ticket": {"state": STATE, "item": "Oil", "facts": FACTS, "code": "48271936", "qr": mark_safe("<svg></svg>")},
    "timeline": {"events": [{"what": "Asked", "who": "Lin", "at": SUNDAY, "note": "x"}]},
    "tools": {},
    "trail": {"url": "/", "label": "Back"},
    "message": {"message": "Saved"},
}


def test_every_component_is_rendered_here() -> None:
    from django.conf import settings

    files = {path.stem for path in (settings.BASE_DIR / "templates" / "components").glob("*.html")}
    assert files == set(COMPONENTS)


@pytest.mark.parametrize("language", [EN, ZH])
@pytest.mark.parametrize("name", sorted(COMPONENTS))
def test_a_component_renders_whole(name: str, language: str) -> None:
    html = page(
        f"components/{name}.html", language, size="standard", coin=CoinWord(per_minute=True), **COMPONENTS[name]
    )
    assert html.strip()
    assert "None" not in html.replace(">None<", "")
    for tag in (
        "div",
        "p",
        "span",
        "ul",
        "ol",
        "li",
        "dl",
        "section",
        "nav",
        "form",
        "table",
        "tr",
        "article",
        "figure",
    ):
        assert len(re.findall(rf"<{tag}[\s>]", html)) == html.count(f"</{tag}>"), tag


@pytest.mark.parametrize("name", sorted(COMPONENTS))
def test_a_component_says_no_english_to_a_chinese_reader(name: str) -> None:
    ours = {word for value in COMPONENTS[name].values() for word in re.findall(r"[A-Za-z]{2,}", str(value))}
    html = page(f"components/{name}.html", ZH, size="standard", coin=CoinWord(per_minute=True), **COMPONENTS[name])
    said = re.findall(r"[A-Za-z]{3,}", re.sub(r"<[^>]*>", " ", html))
    assert [
        word for word in said if word not in ours | {"English", "Patrol", "Bees", "Asked", "Lin", "yet", "such"}
    ] == []


def test_a_balance_shows_what_is_held_and_the_hours() -> None:
    html = page("components/balance.html", EN, coin=CoinWord(per_minute=True), **COMPONENTS["balance"])
    assert "<b>1,260</b> <span>coins (21 h)</span>" in html
    assert "1,300 coins" in html
    assert "Passbook balance" not in page("components/balance.html", EN, available=5, balance=5, held=[])


def test_the_pick_up_code_is_read_in_two_halves() -> None:
    assert "<span>4827</span> <span>1936</span>" in page("components/ticket.html", EN, **COMPONENTS["ticket"])


def test_a_task_card_takes_a_sentence_instead_of_an_amount() -> None:
    html = page(
        "components/task_card.html", EN, **{**COMPONENTS["task_card"], "coins_text": "1 coin each time", "level": 2}
    )
    assert "1 coin each time" in html
    assert "<h2><a" in html


def test_the_pager_keeps_the_filters() -> None:
    here = request()
    here.GET = here.GET.copy()
    here.GET["q"] = "rice"
    html = page("components/pager.html", EN, page=Paginator(list(range(50)), 10).page(2), asked=here)
    assert 'href="?q=rice&amp;page=1"' in html
    assert 'href="?q=rice&amp;page=3"' in html
    assert "<nav" not in page("components/pager.html", EN, page=Paginator([1], 10).page(1), asked=here)


def test_messages_show_in_the_page_with_their_tint() -> None:
    message = SimpleNamespace(level_tag="error", message="No")
    assert "notice--urgent" in text('{% include "components/message.html" %}', message=message)
    assert community().phone in page("base.html", EN, size="standard")
