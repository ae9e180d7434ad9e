"""Lists of opening balances, as a committee would bring them."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from openpyxl import Workbook

from communities.models import Resident
from tests.factories.rewards import coins_of

HEADING = ["会员号", "姓名", "时间币", "备注"]


def as_csv(path: Path, rows: list[list[object]], encoding: str = "utf-8") -> Path:
    text = io.StringIO()
    csv.writer(text).writerows([HEADING, *rows])
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def as_xlsx(path: Path, rows: list[list[object]]) -> Path:
    book = Workbook()
    for row in [["金山大社区期初表"], [], HEADING, *rows]:
        book.active.append(row)
    book.save(path)
    return path


def balances(people: list[Resident]) -> list[int]:
    return [coins_of(one)[0] for one in people]
