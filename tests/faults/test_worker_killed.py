"""kill -9 of the workers during 500 statements: nothing lost, nothing doubled."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import pytest
from django.db import connections

from accounts.models import User
from communities.models import Resident
from core import clock, months
from ledger.choices import AccountKind
from ledger.models import MonthlyStatement
from ledger.services.books import open_account
from notifications.jobs import run_due_job
from notifications.models import InboxMessage, OutboxMessage
from papers.models import StatementRun
from papers.services.statements import KIND
from tests.factories.people import JOINED, make_community
from tests.faults.conftest import FreezableRedis, Process, wait_until

pytestmark = pytest.mark.django_db(transaction=True)
WALLETS = 500
KILLS = 4


def test_500_statements(redis: FreezableRedis, start: Callable[..., Process]) -> None:
    month = months.last_ended(clock.now(), "Asia/Shanghai")
    community = make_community("jinshan", street="haiken", now=clock.now().replace(day=1))
    StatementRun.objects.create(community=community, month=months.preceding(month), done_at=clock.now())
    wallets = residents_with_wallets(community.pk, community.book_id)
    dice = random.Random(22)

    killed = 0
    worker = start("worker", "-c", "2", redis_url=redis.url)
    for attempt in range(KILLS):
        run_due_job.apply_async(kwargs={"source": "test"})
        at_least = 100 * attempt + 1
        wait_until(lambda least=at_least: told() >= least or is_done())  # type: ignore[misc]
        time.sleep(dice.uniform(0, 0.05))
        if attempt == KILLS // 2:
            worker.end()
            worker = start("worker", "-c", "2", redis_url=redis.url)
            killed += 1
        else:
            killed += worker.kill_children()
    assert killed >= KILLS
    assert told() > 0
    run_due_job.apply_async(kwargs={"source": "test"})
    wait_until(is_done)
    wait_until(lambda: not OutboxMessage.objects.exclude(state="sent").exists())

    stated = MonthlyStatement.objects.filter(book=community.book_id, month=month, account__kind=AccountKind.WALLET)
    assert sorted(stated.values_list("account_id", flat=True)) == sorted(wallets)
    assert OutboxMessage.objects.filter(kind=KIND).count() == WALLETS
    assert InboxMessage.objects.filter(kind=KIND).count() == WALLETS
    assert InboxMessage.objects.values("user").distinct().count() == WALLETS
    connections.close_all()


def told() -> int:
    return OutboxMessage.objects.filter(kind=KIND).count()


def is_done() -> bool:
    return StatementRun.objects.filter(done_at__isnull=False).count() == 2


def residents_with_wallets(community_id: int, book_id: int) -> list[int]:
    """So many residents with an account to sign in and a wallet each; the wallets' ids."""
    users = User.objects.bulk_create(User(phone=f"+86138{number:08}") for number in range(WALLETS))
    accounts = [
        open_account(book_id=book_id, kind=AccountKind.WALLET, number=f"R{number:04}", now=JOINED)
        for number in range(1, WALLETS + 1)
    ]
    Resident.objects.bulk_create(
        Resident(
            community_id=community_id, user=user, wallet=account, member_number=account.number[1:], full_name="林秀英",
            surname="林", birth_date=JOINED.date(), registered_at=JOINED, consented_at=JOINED,
        )
        for user, account in zip(users, accounts, strict=True)
    )  # fmt: skip
    return [account.pk for account in accounts]
