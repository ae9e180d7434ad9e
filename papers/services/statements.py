"""The month's turn: the ledger writes every account's statement, then each wallet's people are told.

All of it can be killed anywhere and started again: the ledger's rows and the outbox's are unique, and the cursor moves
with them.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.urls import reverse

from communities.models import Community
from communities.selectors import people_of_wallets
from core import months
from core.clock import local_date
from ledger.models import MonthlyStatement
from ledger.services.statements import close_and_state
from notifications.choices import Channel
from notifications.services.outbox import Announcement, announce_many
from papers.models import StatementRun

KIND = "statement"
CHUNK = 200
CATCH_UP = 24  # months, oldest first, after a long stop


def make_due_statements(now: datetime) -> int:
    """Make the statements of every community whose month has turned; answers the statements written and people told.

    A month that is not the latest is stated without telling anybody: old news.
    """
    done = {
        run["community_id"]: run["month"]
        for run in StatementRun.objects.filter(done_at__isnull=False)
        .order_by("community_id", "-month")
        .distinct("community_id")
        .values("community_id", "month")
    }
    made = 0
    for community in Community.objects.select_related("book", "settings").order_by("pk"):
        for month in _due_months(community, done.get(community.pk), now):
            latest = month == months.last_ended(now, community.time_zone)
            made += make_statements(community=community, month=month, now=now, tell=latest)
    return made


def make_statements(*, community: Community, month: date, now: datetime, tell: bool = True) -> int:
    """Close a month and state it; answers the statements written and people told, 0 when all was done before.

    Raises ledger.errors.MonthOpen before the month is over. Call it outside a transaction: each chunk has its own.
    """
    written = close_and_state(book_id=community.book_id, month=month, now=now)
    StatementRun.objects.get_or_create(community=community, month=month)
    while (told := _tell_chunk(community, month, now, tell)) is not None:
        written += told
    return written


def _due_months(community: Community, done: date | None, now: datetime) -> list[date]:
    opened = months.first_of(local_date(community.book.opened_at, community.time_zone))
    first = months.following(done) if done else opened
    return months.between(first, months.last_ended(now, community.time_zone))[-CATCH_UP:]


@transaction.atomic
def _tell_chunk(community: Community, month: date, now: datetime, tell: bool) -> int | None:
    """Announce the next 200 statements; None when the run is done."""
    run = StatementRun.objects.select_for_update().get(community=community, month=month)
    if run.done_at is not None:
        return None
    statements = MonthlyStatement.objects.filter(
        book_id=community.book_id, month=month, account_id__gt=run.announced_through
    ).order_by("account_id")
    chunk = list(statements[:CHUNK]) if tell else []
    told = announce_many(_announcements(community, month, chunk))
    if chunk:
        run.announced_through = chunk[-1].account_id
    else:
        run.done_at = now
    run.save(update_fields=["announced_through", "done_at"])
    return told


def _announcements(community: Community, month: date, chunk: list[MonthlyStatement]) -> list[Announcement]:
    by_account = {statement.account_id: statement for statement in chunk}
    url = reverse("papers:statement", kwargs={"community": community.slug, "month": f"{month:%Y-%m}"})
    turn = months.ended_at(month, community.time_zone)
    return [
        Announcement(
            kind=KIND,
            subject=f"statement:{account_id}:{month:%Y-%m}",
            recipient_user_id=user_id,
            due_at=turn,
            payload=_payload(community, by_account[account_id]),
            url=url,
            channels=(Channel.INBOX, Channel.EMAIL) if email else (Channel.INBOX,),
        )
        for account_id, user_id, email in people_of_wallets(
            list(by_account), months.following(month) - timedelta(days=1)
        )
    ]


def _payload(community: Community, statement: MonthlyStatement) -> dict[str, object]:
    return {
        "month": statement.month,
        "opening": statement.opening,
        "credited": statement.credited,
        "debited": statement.debited,
        "closing": statement.closing,
        "coin": community.settings.coin_names,
        "time_zone": community.time_zone,
    }
