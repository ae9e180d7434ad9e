"""A list of opening balances is read whatever file it comes in, or refused as a whole."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from unittest import mock

import pytest
from django.core.management import CommandError
from openpyxl import Workbook

from communities.opening_rows import same_name
from core import tables
from ledger.models import JournalEntry
from tests.communities.lists import HEADING, as_csv, as_xlsx, balances

pytestmark = pytest.mark.django_db
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TEXTS_PART = (
    b'<Override PartName="/xl/sharedStrings.xml"'
    b' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_reads_csv_as_windows_and_others_write_it(encoding, people, bring, tmp_path, two):
    rows = [[people[0].member_number, "何玉珍", "1,260"], [people[2].member_number, "欧阳　娜 ", "１２"]]
    bring(as_csv(tmp_path / "名单.csv", rows, encoding), *two)
    assert balances(people) == [1260, 0, 12, 0, 0]


def test_reads_a_workbook_below_its_title(people, bring, tmp_path):
    rows = [[int(people[0].member_number), "何玉珍", 60.0, "旧存折"], [people[3].member_number, "ANNA SMITH", "7.5"]]
    _said, errors = bring(as_xlsx(tmp_path / "list.xlsx", rows))
    assert balances(people) == [60, 0, 0, 0, 0]
    assert [(row[0], row[3]) for row in errors] == [("5", "7.5")]


@pytest.mark.parametrize(
    "heading", ["编号,姓名,余额", "Member No.,Full name,Opening balance", "户号;姓名;时间币（个）"]
)
def test_knows_the_columns_by_many_names(heading, people, bring, tmp_path):
    comma = ";" if ";" in heading else ","
    file = tmp_path / "list.csv"
    file.write_text(f"{heading}\n{comma.join([people[0].member_number, '何玉珍', '8'])}\n")
    bring(file)
    assert balances(people)[0] == 8


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"a,b,c\n1,2,3\n", "needs a heading"),
        ("会员号,姓名,时间币,余额\n".encode(), "Two columns"),
        (b"", "needs a heading"),
        (b"\xff\xfe\xff\xff\xff", "cannot be read"),
        (b"PK\x03\x04 broken", "needs a heading"),
        (b"\0" * 100, "cannot be read"),
    ],
)
def test_a_file_that_is_no_list_is_refused_as_a_whole(content, why, people, bring, tmp_path):
    file = tmp_path / "list.csv"
    file.write_bytes(content)
    with pytest.raises(CommandError, match=why):
        bring(file)
    assert not JournalEntry.objects.exists()


def test_a_zip_that_grows_beyond_measure_is_not_unpacked(people, bring, tmp_path):
    file = as_xlsx(tmp_path / "bomb.xlsx", [])
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/sharedStrings2.xml", b"0" * (tables.MOST_UNPACKED_PART + 1))
    assert file.stat().st_size < 100_000
    with pytest.raises(CommandError, match="too large"):
        bring(file)


def test_a_sheet_that_claims_a_million_rows_ends_where_its_rows_end(people, bring, tmp_path):
    book = Workbook()
    book.active.append(HEADING)
    book.active.append([people[0].member_number, "何玉珍", 5])
    book.active.cell(row=1_000_000, column=16_000, value="x")
    book.save(tmp_path / "wide.xlsx")
    bring(tmp_path / "wide.xlsx")
    assert balances(people)[0] == 5


def test_more_rows_than_the_limit_are_refused(people, tmp_path):
    with mock.patch.object(tables, "MOST_ROWS", 2), pytest.raises(tables.TableTooLarge):
        list(tables.read(as_csv(tmp_path / "list.csv", [["1", "x", "1"]] * 3)))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("欧阳 娜", "欧阳娜", True),
        ("Ａｎｎａ　Smith", "anna smith", True),
        ("阿依古丽·买买提", "阿依古丽•买买提", True),
        ("何玉珍", "何玉珎", False),
        ("", "何玉珍", False),
    ],
)
def test_when_two_names_are_one(one, other, same):
    assert same_name(one, other) is same


def test_100_000_rows_fit_in_little_memory(tmp_path):
    """Reading alone, in a process of its own, as its peak counts: texts of a workbook are what costs most."""
    file = as_xlsx(tmp_path / "big.xlsx", [])
    with zipfile.ZipFile(file) as small:
        parts = {name: small.read(name) for name in small.namelist()}
    parts["xl/worksheets/sheet1.xml"] = sheet_of(100_000).encode()
    parts["xl/sharedStrings.xml"] = texts_of(100_000).encode()
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", TEXTS_PART + b"</Types>")
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as big:
        for name, content in parts.items():
            big.writestr(name, content)
    code = (
        "import sys, django; django.setup()\n"
        "from pathlib import Path; from core import tables; from communities.opening_rows import read_openings\n"
        "print(sum(1 for _ in read_openings(tables.read(Path(sys.argv[1])))))\n"
        # Not ru_maxrss: Linux counts in it the process that started this one.
        "print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    )
    done = subprocess.run([sys.executable, "-c", code, file], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    rows, peak_kib = map(int, done.stdout.split())
    assert rows == 100_000
    assert peak_kib < 300 * 1024


def texts_of(rows: int) -> str:
    """The heading's texts, then a name and a note of each row, all different: the most that memory must hold."""
    texts = [*HEADING, *(f"{kind}{at}" for at in range(rows) for kind in ("居民", "备注"))]
    return f'<sst xmlns="{MAIN}">' + "".join(f"<si><t>{text}</t></si>" for text in texts) + "</sst>"


def sheet_of(rows: int) -> str:
    heading = "".join(f'<c t="s"><v>{at}</v></c>' for at in range(4))
    lines = (
        f'<row><c><v>{at + 1}</v></c><c t="s"><v>{4 + 2 * at}</v></c><c><v>{at}</v></c>'
        f'<c t="s"><v>{5 + 2 * at}</v></c></row>'
        for at in range(rows)
    )
    return f'<worksheet xmlns="{MAIN}"><sheetData><row>{heading}</row>{"".join(lines)}</sheetData></worksheet>'
