"""Opening balances from a list: good rows once, bad ones named by row, whatever the file is."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from openpyxl import Workbook

from communities.actors import Actor
from communities.choices import Role
from communities.models import BalanceImport, Community, HouseholdMember, Resident
from communities.opening_rows import Opening, same_name
from communities.services import opening
from communities.services.opening import bring_over
from core import tables
from core.clock import local_date
from core.errors import NotAllowed
from ledger.choices import EntryKind
from ledger.models import JournalEntry
from ledger.selectors import outstanding
from tests.factories.people import NOW, make_actor, make_resident
from tests.factories.rewards import coins_of

pytestmark = pytest.mark.django_db
NAMES = ("何玉珍", "张建国", "欧阳 娜", "Anna Smith", "阿依古丽·买买提")
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TEXTS_PART = (
    b'<Override PartName="/xl/sharedStrings.xml"'
    b' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
)
HEADING = ["会员号", "姓名", "时间币", "备注"]


@pytest.fixture
def people(jinshan: Community) -> list[Resident]:
    return [make_resident(jinshan, name) for name in NAMES]


@pytest.fixture
def two(jinshan: Community) -> tuple[str, str]:
    """The option that names a second manager."""
    return "--second-manager", str(make_actor(jinshan, "李建华", Role.MANAGER, resident=False).user.phone)


@pytest.fixture
def bring(
    wang: Actor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[str, list[list[str]]]]:
    """Run the command over a list for manager wang; answers what it said and the rows of its errors file."""

    def run(file: Path | list[list[object]], *options: str, manager: Actor = wang) -> tuple[str, list[list[str]]]:
        ended: list[int] = []
        path = file if isinstance(file, Path) else as_csv(tmp_path / "list.csv", file)
        words = ["--community", manager.community.slug, "--manager", str(manager.user.phone), "--language", "en"]
        try:
            call_command("import_balances", str(path), *words, *options)
        except SystemExit:
            ended.append(1)
        errors = path.with_name(f"{path.name}.errors.csv")
        rows = list(csv.reader(io.StringIO(errors.read_text("utf-8-sig")))) if errors.exists() else []
        assert bool(ended) == any(row[4] for row in rows[1:])  # exit code 1 where a row was refused
        return capsys.readouterr().out, rows[1:]

    return run


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


def test_brings_each_balance_over_once(people, bring, wang, two):
    rows = [[one.member_number, one.full_name, 100 * at] for at, one in enumerate(people, start=1)]
    said, errors = bring(rows, *two)
    assert balances(people) == [100, 200, 300, 400, 500]
    assert errors == []
    assert "5 brought over, 1500 coins in all" in said
    entry = JournalEntry.objects.get(reference=f"opening:{people[0].member_number}")
    assert (entry.kind, entry.actor_id, entry.debit.number) == (EntryKind.OPENING_BALANCE, wang.user_id, "opening")
    assert outstanding(wang.community.book_id).opening == 1500
    said, _ = bring(rows, *two)
    assert "0 brought over" in said
    assert "5 were brought over before" in said
    assert balances(people) == [100, 200, 300, 400, 500]
    first, second = BalanceImport.objects.order_by("pk")
    assert (first.manager, first.rows, first.posted, first.coins) == (wang.user, 5, 5, 1500)
    assert (second.posted, second.finished_at is not None) == (0, True)


def test_a_dry_run_says_what_would_happen_and_writes_nothing(people, bring):
    rows = [[people[0].member_number, people[0].full_name, 70], ["9999", "无此人", 5]]
    said, errors = bring(rows, "--dry-run")
    assert "1 would be brought over, 70 coins in all" in said
    assert [row[0] for row in errors] == ["3"]
    assert balances(people) == [0] * 5
    assert not BalanceImport.objects.exists()


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
    ("row", "why"),
    [
        (["9999", "何玉珍", 5], "Nobody here has this member number"),
        (["", "何玉珍", 5], "no member number"),
        (["{number}", "何玉真", 5], "The name is not the one"),
        (["{number}", "", 5], "The name is not the one"),
        (["{number}", "何玉珍", "12.5"], "not a whole number"),
        (["{number}", "何玉珍", ""], "not a whole number"),
        (["{number}", "何玉珍", "十二"], "not a whole number"),
        (["{number}", "何玉珍", -3], "below zero"),
        (["{number}", "何玉珍", 10**13], "too many coins"),
    ],
)
def test_names_what_is_wrong_by_row_and_brings_the_others_over(row, why, people, bring):
    bad = [str(cell).format(number=people[0].member_number) for cell in row]
    _said, errors = bring([[people[1].member_number, "张建国", 5], bad])
    assert balances(people) == [0, 5, 0, 0, 0]
    assert [(one[0], one[4]) for one in errors] == [("3", "x")]
    assert why in errors[0][5]


def test_a_member_twice_counts_once(people, bring):
    number = people[0].member_number
    _said, errors = bring([[number, "何玉珍", 5], [number.lstrip("0"), "何玉珍", 5]])
    assert balances(people)[0] == 5
    assert [one[0] for one in errors] == ["3"]


def test_another_amount_for_the_same_member_is_refused_and_named(people, bring):
    number = people[0].member_number
    bring([[number, "何玉珍", 5]])
    _said, errors = bring([[number, "何玉珍", 6], [people[1].member_number, "张建国", 5]])
    assert balances(people) == [5, 5, 0, 0, 0]
    assert errors[0][:4] == ["2", number, "何玉珍", "6"]
    assert "5 coins were brought over for this member before" in errors[0][5]


def test_who_was_brought_over_by_somebody_else_meanwhile_is_named(people, wang):
    """Both looked before either posted: the ledger refuses the second amount, and the other rows go on."""
    rows = [Opening(2, people[0].member_number, "何玉珍", 5), Opening(3, people[1].member_number, "张建国", 7)]
    list(bring_over(actor=wang, rows=rows[:1], now=NOW))
    changed = [Opening(2, people[0].member_number, "何玉珍", 6), rows[1]]
    blind = mock.patch.object(opening._Known, "about", side_effect=_seeing_nothing(opening._Known.about))
    with blind:
        outcomes = list(bring_over(actor=wang, rows=changed, now=NOW))
    assert [(one.posted, one.refused) for one in outcomes] == [(0, 1), (1, 0)]
    assert balances(people)[:2] == [5, 7]


def test_a_dry_run_writes_nothing_also_row_by_row(people, wang):
    """A chunk that is refused as a whole is gone through row by row, and still dry."""
    rows = [Opening(2, people[0].member_number, "何玉珍", 5), Opening(3, people[1].member_number, "张建国", 7)]
    with mock.patch.object(opening, "wallet_ids_on", side_effect=_refusing_once(opening.wallet_ids_on)):
        outcomes = list(bring_over(actor=wang, rows=rows, now=NOW, dry_run=True))
    assert [one.posted for one in outcomes] == [1, 1]
    assert balances(people)[:2] == [0, 0]


def _refusing_once(found):
    refusals = [opening.NoWallet()]

    def wallets(*args):
        if refusals:
            raise refusals.pop()
        return found(*args)

    return wallets


def _seeing_nothing(about):
    def blind(*args):
        known = about(*args)
        known.amounts.clear()
        return known

    return blind


def test_above_the_wallet_cap_is_allowed_and_said(people, bring, jinshan, two):
    cap = jinshan.settings.wallet_cap_coins
    _said, errors = bring([[people[0].member_number, "何玉珍", cap + 1]], *two)
    assert balances(people)[0] == cap + 1
    assert [one[4] for one in errors] == [""]
    assert "above its limit" in errors[0][5]


def test_a_household_wallet_takes_its_members_rows(xincheng, bring):
    manager = make_actor(xincheng, "新城负责人", Role.MANAGER, resident=False)
    one = make_resident(xincheng, "何玉珍")
    household = HouseholdMember.objects.get(resident=one).household
    two = make_resident(xincheng, "张建国")
    HouseholdMember.objects.filter(resident=two).delete()
    HouseholdMember.objects.create(
        household=household, resident=two, starts_date=local_date(NOW, xincheng.time_zone).replace(day=1)
    )
    bring([[one.member_number, "何玉珍", 30], [two.member_number, "张建国", 12]], manager=manager)
    household.wallet.refresh_from_db()
    assert household.wallet.balance == 42


def test_nobody_brings_coins_over_for_themselves(jinshan, people, bring):
    manager = make_actor(jinshan, "李负责", Role.MANAGER)
    rows = [[manager.resident.member_number, "李负责", 50], [people[0].member_number, "何玉珍", 5]]
    _said, errors = bring(rows, manager=manager)
    assert coins_of(manager.resident)[0] == 0
    assert balances(people)[0] == 5
    assert "for themselves" in errors[0][5]


def test_who_left_is_refused(people, bring):
    people[0].left_at = NOW
    people[0].save()
    _said, errors = bring([[people[0].member_number, "何玉珍", 5]])
    assert "has left" in errors[0][5]


def test_only_a_manager_answers_for_it(people, zhou, bring):
    with pytest.raises(CommandError, match="no manager"):
        bring([[people[0].member_number, "何玉珍", 5]], manager=zhou)
    with pytest.raises(NotAllowed):
        bring_over(actor=zhou, rows=[], now=NOW)


def test_the_errors_file_has_no_formula(people, bring):
    _said, errors = bring([["=1+1", "＝cmd|'/c calc'", "@SUM(1)"]])
    assert [cell[:1] for cell in errors[0][1:4]] == ["'"] * 3


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


def test_costs_the_same_queries_for_3_rows_as_for_1(people, wang, django_assert_num_queries):
    rows = [Opening(at, one.member_number, one.full_name, 5) for at, one in enumerate(people)]
    list(bring_over(actor=wang, rows=rows[:1], now=NOW))
    with django_assert_num_queries(7):
        list(bring_over(actor=wang, rows=rows[1:2], now=NOW))
    with django_assert_num_queries(7):
        list(bring_over(actor=wang, rows=rows[2:], now=NOW))


def test_speaks_the_managers_language(people, bring, wang):
    wang.user.language = "zh-hans"
    wang.user.save()
    _said, errors = bring([["9999", "何玉珍", 5]], "--language", "zh-hans")
    assert errors[0][5] == "这里没有这个户号的人，请先给他们登记。"


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


def test_above_the_limit_two_managers_answer(
    wang: Actor, people: list[Resident], bring: Callable[..., tuple[str, list[list[str]]]], two: tuple[str, str]
) -> None:
    limit = wang.community.settings.two_person_limit_coins
    one, other = ([[each.member_number, each.full_name, limit]] for each in people[:2])
    bring(one)
    for options in ((), ("--second-manager", str(wang.user.phone))):
        with pytest.raises(CommandError, match="two managers" if not options else "another person"):
            bring(other, *options)
    assert balances(people)[:2] == [limit, 0]
    bring(other, *two)
    assert balances(people)[:2] == [limit, limit]
    runs = BalanceImport.objects.order_by("pk").values_list("manager", "second_manager__phone")
    assert list(runs) == [(wang.user_id, None), (wang.user_id, two[1])]


def test_nor_for_the_second_managers_household(
    wang: Actor, people: list[Resident], bring: Callable[..., tuple[str, list[list[str]]]]
) -> None:
    second = make_actor(wang.community, "李建华", Role.MANAGER)
    assert second.resident is not None
    row = [second.resident.member_number, "李建华", 5]
    _said, errors = bring([row], "--second-manager", str(second.user.phone))
    assert "own household" in errors[0][5]


def test_the_database_refuses_one_person_twice(wang: Actor) -> None:
    run = opening.begin_run(actor=wang, file_name="x", file_hash="y", now=NOW)
    run.second_manager = wang.user
    with pytest.raises(IntegrityError, match="balance_import_by_two"):
        run.save()
