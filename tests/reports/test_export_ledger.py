"""Exports that hledger and beancount accept, with the balances that are ours; a changed one they refuse."""

import csv
import io
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from communities.actors import Actor
from communities.models import Community
from ledger.choices import AccountKind, EntryKind
from ledger.models import Account
from ledger.services import books, holds, reversals, statements
from ledger.services.transfers import transfer
from reports.journals import Format
from reports.services.exporting import Period, export
from tests import accounting
from tests.accounting import agree, balances_there, verdict, written
from tests.factories.rewards import give_coins
from tests.ledger.conftest import CHEN, NOW, ZHOU, World, build_world

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)
BOTH = pytest.mark.parametrize("form", accounting.BOTH)


@pytest.fixture
def busy() -> World:
    """Three months with every kind of entry, two of them stated; one account's number needs care."""
    world = build_world()
    partner = build_world()
    books.open_clearing(book_id=world.book.pk, partner_id=partner.book.pk, now=NOW)
    shop = books.open_account(book_id=world.book.pk, kind=AccountKind.MERCHANT, number="east; 东 (2)", now=NOW).pk
    capped, one, two = world.wallet(cap=100), NOW - 70 * DAY, NOW - 40 * DAY
    world.post(EntryKind.OPENING_BALANCE, world.opening, world.lin, 900, now=one)
    world.earn(world.lin, 60, "hour:1", now=one)
    world.earn(capped, 130, "hour:2", now=one)  # 30 of it over the cap, to the fund
    world.earn(world.mei, 60, "hour:3", now=one)
    world.spend(world.mei, 50, now=one + DAY)
    asked = reversals.ask(book_id=world.book.pk, reference="hour:3", reason="twice", actor_id=ZHOU, now=two)
    reversals.confirm(request_id=asked.pk, actor_id=CHEN, now=two)  # 50 advanced, 60 mirrored
    world.earn(world.mei, 30, "hour:4", now=two)  # repaid at once
    world.post(EntryKind.WRITE_OFF, world.fund, recovery_of(world.mei), 5, now=two)
    world.post(EntryKind.REQUESTER_PAYMENT, world.lin, capped, 12, now=two)
    world.give(world.lin, world.fund, 40, now=two)
    world.post(EntryKind.VOUCHER, world.lin, world.wu, 15, now=NOW)
    world.post(EntryKind.SETTLEMENT, world.wu, world.settled, 10, now=NOW)
    world.post(EntryKind.EXPIRY, world.lin, world.expired, 20, now=NOW)
    world.post(EntryKind.SEAT, world.lin, world.redeemed, 40, now=NOW)
    world.post(EntryKind.VOUCHER, world.lin, shop, 4, now=NOW)
    transfer(reference="transfer:1", payer_id=world.lin, payee_id=partner.mei, amount=25, actor_id=ZHOU, now=NOW)
    world.post(EntryKind.HOUSEHOLD_MOVE, world.lin, world.wallet(), 5, 'move:"1"; \\ x', now=NOW)
    held = world.hold(world.lin, 30, "redemption:1")
    world.spend(world.lin, 30, "redemption:1", hold_id=held, now=NOW)
    holds.release(hold_ids=[world.hold(world.lin, 3)], now=NOW)
    for month in (SEPTEMBER, OCTOBER):
        statements.close_and_state(book_id=world.book.pk, month=month, now=NOW)
    return world


def recovery_of(wallet: int) -> int:
    found = Account.objects.get(pk=wallet).recovery_id
    assert found is not None
    return found


def test_the_book_has_every_kind_of_entry(busy: World) -> None:
    """So that what follows is said of all of them."""
    text = "".join(export(book=busy.book, form=Format.CSV, title="test"))
    rows = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))
    assert {row["kind"] for row in rows} == {kind.name.lower().replace("_", " ") for kind in EntryKind}


@BOTH
def test_the_program_accepts_it_with_our_balances(form: Format, busy: World, tmp_path: Path) -> None:
    file = written(form, busy.book, tmp_path)
    assert verdict(form, file) == ""
    agree(form, busy.book, file)


@BOTH
def test_each_month_is_asserted_for_kept_and_insert_only_accounts(form: Format, busy: World) -> None:
    text = "".join(export(book=busy.book, form=form, title="test"))
    end = "2026-10-31 balances\n" if form is Format.HLEDGER else "2026-11-01 balance "
    month_end = text[text.index(end) : text.index("voucher")]
    for account in ("Liabilities:Wallet:LIN", "Liabilities:Wallet:MEI", "Liabilities:Fund:", "Equity:Issuance"):
        assert account in month_end
    assert "Income:Redeemed" not in month_end  # it did not move in October


@BOTH
@pytest.mark.parametrize(
    ("found", "instead"),
    [
        (r"  900 COIN\n(.+)  -900 COIN", r"  901 COIN\n\1  -901 COIN"),  # a line of another amount
        (r"(Wallet:LIN)  -60 COIN", r"Wallet:MEI  -60 COIN"),  # in another's wallet
        (r"(\d{4}-10-\d\d .*\n(?: .+\n)+)\n", r"\1\n\1\n"),  # twice
        (r"\d{4}-11-\d\d .*\n(?: .+\n)+\n", ""),  # not at all
        (r"  -60 COIN", "  -59 COIN"),  # not balanced
    ],
)
def test_a_changed_export_is_refused(form: Format, found: str, instead: str, busy: World, tmp_path: Path) -> None:
    file = written(form, busy.book, tmp_path)
    changed, count = re.subn(found, instead, file.read_text(), count=1)
    assert count == 1
    file.write_text(changed)
    assert verdict(form, file) != ""


@BOTH
def test_a_period_begins_with_what_was_brought_forward(form: Format, busy: World, tmp_path: Path) -> None:
    file = written(form, busy.book, tmp_path, Period(first=date(2026, 10, 1)))
    assert verdict(form, file) == ""
    agree(form, busy.book, file)
    assert "hour:1" not in file.read_text()


@BOTH
def test_a_period_ends_with_the_balances_of_its_last_day(form: Format, busy: World, tmp_path: Path) -> None:
    file = written(form, busy.book, tmp_path, Period(last=date(2026, 9, 30)))
    assert verdict(form, file) == ""
    there = balances_there(form, file)
    assert there["Liabilities:Wallet:LIN"] == -960
    assert there["Equity:Opening"] == 900
    assert "voucher" not in file.read_text()


@BOTH
def test_an_empty_book_is_a_journal_too(form: Format, tmp_path: Path) -> None:
    file = written(form, build_world().book, tmp_path, Period(date(2026, 1, 1), date(2026, 12, 31)))
    assert verdict(form, file) == ""


@BOTH
def test_numbers_that_look_alike_stay_apart(form: Format, tmp_path: Path) -> None:
    world = build_world()
    numbers = ["fund", "Fund", "N-fund", "n fund", "n  fund", "a:b", "a~3a~b", "a-3a-b", "东", "R1", "1", "-", "_.x"]
    for at, number in enumerate(numbers, start=1):
        wallet = books.open_account(
            book_id=world.book.pk, kind=AccountKind.WALLET, number=f"{number}" if number != "fund" else "fund.", now=NOW
        )
        world.earn(wallet.pk, at)
    file = written(form, world.book, tmp_path)
    assert verdict(form, file) == ""
    agree(form, world.book, file)


def test_a_table_has_no_formula(busy: World) -> None:
    busy.earn(busy.lin, 1, "=HYPERLINK(1)")
    text = "".join(export(book=busy.book, form=Format.CSV, title="test"))
    assert "'=HYPERLINK(1)" in text
    assert all(cell[:1] not in "=+-@" or not cell for row in csv.reader(io.StringIO(text)) for cell in row)


def test_the_command_writes_a_whole_file_or_none(
    lin: Actor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    give_coins(lin.resident, 70)
    file = tmp_path / "out.journal"
    call_command("export_ledger", "--community", "jinshan", "--format", "hledger", "--output", str(file))
    call_command("export_ledger", "--community", "jinshan", "--format", "hledger")
    assert file.read_text() == capsys.readouterr().out
    assert verdict(Format.HLEDGER, file) == ""
    assert list(tmp_path.iterdir()) == [file]
    assert lin.resident is not None
    assert lin.resident.full_name not in file.read_text()
    with pytest.raises(CommandError, match="no community"):
        call_command("export_ledger", "--community", "nowhere", "--format", "hledger")


def test_a_place_that_cannot_be_written_is_named(jinshan: Community, tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "file").touch()
    said = {
        "nowhere/x": f"There is no folder {tmp_path}/nowhere.",
        "file/x": f"There is no folder {tmp_path}/file.",
        "taken": f"{tmp_path}/taken cannot be written: Is a directory.",
        "n" * 300: "cannot be written: File name too long.",
    }
    for name, sentence in said.items():
        with pytest.raises(CommandError) as refused:
            call_command(
                "export_ledger", "--community", jinshan.slug, "--format", "hledger", "--output", str(tmp_path / name)
            )
        assert str(refused.value).endswith(sentence)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["file", "taken"]


def test_managers_and_auditors_fetch_it(
    lin: Actor, chen: Actor, zhou: Actor, client_for: Callable[[Actor], Client]
) -> None:
    give_coins(lin.resident, 70)
    url = reverse("reports:journal_file", args=["jinshan"])
    answer = client_for(chen).get(url, {"format": "beancount", "from": "2026-01-01"})
    assert "attachment" in answer["Content-Disposition"]
    assert "Liabilities:Wallet:" in b"".join(answer.streaming_content).decode()
    assert client_for(zhou).get(url).status_code == 403
    wrong = client_for(chen).get(url, {"format": "pdf", "from": "2026-02-31"})
    assert wrong.status_code == 200
    assert wrong.context["form"].errors.keys() == {"format", "from"}


@BOTH
def test_a_year_of_a_book_costs_the_same_queries_as_a_month(
    form: Format, busy: World, jinshan: Community, django_assert_max_num_queries: Callable[..., object]
) -> None:
    for at in range(500):
        busy.earn(busy.lin, 1, f"many:{at}")
    with django_assert_max_num_queries(12):  # type: ignore[attr-defined]
        text = "".join(export(book=busy.book, form=form, title="test"))
    assert text.count("many:") == 500
