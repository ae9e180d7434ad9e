"""Coins expire on the first of a month, thirty days after their holders were told how many.

A day that was not announced in time is left out, and the next one says what it would have taken: whoever switches
expiry on, shortens it, or lets the sweep stand still takes nothing by surprise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from django.db import connection
from django.urls import reverse

from communities.models import Community, ExpiryNotice, ExpiryRun
from communities.selectors import people_of_wallets
from core import months
from core.clock import local_date
from core.transactions import atomic_with_retry
from ledger.selectors import due_to_expire
from ledger.services.expiry import expire_coins
from notifications.choices import Channel
from notifications.services.outbox import Announcement, announce_many

KIND = "coins_expire"
TOLD_BEFORE = timedelta(days=30)
ANNOUNCED_WITHIN = timedelta(days=5)  # so long may the sweep stand still before a day is left out
WRITE_DOWN = """
UPDATE communities_expirynotice AS n SET taken = t.taken
FROM unnest(%s::bigint[], %s::bigint[]) AS t (id, taken) WHERE n.id = t.id
"""
CHUNK = 1_000  # wallets that are locked at a time


def sweep(now: datetime) -> int:
    """Announce what is to be announced and take what is due, in every community; answers how many wallets."""
    return announce_due(now) + expire_due(now)


def next_day(today: date) -> date:
    """The first of a month for which there is still time to tell everybody."""
    first = months.first_of(today + TOLD_BEFORE)
    return first if first - today >= TOLD_BEFORE else months.following(first)


def announce_due(now: datetime) -> int:
    """Tell the holders of each wallet what will expire on the coming day; answers how many wallets."""
    told = 0
    for community in Community.objects.filter(settings__expiry_months__isnull=False).select_related("settings"):
        today = local_date(now, community.time_zone)
        if next_day(today) - today <= TOLD_BEFORE + ANNOUNCED_WITHIN:
            told += announce(community=community, day=next_day(today), now=now)
    return told


@atomic_with_retry
def announce(*, community: Community, day: date, now: datetime) -> int:
    """Write down what will expire in each wallet on a day, and tell its holders, once; answers how many wallets."""
    assert community.settings.expiry_months is not None
    through = months.earlier(day, community.settings.expiry_months)
    facts = {"through": through, "announced_at": now}
    run, is_new = ExpiryRun.objects.get_or_create(community=community, day=day, defaults=facts)
    if not is_new:
        return 0
    due = _not_told_yet(run, due_to_expire(book_id=community.book_id, through=through))
    rows = [ExpiryNotice(run=run, account_id=account_id, coins=coins) for account_id, coins in due.items()]
    ExpiryNotice.objects.bulk_create(rows, batch_size=CHUNK)
    announce_many(_announcements(community, run, due, local_date(now, community.time_zone), now))
    return len(due)


def _not_told_yet(run: ExpiryRun, due: dict[int, int]) -> dict[int, int]:
    """What is left of it once the days before have come: their coins were told with those days."""
    before = ExpiryNotice.objects.filter(
        run__community=run.community_id, run__day__lt=run.day, run__done_at=None, taken=None
    )
    gone: Counter[int] = Counter()
    for account_id, coins in before.values_list("account_id", "coins"):
        gone[account_id] += coins
    return {account_id: coins - gone[account_id] for account_id, coins in due.items() if coins > gone[account_id]}


def expire_due(now: datetime) -> int:
    """Take what was announced for days that have come, unless spending is paused; answers from how many wallets."""
    taken = 0
    runs = ExpiryRun.objects.filter(done_at=None).select_related("community__settings", "community__book")
    for run in runs.order_by("day"):
        community = run.community
        if run.day <= local_date(now, community.time_zone) and community.book.spending_paused_at is None:
            taken += sum(_chunks(run, now))
    return taken


def _chunks(run: ExpiryRun, now: datetime) -> Iterator[int]:
    while (taken := _expire_chunk(run, now)) is not None:
        yield taken


@atomic_with_retry
def _expire_chunk(run: ExpiryRun, now: datetime) -> int | None:
    """Take from the next wallets, in a transaction of their own; None when the run is done."""
    locked = ExpiryRun.objects.select_for_update(of=("self",)).filter(pk=run.pk, done_at=None).first()
    if locked is None:
        return None
    rows = list(ExpiryNotice.objects.filter(run=run, taken=None).order_by("account_id")[:CHUNK])
    through = _through_now(run)
    if not rows or through is None:
        locked.done_at = now
        locked.save(update_fields=["done_at"])
        return None
    most = {row.account_id: row.coins for row in rows}
    gone = expire_coins(book_id=run.community.book_id, day=run.day, through=through, most=most, now=now)
    with connection.cursor() as cursor:
        cursor.execute(WRITE_DOWN, [[row.pk for row in rows], [gone.get(row.account_id, 0) for row in rows]])
    return len(gone)


def _through_now(run: ExpiryRun) -> date | None:
    """As announced, or earlier where coins are good for longer by now; None where they no longer expire."""
    present = run.community.settings.expiry_months
    return None if present is None else min(run.through, months.earlier(run.day, present))


def _announcements(
    community: Community, run: ExpiryRun, due: dict[int, int], today: date, now: datetime
) -> Iterable[Announcement]:
    url = reverse("rewards:catalogue", kwargs={"community": community.slug})
    for account_id, user_id, email in people_of_wallets(list(due), today):
        yield Announcement(
            kind=KIND,
            subject=f"expiry:{account_id}:{run.day}",
            recipient_user_id=user_id,
            due_at=now,
            payload={
                "coins": due[account_id],
                "last_day": run.day - timedelta(days=1),
                "months": community.settings.expiry_months,
                "coin": community.settings.coin_names,
                "time_zone": community.time_zone,
            },
            url=url,
            channels=(Channel.INBOX, Channel.EMAIL) if email else (Channel.INBOX,),
        )
