"""Spreadsheets: sixty ways to start a formula and none that runs, numbers and dates as such, whatever the length."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from core.export import BOM, csv_file, cut, download, xlsx_file

STARTS = [*"=+-@＝＋－＠", "\t=", "\r=", "\n=", " =", "\u3000＝", "\ufeff=", "\u200b@"]
BODIES = ["1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://x")', "SUM(A1:A9)"]
PAYLOADS = [start + body for start in STARTS for body in BODIES]


def test_there_are_sixty() -> None:
    assert len(PAYLOADS) == 60


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_in_a_workbook_runs(payload: str) -> None:
    sheet = load_workbook(xlsx_file([payload], [[payload]], title=payload)).active
    for (cell,) in sheet.rows:
        assert cell.data_type in ("s", "inlineStr")
        assert str(cell.value).startswith("'")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_in_a_csv_file_runs(payload: str) -> None:
    text = csv_file([payload], [[payload, -5]]).read().decode().removeprefix(BOM)
    assert list(csv.reader(io.StringIO(text, newline=""))) == [[f"'{payload}"], [f"'{payload}", "-5"]]


def test_numbers_dates_and_instants() -> None:
    instant = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
    row = [7, -40, date(2026, 11, 22), instant, None, "张三", "\x00\x0b a \ud800"]
    with timezone.override("Asia/Shanghai"):
        sheet = load_workbook(xlsx_file(["甲"] * 7, [row], title="试算/[1]")).active
    found = [cell.value for cell in sheet[2]]
    assert [value.isoformat() for value in found[2:4]] == ["2026-11-22T00:00:00", "2026-11-22T09:30:00"]
    assert [*found[:2], *found[4:]] == [7, -40, None, "张三", " a "]
    assert sheet.title == "试算  1"
    assert sheet.freeze_panes == "A2"


def test_a_cut_says_so_and_a_whole_table_does_not() -> None:
    rows = [[number] for number in range(4)]
    assert list(cut(rows, at=4, sentence="cut")) == rows
    assert list(cut(rows, at=3, sentence="cut")) == [[0], [1], [2], ["cut"]]


@pytest.mark.parametrize(("form", "begins"), [("csv", BOM.encode()), ("xlsx", b"PK")])
def test_a_download(form: str, begins: bytes) -> None:
    answer = download(form, name="book", header=["a"], rows=[["b"]])
    assert b"".join(answer.streaming_content).startswith(begins)  # type: ignore[arg-type]
    assert answer["Content-Disposition"] == f'attachment; filename="book.{form}"'
    assert answer["Cache-Control"] == "private, no-store"
