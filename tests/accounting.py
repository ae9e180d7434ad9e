"""What hledger and beancount say of an export, and what they read in it."""

import csv
import io
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from ledger import selectors
from ledger.choices import AccountKind
from ledger.models import Account, Book
from reports.journals import Beancount, Format, Hledger, Place, Writer
from reports.services.exporting import Period, export

WRITERS: dict[Format, Writer] = {Format.HLEDGER: Hledger(), Format.BEANCOUNT: Beancount()}
BOTH = (Format.HLEDGER, Format.BEANCOUNT)
ALL = Period()


def program(name: str) -> str:
    """Where one of the programs is. CI requires them; elsewhere the test says loudly what is missing."""
    found = shutil.which(name)
    if found is None and os.environ.get("ACCOUNTING_REQUIRED") == "1":
        pytest.fail(f"{name} is required here (Debian: apt install hledger beancount)")
    if found is None:
        pytest.skip(f"NO {name.upper()}: exports are not proved on this machine (apt install hledger beancount)")
    return found


def run(name: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"LC_ALL": "C", "HOME": "/nonexistent"}
    return subprocess.run([program(name), *arguments], capture_output=True, text=True, timeout=120, env=env)


def verdict(form: Format, file: Path) -> str:
    """What the program has against a file; "" when it accepts it."""
    if form is Format.HLEDGER:
        done = run("hledger", "-f", file, "check", "--strict", "ordereddates")
    else:
        done = run("bean-check", "--no-cache", file)
    return done.stdout + done.stderr if done.returncode else ""


def balances_there(form: Format, file: Path) -> dict[str, int]:
    """What the program reads: account → coins, debit +."""
    if form is Format.HLEDGER:
        done = run("hledger", "-f", file, "bal", "--flat", "-E", "-N", "-O", "csv")
    else:
        query = "SELECT account, sum(number) AS coins GROUP BY account"
        done = run("bean-query", "-f", "csv", file, query)
    assert done.returncode == 0, done.stderr
    rows = list(csv.reader(io.StringIO(done.stdout)))[1:]
    return {name.strip(): int(amount.replace("COIN", "").strip() or 0) for name, amount in rows}


def balances_here(form: Format, book: Book) -> dict[str, int]:
    """The same from our stored balances and checkpoints."""
    accounts = {one.pk: one for one in Account.objects.filter(book=book)}
    found = selectors.balances(accounts)
    name = WRITERS[form].name  # type: ignore[attr-defined]
    return {name(Place(AccountKind(one.kind), one.number)): -found[pk].balance for pk, one in accounts.items()}


def written(form: Format, book: Book, folder: Path, period: Period = ALL) -> Path:
    file = folder / f"book.{form.suffix}"
    file.write_text("".join(export(book=book, form=form, title="test", period=period)))
    return file


def agree(form: Format, book: Book, file: Path) -> None:
    there, here = balances_there(form, file), balances_here(form, book)
    assert {name: coins for name, coins in there.items() if coins} == {n: c for n, c in here.items() if c}
    assert any(here.values())
