"""Staff see which coins expire next and whose they are, so that who has no phone is told, too."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from communities.access import staff_page
from communities.actors import Actor
from communities.models import ExpiryNotice, ExpiryRun
from communities.selectors import people_of_wallets
from communities.services.expiring import TOLD_BEFORE, next_day
from core import clock
from core.paging import page_of

PAST_SHOWN = 12


@require_safe
@staff_page
def coming(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The coming day of expiry wallet by wallet, and what the days before took."""
    runs = ExpiryRun.objects.filter(community=actor.community)
    run = runs.filter(done_at=None).order_by("day").first()
    notices = _notices(run)
    today = clock.local_date(clock.now(), actor.community.time_zone)
    first, page = next_day(today), page_of(request, notices)
    told = people_of_wallets([one.account_id for one in page.object_list], today)
    context = {
        "run": run,
        "last_day": run.day - timedelta(days=1) if run else None,
        "page": page,
        "told": {wallet_id for wallet_id, _user, _email in told},
        "total": notices.aggregate(coins=Sum("coins"))["coins"] or 0,
        "next_day": first,
        "announced_on": first - TOLD_BEFORE,
        "past": _past(runs),
    }
    return render(request, "communities/expiring.html", context)


def _notices(run: ExpiryRun | None) -> QuerySet[ExpiryNotice]:
    notices = ExpiryNotice.objects.filter(run=run) if run else ExpiryNotice.objects.none()
    return notices.select_related("account__resident", "account__household").order_by("-coins", "account_id")


def _past(runs: QuerySet[ExpiryRun]) -> list[ExpiryRun]:
    done = runs.filter(done_at__isnull=False).annotate(
        coins=Sum("notices__taken"), wallets=Count("notices", filter=Q(notices__taken__gt=0))
    )
    return list(done.order_by("-day")[:PAST_SHOWN])
