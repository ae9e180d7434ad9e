"""Every page speaks one language: no Chinese letter of ours in English, no English word of ours in Chinese."""

from __future__ import annotations

import re

import pytest
from django.db import transaction
from django.template import engines
from django.test import Client
from django.urls import reverse
from django.utils import translation

from tests.walks.routes import Route
from tests.walks.samples import sample
from tests.walks.test_reach import ROLES, offered
from tests.walks.words import strange_words
from tests.walks.world import World
from timebank.embedded.translations import compile_changed

LANGUAGES = ("en", "zh-hans")


@pytest.fixture(scope="module", autouse=True)
def _catalogue() -> None:
    compile_changed()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("route", offered(), ids=str)
def test_speaks_one_language(route: Route, language: str, world: World) -> None:
    url = reverse(route.name, kwargs=sample(route, world))
    roles = ("auditor", "manager", "operator", "visitor") if route.of_admin else ROLES
    for role in roles:
        response = world.client(role, language).get(url)
        if response.status_code != 200 or "html" not in response.headers.get("Content-Type", ""):
            continue
        html = response.content.decode()
        assert f'lang="{"en" if language == "en" else "zh-"}' in html[:400], url
        assert strange_words(html, language, of_admin=route.of_admin) == [], (role, url)
        assert not re.search(r"<title>[^<]*(&lt;|<(?!/title>))", html), url


FORMS = [route for route in offered() if route.in_community]


@pytest.mark.parametrize("language", LANGUAGES)
def test_refused_forms_speak_one_language(language: str, world: World) -> None:
    """An empty form comes back with its errors in the reader's language; nothing is saved by it."""
    wrong = {}
    for route in FORMS:
        url = reverse(route.name, kwargs=sample(route, world))
        for role in ("resident", "manager", "second manager"):
            html = refused(world.client(role, language), url)
            if html and (found := strange_words(html, language)):
                wrong[route.name] = found
            if html.count("error-summary prose") > 1:
                wrong[route.name] = ["says its errors twice"]
    assert wrong == {}


def refused(client: Client, url: str) -> str:
    """The page that an empty form comes back as, "" when there is none. What it changed is rolled back."""
    with transaction.atomic():
        response = client.post(url, {})
        transaction.set_rollback(True)
    html = "html" in response.headers.get("Content-Type", "")
    return response.content.decode() if html and response.status_code in (200, 400, 409, 422) else ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_error_pages_speak_one_language(language: str, world: World) -> None:
    slug = world.slug
    for role, url, status in (
        ("visitor", "/nowhere/", 404),
        ("resident", f"/c/{slug}/staff/", 403),
        ("outsider", f"/c/{slug}/home/", 404),
        ("auditor", "/admin/ledger/account/999999999/change/", 302),
    ):
        response = world.client(role, language).get(url)
        assert response.status_code == status, url
        assert strange_words(response.content.decode(), language) == [], url
    with translation.override(language):
        for name in (
            "400.html",
            "403.html",
            "403_csrf.html",
            "404.html",
            "405.html",
            "429.html",
            "500.html",
            "503.html",
        ):
            page = engines["django"].get_template(name).render({})
            assert strange_words(page, language) == [], name


def test_an_untranslated_label_is_caught() -> None:
    """The walk is not blind: a label of ours in the other language is found, what people typed is not."""
    page = '<html lang="{}"><body><p>{}</p>{}</body></html>'
    typed = '<span lang="zh-Hans" data-typed>张**</span><option lang="en">Rice</option>'
    assert strange_words(page.format("zh-Hans", "我的 Hours", typed), "zh-hans") == ["'Hours' in '我的 Hours'"]
    assert strange_words(page.format("en", "My 时数", typed), "en") == ["'时数' in 'My 时数'"]
    assert strange_words(page.format("en", "My hours", typed), "en") == []
    assert strange_words('<a aria-label="返回"></a><input placeholder="姓名">', "en") == [
        "'返回' in '返回'",
        "'姓名' in '姓名'",
    ]
    assert strange_words("<span data-typed>张三</span><title>张三 – Home</title>", "en") == []
