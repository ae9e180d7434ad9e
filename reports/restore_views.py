"""After a restore: what the manager compares with the signed register, and the button that opens the site."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from communities.access import manager_page
from communities.actors import Actor
from core.clock import now
from core.paging import page_of
from notifications.models import Restore
from notifications.selectors import newest_restore
from reports.comparing import NEWEST, live_codes, newest_entries
from reports.services.checking import all_checks
from reports.services.reopening import open_site


@require_http_methods(["GET", "HEAD", "POST"])
@manager_page
def restore(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The comparison; sent, the site is open again."""
    if request.method == "POST":
        if open_site(user=actor.user, now=now()):
            messages.success(request, _("The site is open again. Messages and sweeps go on within a minute."))
        return redirect("reports:restore", actor.community.slug)
    waiting = newest_restore()
    context: dict[str, Any] = {"restore": waiting}
    if waiting is not None:
        entries = newest_entries().filter(book_id=actor.community.book_id)[:NEWEST]
        codes = live_codes().filter(community=actor.community)
        context |= {"page": page_of(request, codes), "entries": list(entries), "findings": _named(waiting)}
    return render(request, "reports/restore.html", context)


def _named(restore: Restore) -> list[dict[str, Any]]:
    """The findings with the names of the checks in the reader's language."""
    names = {check.number: check.name for check in all_checks()}
    return [{**one, "name": names.get(one["number"], one["name"])} for one in restore.findings]
