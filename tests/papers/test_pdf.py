"""The PDF: its Chinese can be copied out of it and is drawn, rare surnames too; what the font lacks is logged."""

from __future__ import annotations

import logging
import subprocess
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
import segno
import time_machine
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from communities.actors import Actor
from communities.models import Resident
from core import typst
from core.coverage import missing
from papers.pdf import TEMPLATES
from tests.factories.people import NOW
from tests.papers.conftest import Earn, wallet_of

RARE = "㛃䶮𬭎"
A5_POINTS = (419.5, 595.3)


def text_of(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]


def get_pdf(client: Client, url: str, language: str) -> bytes:
    answer = client.get(url, headers={"Accept-Language": language})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    return answer.content


@pytest.fixture
def full_page(lin: Actor, earn: Earn) -> str:
    with time_machine.travel(NOW, tick=False):
        earn(wallet_of(lin), *[90] * 15, *[-40] * 15)
    return reverse("papers:passbook_pdf", kwargs={"community": "jinshan"})


@pytest.mark.django_db
def test_in_chinese(lin: Actor, full_page: str, client_for: Callable[[Actor], Client]) -> None:
    with time_machine.travel(NOW, tick=False):
        pages = text_of(get_pdf(client_for(lin), full_page, "zh-hans"))
    assert len(pages) == 2
    for word in ("林秀英", "0001", "小蜜蜂卫生清扫", "金山大社区", "1,350"):
        assert word in "".join(pages), word
    assert pages[0].count("小蜜蜂") == 22
    assert pages[1].count("小蜜蜂") == 8


@pytest.mark.django_db
def test_in_english(lin: Actor, full_page: str, client_for: Callable[[Actor], Client]) -> None:
    with time_machine.travel(NOW, tick=False):
        pages = text_of(get_pdf(client_for(lin), full_page, "en"))
    for word in ("Time passbook", "Bees clean the yard", "Brought forward", "Carried forward", "Greater Jinshan"):
        assert word in "".join(pages), word


@pytest.mark.django_db
def test_a_rare_name_is_drawn(
    lin: Actor, full_page: str, client_for: Callable[[Actor], Client], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    Resident.objects.update(full_name=RARE)
    with time_machine.travel(NOW, tick=False), caplog.at_level(logging.WARNING):
        pdf = get_pdf(client_for(lin), full_page, "zh-hans")
    assert RARE in text_of(pdf)[0]
    assert not caplog.records
    box = PdfReader(BytesIO(pdf)).pages[0].mediabox
    assert (float(box.width), float(box.height)) == pytest.approx(A5_POINTS, abs=1)
    file = tmp_path / "page.pdf"
    file.write_bytes(pdf)
    subprocess.run(["pdftoppm", "-r", "40", "-png", str(file), str(tmp_path / "page")], check=True, timeout=30)
    assert [picture.stat().st_size > 2000 for picture in sorted(tmp_path.glob("*.png"))] == [True, True]


def test_the_font_covers_what_names_need() -> None:
    assert missing(RARE + "张三李四·ＡＢ—，。：￥□ abc 123") == []


def test_a_character_beyond_the_font_is_logged_without_the_name(caplog: pytest.LogCaptureFixture) -> None:
    sheet = {
        "lang": "zh", "region": "CN", "title": "签到表", "facts": [("姓名", "张𰀀")],
        "columns": [{"label": "签名", "width": 0}], "rows": [["□"]],
        "foot": [], "landscape": False, "issuer": "金山大社区",
    }  # fmt: skip
    with caplog.at_level(logging.WARNING):
        assert typst.render(TEMPLATES / "sheet.typ", sheet).startswith(b"%PDF")
    assert [record.getMessage() for record in caplog.records] == [
        "the papers' font lacks U+30000; sheet falls back to an empty box"
    ]


@pytest.mark.django_db
def test_the_desks_code_leads_to_the_holder(lin: Actor, full_page: str, client_for: Callable[[Actor], Client]) -> None:
    assert lin.resident is not None
    made: list[str] = []
    with time_machine.travel(NOW, tick=False), pytest.MonkeyPatch.context() as patch:
        real = segno.make
        patch.setattr(segno, "make", lambda text, **options: (made.append(text), real(text, **options))[1])
        get_pdf(client_for(lin), full_page, "en")
    [address] = made
    assert address.endswith(f"/c/jinshan/people/passbook/{lin.resident.passbook_token}/")
