"""Scripts, formulas and a stranger's words in every text there is: none runs, none crosses to another community.

Threats 11, 13 and 15 in their short form.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import time_machine
from django.apps import apps
from django.core import mail
from django.core.management import call_command
from django.http import HttpResponse
from django.urls import resolve, reverse
from openpyxl import load_workbook
from pytest_django.plugin import DjangoDbBlocker

from core.export import BOM, DANGEROUS, INVISIBLE
from notifications.models import OutboxMessage
from notifications.services import delivery
from tests.walks.forms import browser_of
from tests.walks.keeping import Kept
from tests.walks.planting import NOT_TYPED, plant, plant_in, typed_columns
from tests.walks.samples import sample
from tests.walks.test_reach import offered
from tests.walks.world import World

ROLES = ("resident", "leader", "manager", "auditor", "visitor")
MARK = "xss7"
VECTORS = [
    "<script>{m}()</script>",
    "<img src=x onerror={m}()>",
    "<svg onload={m}()>",
    "<svg/onload={m}()>",
    "<iframe srcdoc='<script>{m}()</script>'>",
    "<a href=javascript:{m}()>x</a>",
    "<body onload={m}()>",
    "<input autofocus onfocus={m}()>",
    "<details open ontoggle={m}()>",
    "<math><mi xlink:href=javascript:{m}()>",
    "<style>@import'//{m}'</style>",
    "<link rel=stylesheet href=//{m}>",
    "<base href=//{m}/>",
    "<object data=//{m}>",
    "<meta http-equiv=refresh content='0;url=//{m}'>",
    "<form action=//{m}><button>x",
    "&lt;script&gt;{m}()&lt;/script&gt;",
    "{{% now '{m}' %}}{{{{ {m} }}}}",
    '#eval("{m}") $ {m} $ #{m}',
    "x\r\nATTENDEE:mailto:{m}@example.org\r\nBcc: {m}@example.org",
]
CLOSERS = ["", '">', "'>", "</textarea></title></script>--></style>"]
SCRIPTS = [closer + vector.format(m=MARK) for vector in VECTORS for closer in CLOSERS]
SHORT = f"<i on{MARK}>"
FORMULAS = [start + body for start in [*"=+-@＝＋－＠", "\t=", "\r=", "\n=", " =", "　＝", "\ufeff=", "\u200b@"]
            for body in ("1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://x")', "SUM(A1:A9)")]  # fmt: skip
VARIANTS = ("?format=csv", "?format=xlsx", "?form=csv", "?form=xlsx")  # what exports may be asked for
TABLES = ("text/csv", "application/vnd.openxmlformats")


@pytest.fixture(autouse=True, scope="module")
def _just_then(world: World, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A minute after the world was made; everybody has signed in."""
    with time_machine.travel(world.now + timedelta(minutes=1)), django_db_blocker.unblock():
        for role in ROLES:
            world.client(role)
        yield


class Live(HTMLParser):
    """Collects where the mark stands outside of text and of harmless attributes."""

    PLAIN = {"value", "title", "alt", "aria-label", "content", "placeholder", "label", "lang", "id", "class"}

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.inside = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.inside = tag if tag in ("script", "style") else ""
        for name, value in attributes:
            live = name.startswith("on") or name in ("style", "srcdoc") or name not in self.PLAIN
            harmless = name.startswith(("data-", "aria-")) or (name == "href" and _inner(value or ""))
            if MARK in name or (MARK in (value or "") and live and not harmless):
                self.found.append(f"<{tag} {name}={value}>")
        if tag == "meta" and any(MARK in (value or "") for _name, value in attributes):
            refresh = dict(attributes).get("http-equiv")
            self.found += [f"<meta {refresh}>"] if refresh else []

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside and MARK in data:
            self.found.append(f"{self.inside}: {data[:80]}")

    def handle_comment(self, data: str) -> None:
        if MARK in data:
            self.found.append(f"comment: {data[:80]}")


def _inner(link: str) -> bool:
    parts = urlsplit(link)
    return parts.scheme in ("", "tel", "mailto") and not parts.netloc and MARK not in parts.path


def live_in(html: str) -> list[str]:
    reader = Live()
    reader.feed(html)
    reader.close()
    return reader.found


@pytest.mark.parametrize("payload", [one for one in SCRIPTS if one.startswith("<") and "<textarea" not in one][:16])
def test_the_reader_is_not_blind(payload: str) -> None:
    assert live_in(f"<p>{payload}</p>") or "javascript" in payload or "//" in payload


def test_there_are_enough() -> None:
    assert (len(SCRIPTS), len(FORMULAS)) == (80, 60)
    assert len(typed_columns()) > 60
    names = {one.name for model in apps.get_models() for one in model._meta.concrete_fields}
    assert set(NOT_TYPED) <= names, "a name that no column has"


def crawl(world: World, language: str = "en") -> Iterator[tuple[str, str, HttpResponse]]:
    """Role, address and answer of every address, and of every file that a page links to."""
    for role in ROLES:
        client = browser_of(role, world)
        client.cookies["django_language"] = language
        for route in offered():
            if route.name.endswith(("_pdf", "logout")):
                continue
            url = reverse(route.name, kwargs=sample(route, world))
            answer = client.get(url)
            yield role, url, answer
            if "attachment" in answer.headers.get("Content-Disposition", ""):
                for query in VARIANTS:
                    yield role, url + query, client.get(url + query)


def test_no_script_runs_anywhere(world: World, mailoutbox: list[mail.EmailMessage]) -> None:
    with Kept() as kept:
        took = plant(SCRIPTS, short=SHORT)
        wrong, seen = {}, 0
        try:
            for role, url, answer in crawl(world):
                if answer.status_code >= 500:
                    wrong[role, url] = [f"{answer.status_code}"]
                elif answer.headers["Content-Type"].startswith("text/html"):
                    text = answer.content.decode()
                    seen += MARK in text
                    if found := live_in(text):
                        wrong[role, url] = found[:3]
                elif answer.headers["Content-Type"].startswith("text/calendar"):
                    lines = answer.content.decode().split("\r\n")
                    if any(line.startswith(("ATTENDEE", "Bcc")) or "\n" in line for line in lines):
                        wrong[role, url] = lines
            _letters()
        finally:
            kept.restore()
    assert wrong == {}
    assert seen > 60
    assert len(took) > 40
    assert len(mailoutbox) > 5
    for letter in mailoutbox:
        head, body = letter.message().as_string().split("\n\n", 1)
        assert "Bcc:" not in re.findall(r"^\S+:", head, re.M), head
        assert "text/plain" in head
        assert body


def _letters() -> None:
    """Each kind of message once, by mail."""
    for message in OutboxMessage.objects.select_related("recipient").order_by("kind", "pk").distinct("kind"):
        message.recipient.email = "somebody@example.org"
        delivery._send_email(message)


def cells(answer: HttpResponse) -> list[object]:
    """Every cell of a table to download, as a spreadsheet would read it."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if answer.headers["Content-Type"].startswith(TABLES[1]):
        rows = load_workbook(io.BytesIO(body)).active.rows
        assert all(cell.data_type != "f" for row in load_workbook(io.BytesIO(body)).active.rows for cell in row)
        return [cell.value for row in rows for cell in row]
    text = body.decode().removeprefix(BOM)
    return [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]


def live(cell: object) -> bool:
    """Whether a spreadsheet would take it for a formula. Figures with a sign are figures."""
    text = str(cell or "")
    if re.fullmatch(r"[-+]?\d+(\.\d+)?", text) or not text.strip():
        return False
    return text.lstrip(INVISIBLE).startswith(DANGEROUS)


def test_no_formula_leaves_in_any_export(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    found: dict[str, int] = {}
    with Kept() as kept:
        plant(FORMULAS, short="=1+1")
        wrong = {}
        try:
            for role, url, answer in crawl(world):
                if answer.status_code == 200 and answer.headers["Content-Type"].startswith(TABLES):
                    said = cells(answer)
                    key = f"{resolve(urlsplit(url).path).view_name}?{urlsplit(url).query.split('=')[0]}"
                    found[key] = found.get(key, 0) + sum(str(cell or "").startswith("'") for cell in said)
                    if bad := [cell for cell in said if live(cell)]:
                        wrong[role, url] = bad[:3]
            call_command("export_ledger", community=world.slug, format="csv")
            rows = csv.reader(io.StringIO(capsys.readouterr().out.removeprefix(BOM)))
            assert [cell for row in rows for cell in row if live(cell)] == []
        finally:
            kept.restore()
    assert wrong == {}
    assert len(found) >= 4, found
    assert any(found.values()), "no export held anything that was planted"


def test_every_table_is_written_by_the_one_module() -> None:
    """Whoever writes CSV or XLSX does it in `core.export`, or calls its `safe_cell`."""
    root = Path(__file__).resolve().parents[2]
    apps_here = [root / one.label for one in apps.get_app_configs() if (root / one.label).is_dir()]
    sources = {path: path.read_text("utf-8") for folder in apps_here for path in folder.rglob("*.py")}
    writers = [path for path, text in sources.items() if re.search(r"csv\.(Dict)?[wW]riter|Workbook\(", text)]
    assert [path for path in writers if "core.export" not in sources[path] and path.name != "export.py"] == []
    assert writers


# Threat 11


def test_nothing_that_a_stranger_wrote_is_read_here(world: World) -> None:
    """Every text of the other community says so; no page, file or feed of this one repeats it."""
    word = "elsewhere7"
    with Kept() as kept:
        plant_in(world.elsewhere.place.community, word)
        try:
            told = [(role, url) for role, url, answer in crawl(world) if word in _text(answer)]
            own = browser_of("resident", world.elsewhere).get(reverse("home:home", args=[world.elsewhere.slug]))
        finally:
            kept.restore()
    assert told == []
    assert word in own.content.decode()


def _text(answer: HttpResponse) -> str:
    if not answer.streaming:
        return answer.content.decode("utf-8", "replace")
    body = b"".join(answer.streaming_content)
    if not answer.headers["Content-Type"].startswith(TABLES[1]):
        return body.decode("utf-8", "replace")
    return str([[cell.value for cell in row] for row in load_workbook(io.BytesIO(body)).active.rows])
