"""Every kind of line reads well in both languages, and a correction of a closed month names that month."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from communities.actors import Actor
from core.sources import SourceLine
from ledger.choices import EntryKind
from ledger.models import Book, JournalEntry
from ledger.selectors import Line
from papers.selectors.passbook import Row
from papers.services.statements import make_statements
from papers.wording import item_text
from tasks.services import reversing, verification
from tests.factories.hours import make_hours
from tests.factories.people import NOW
from tests.factories.tasks import make_rule

BUNS = SourceLine("送馒头", "Steamed buns", service_date=date(2026, 10, 18), minutes=60, person="林秀英")
GIFT = SourceLine("生日快乐", "Happy birthday")
EARLIER = SourceLine("2025年12月1日及以前存入", "paid in by 1 Dec 2025")
MOVE = SourceLine("家庭户0001 → 家庭户0002", "Household 0001 → Household 0002", service_date=date(2026, 11, 22))

# kind, ±, source: the item in English and in Chinese, and the time given.
ITEMS = [
    (EntryKind.HOURS, 60, BUNS, "18 Oct Steamed buns", "10月18日 送馒头", 60),
    (EntryKind.REQUESTER_PAYMENT, 60, BUNS, "18 Oct Steamed buns", "10月18日 送馒头", 60),
    (EntryKind.SEAT, -40, BUNS, "18 Oct Steamed buns", "10月18日 送馒头", None),
    (EntryKind.REDEMPTION, -45, BUNS, "Redeemed · 18 Oct Steamed buns", "已兑换·10月18日 送馒头", None),
    (EntryKind.GIFT, 5, GIFT, "Gift · Happy birthday", "赠送·生日快乐", None),
    (EntryKind.OPENING_BALANCE, 80, None, "Opening balance", "期初余额", None),
    (EntryKind.HOUSEHOLD_MOVE, 10, MOVE, "Moved between household wallets · Household 0001 → Household 0002",
     "家庭账户间划转·家庭户0001 → 家庭户0002", None),
    (EntryKind.EXPIRY, -100, EARLIER, "Coins expired · paid in by 1 Dec 2025", "过期·2025年12月1日及以前存入", None),
    (EntryKind.WRITE_OFF, 20, None, "Recovery written off", "补扣核销", None),
    (EntryKind.RECOVERY_REPAID, -30, BUNS, "Recovery repaid · 18 Oct Steamed buns", "补扣·10月18日 送馒头", None),
    (EntryKind.RECOVERY_ADVANCE, 30, BUNS, "Recovery advanced · 18 Oct Steamed buns", "冲正垫付·10月18日 送馒头", None),
    (EntryKind.REVERSAL, -60, BUNS, "Reversal · 18 Oct Steamed buns", "冲正·10月18日 送馒头", None),
    (EntryKind.REVERSAL, 45, BUNS, "Reversal · 18 Oct Steamed buns", "冲正·10月18日 送馒头", None),
    (EntryKind.REVERSAL, 100, EARLIER, "Reversal · paid in by 1 Dec 2025", "冲正·2025年12月1日及以前存入", None),
]  # fmt: skip


def row(kind: EntryKind, delta: int, source: SourceLine | None) -> Row:
    return Row(Line(1, delta, 500, 7, "x:1", kind, date(2026, 11, 22), NOW, 2, None), source)


@pytest.mark.parametrize(("kind", "delta", "source", "english", "chinese", "minutes"), ITEMS)
def test_the_item(
    kind: EntryKind, delta: int, source: SourceLine | None, english: str, chinese: str, minutes: int | None
) -> None:
    said = row(kind, delta, source)
    with time_machine.travel(NOW, tick=False):
        with translation.override("en"):
            assert item_text(said) == english
        with translation.override("zh-hans"):
            assert item_text(said) == chinese
    assert said.minutes == minutes


@pytest.mark.parametrize("kind", EntryKind)
def test_no_kind_is_without_words(kind: EntryKind) -> None:
    with translation.override("zh-hans"):
        assert str(kind.label).isascii() is False
    with translation.override("en"):
        assert str(kind.label).isascii()


@pytest.mark.django_db
def test_a_correction_lands_in_the_open_month_and_names_the_old_one(
    lin: Actor, zhou: Actor, wang: Actor, client_for: Callable[[Actor], Client]
) -> None:
    make_rule(lin.community)
    buns = datetime(2026, 10, 18, 1, 0, tzinfo=UTC)
    record = make_hours(lin, now=buns + timedelta(hours=3), starts_at=buns)
    verification.verify(actor=zhou, record_id=record.pk, now=buns + timedelta(hours=4))
    make_statements(community=lin.community, month=date(2026, 10, 1), now=datetime(2026, 11, 1, 3, 0, tzinfo=UTC))
    assert Book.objects.get(pk=lin.community.book_id).closed_through == date(2026, 10, 31)

    reversing.ask_reversal(actor=zhou, record_id=record.pk, reason="重复登记", now=NOW)
    reversing.reverse_record(actor=wang, record_id=record.pk, now=NOW)
    assert JournalEntry.objects.get(kind=EntryKind.REVERSAL).booked_date == date(2026, 11, 22)
    december = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
    make_statements(community=lin.community, month=date(2026, 11, 1), now=december)
    with time_machine.travel(december, tick=False):
        for address in ("passbook/?month=2026-11", "statements/2026-11/"):
            page = client_for(lin).get(f"/c/jinshan/{address}", headers={"accept-language": "en"}).content.decode()
            assert "Reversal" in page
            assert "18 Oct <span" in page, f"{address} names the day of service"
        page = client_for(lin).get("/c/jinshan/statements/2026-10/", headers={"accept-language": "en"}).content.decode()
        assert "Reversal" not in page, "what was stated stays as it was"
