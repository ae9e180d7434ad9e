"""Whatever people type, no cell of an auditor's file runs, in CSV or XLSX; the header speaks the reader's language."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import User
from communities.actors import Actor
from communities.models import Resident
from core.export import DANGEROUS, INVISIBLE
from tasks.models import HourRecord
from tests.core.test_export import PAYLOADS
from tests.reports.conftest import ClientFor, Lived

pytestmark = pytest.mark.django_db
HOSTILE = PAYLOADS[::7]
MONTH = {"first": "2026-11", "last": "2026-11"}


def addresses(lived: Lived) -> dict[str, tuple[str, dict[str, str]]]:
    """Every file, by what it holds."""
    here = [lived.book.pk]
    return {
        "trial": (reverse("admin:ledger_book_change", args=here), {}),
        "entries": (reverse("admin:ledger_journalentry_changelist"), {}),
        "reversals": (reverse("admin:ledger_book_reversals", args=here), MONTH),
        "recoveries": (reverse("admin:ledger_book_recoveries", args=here), MONTH),
        "pairs": (reverse("admin:ledger_book_pairs", args=here), MONTH),
        "reversal pairs": (reverse("admin:ledger_book_pairs", args=here), MONTH | {"of": "reversals"}),
        "sample": (
            reverse("admin:ledger_book_sample", args=here),
            MONTH | {"number": "50", "seed": "N999999999-X"},
        ),
        "public list": (reverse("reports:public_list", args=["jinshan"]), {"month": "2026-11"}),
    }


def cells(client: Client, url: str, asked: dict[str, str], form: str) -> list[Any]:
    """The texts of a file, CSV or workbook."""
    answer = client.get(url, {**asked, "as": form}, headers={"Accept-Language": "en"})
    content = b"".join(answer.streaming_content)
    if form == "csv":
        rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        return [cell for row in rows for cell in row]
    sheet = load_workbook(io.BytesIO(content)).active
    assert all(cell.data_type != "f" for row in sheet.rows for cell in row)
    return [cell.value for row in sheet.rows for cell in row if isinstance(cell.value, str)]


def is_number(text: str) -> bool:
    return text.removeprefix("-").isdecimal()


@pytest.mark.parametrize("payload", HOSTILE)
def test_no_cell_of_any_file_runs(payload: str, lived: Lived, chen: Actor, zhou: Actor, client_for: ClientFor) -> None:
    User.objects.filter(pk__in=[zhou.user_id, lived.second.user_id]).update(display_name=payload)
    Resident.objects.all().update(full_name=payload, address_form=payload[:20])
    HourRecord.objects.all().update(title_zh=payload, title_en=payload)
    client = client_for(chen)
    hostile = 0
    for name, (url, asked) in addresses(lived).items():
        for form in ("csv", "xlsx"):
            found = cells(client, url, asked, form)
            assert len(found) > 5, name
            hostile += sum(payload[:20].strip() in text for text in found)
            live = [text for text in found if text.lstrip(INVISIBLE).startswith(DANGEROUS) and not is_number(text)]
            assert live == [], (name, form)
    assert hostile >= 12  # something that could have run was there


@pytest.mark.parametrize("name", ["trial", "entries", "reversals", "recoveries", "pairs", "sample", "public list"])
def test_headers_speak_the_readers_language(name: str, lived: Lived, chen: Actor, client_for: ClientFor) -> None:
    url, asked = addresses(lived)[name]
    answer = client_for(chen).get(url, {**asked, "as": "csv"}, headers={"Accept-Language": "zh-hans"})
    header = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()[0]
    assert not any(letter.isascii() and letter.isalpha() for letter in header), header
