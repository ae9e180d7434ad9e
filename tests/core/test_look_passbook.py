"""Sheets of 24 ruled lines: what is brought forward and carried forward adds up."""

from datetime import date

import pytest

from core.passbook import RULED_LINES, Line, sheets
from tests.core.look_pages import EN, ZH, page


def entries(count: int) -> list[Line]:
    """That many credits of 60 coins."""
    return [Line(date(2026, 11, 2), f"item {n}", 60, 60 * n) for n in range(1, count + 1)]


@pytest.mark.parametrize(("count", "made"), [(0, 1), (1, 1), (23, 1), (24, 2), (45, 2), (46, 3), (500, 23)])
def test_every_entry_stands_on_one_sheet(count: int, made: int) -> None:
    cut = sheets(entries(count), opening=0)
    assert len(cut) == made
    assert [line for sheet in cut for line in sheet.lines] == entries(count)


@pytest.mark.parametrize("count", [0, 5, 23, 24, 47, 100])
def test_each_sheet_has_24_ruled_lines(count: int) -> None:
    for sheet in sheets(entries(count), opening=7):
        assert 1 + len(sheet.lines) + (not sheet.last) + len(sheet.blanks) == RULED_LINES


def test_carried_forward_is_brought_forward() -> None:
    cut = sheets(entries(60), opening=1013)
    assert cut[0].opening == 1013
    assert [a.closing for a in cut[:-1]] == [b.opening for b in cut[1:]]
    assert cut[-1].closing == 3600


def test_an_empty_month_carries_its_opening() -> None:
    (only,) = sheets([], opening=40)
    assert (only.opening, only.closing, only.first, only.last) == (40, 40, True, True)


def test_in_and_out_stand_in_their_own_columns() -> None:
    assert (Line(date(2026, 1, 1), "", 5, 5).coins_in, Line(date(2026, 1, 1), "", 5, 5).coins_out) == (5, None)
    assert (Line(date(2026, 1, 1), "", -5, 0).coins_in, Line(date(2026, 1, 1), "", -5, 0).coins_out) == (None, -5)


@pytest.mark.parametrize(("language", "forward"), [(EN, "Carried forward"), (ZH, "过次页")])
def test_paper_gets_heads_and_forward_lines_the_screen_one_run(language: str, forward: str) -> None:
    html = page(
        "components/passbook.html", language, sheets=sheets(entries(30), opening=0), holder="Lin", number="0217"
    )
    assert html.count("<h2") == 1
    assert html.count('class="sheet"') == 2
    assert html.count(forward) == 1
    assert html.count('<tr class="onlyprint"') == 15
    assert html.count('class="seal"') == 1
    assert "+60" in html
