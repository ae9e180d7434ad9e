"""A book with something of everything that an auditor reads, and the same sums reckoned another way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from openpyxl import load_workbook

from communities.actors import Actor
from communities.choices import Role
from communities.services.founding import install_role
from ledger.choices import AccountKind, EntryKind
from ledger.models import Book
from ledger.selectors import system_account_id
from ledger.services.posting import LineRequest, post
from rewards.models import Redemption
from tasks.models import HourRecord
from tasks.services import reversing, verification
from tests.factories.hours import make_hours
from tests.factories.people import make_actor, make_community, make_user
from tests.factories.rewards import make_collected, make_reward
from tests.factories.tasks import make_rule

ClientFor = Callable[[Actor], Client]


@dataclass(frozen=True, slots=True)
class Lived:
    """What happened: three of lin's records (one of them reversed when its coins were gone), one of mei's, rice."""

    book: Book
    records: list[HourRecord]
    mei_record: HourRecord
    reversed_: HourRecord
    redemption: Redemption
    second: Actor


@pytest.fixture
def lived(lin: Actor, mei: Actor, zhou: Actor, wang: Actor, now: datetime) -> Lived:
    """Lin earns 60 + 60 + 120, spends 180, and 120 are reversed: 60 are lent, and the next 30 repay."""
    make_rule(lin.community)
    made = [
        verification.verify(
            actor=zhou,
            record_id=make_hours(lin, now=now, minutes=minutes, starts_at=now - timedelta(days=days)).pk,
            now=now,
        )
        for minutes, days in ((60, 3), (60, 4), (120, 5))
    ]
    rice = make_collected(lin, make_reward(wang, price=180, now=now - timedelta(days=2)), zhou, now=now)
    reversing.ask_reversal(actor=zhou, record_id=made[2].pk, reason="登记错了人", now=now)
    second = make_actor(lin.community, "李建华", Role.MANAGER, resident=False)
    undone = reversing.reverse_record(actor=second, record_id=made[2].pk, now=now)
    later = make_hours(lin, now=now, minutes=30, starts_at=now - timedelta(days=6))
    made.append(verification.verify(actor=zhou, record_id=later.pk, now=now))
    mei_record = verification.verify(actor=wang, record_id=make_hours(mei, now=now, minutes=45).pk, now=now)
    return Lived(Book.objects.get(pk=lin.community.book_id), made, mei_record, undone, rice, second)


@pytest.fixture
def stranger() -> Actor:
    """An auditor of another street's community."""
    return make_actor(make_community("sanjiang", street="zhaozhen"), "外审", Role.AUDITOR, resident=False)


@pytest.fixture
def operator_client(lin: Actor, now: datetime, client_for: ClientFor) -> Client:
    """The installation's operator: totals, no names."""
    user = make_user("运维")
    install_role(user=user, role=Role.OPERATOR, now=now)
    user.refresh_from_db()
    return client_for(Actor(user=user, community=lin.community))


def signed_sums(book_id: int, until: str = "9999-12-31") -> dict[int, int]:
    """Kind of account → credits − debits by the public view ``ledger_lines``, up to a day."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT account_kind, sum(signed_amount) FROM ledger_lines "
            "WHERE book = %s AND booked_date <= %s GROUP BY 1",
            [book_id, until],
        )
        return {kind: int(total) for kind, total in cursor.fetchall()}


def table_of(response: Any) -> list[tuple[Any, ...]]:
    """The rows of a workbook that was downloaded, its header first."""
    sheet = load_workbook(BytesIO(b"".join(response.streaming_content))).active
    return [tuple(row) for row in sheet.iter_rows(values_only=True)]


def csv_of(response: Any) -> list[str]:
    """The lines of a CSV that was downloaded."""
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return text.splitlines()


def issue(book_id: int, wallet: int, coins: int, *, reference: str, now: datetime) -> None:
    """Coins for hours, straight into the ledger."""
    issuance = system_account_id(book_id, AccountKind.ISSUANCE)
    post(LineRequest(book_id, reference, EntryKind.HOURS, issuance, wallet, coins), now=now)
