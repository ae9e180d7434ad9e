"""The passbook as a table: read by a spreadsheet as it stands, run by none."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from communities.actors import Actor
from core.export import BOM, csv_text, safe_cell
from core.sources import DESCRIBERS, SourceLine
from tests.factories.people import NOW
from tests.papers.conftest import Earn, wallet_of

STARTS = [*"=+-@＝＋－＠", "\t=", "\r=", "\n=", " =", "\u3000＝", "\ufeff=", "\u200b@", "\u00a0+"]
BODIES = ["1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://x")', "SUM(A1:A9)"]
PAYLOADS = [start + body for start in STARTS for body in BODIES]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_text_starts_a_formula(payload: str) -> None:
    assert safe_cell(payload) == f"'{payload}"


@pytest.mark.parametrize("value", [-40, 40, 0, 1.5, "张三", "3-5 号楼", "a=b", "", "2026-11-22"])
def test_what_is_harmless_stays_as_it_is(value: object) -> None:
    assert safe_cell(value) == value


def test_a_table() -> None:
    assert csv_text(["日期", "=x"], [["甲", None], [-1, True]]) == BOM + "日期,'=x\r\n甲,\r\n-1,True\r\n"


@pytest.mark.django_db
@pytest.mark.parametrize("payload", PAYLOADS[::4])
def test_of_the_passbook(
    payload: str, lin: Actor, earn: Earn, client_for: Callable[[Actor], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(DESCRIBERS, "test", lambda refs: {ref: SourceLine(payload, minutes=90) for ref in refs})
    url = reverse("papers:passbook_csv", kwargs={"community": "jinshan"})
    with time_machine.travel(NOW, tick=False):
        earn(wallet_of(lin), 90, -40)
        answer = client_for(lin).get(url, headers={"Accept-Language": "en"})
    text = answer.content.decode()
    assert text.startswith(BOM)
    rows = list(csv.reader(io.StringIO(text.removeprefix(BOM), newline="")))
    assert rows[0][:3] == ["Date", "Day of service", "Item"]
    assert [row[4:8] for row in rows[1:]] == [["", "", "", "0"], ["90", "90", "", "90"], ["", "", "40", "50"]]
    assert rows[2][2] == f"'{payload}"
    assert "attachment" in answer["Content-Disposition"]
