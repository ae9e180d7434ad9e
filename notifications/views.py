"""The inbox: unread actions first. Opening a notice is a POST, because it marks it as read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from core import clock
from core.parts import asks_for, vary
from notifications import kinds, selectors
from notifications.models import InboxMessage
from notifications.services import reading

ROWS = 20


class Reader(Protocol):
    """Who reads: the gate in front of these pages (``notifications.urls``) hands in an actor of the community."""

    @property
    def user_id(self) -> int: ...

    @property
    def community(self) -> object: ...


@dataclass(frozen=True, slots=True)
class Notice:
    """A row of the inbox with its words in the reader's language; no words for a kind that is no longer known."""

    row: InboxMessage
    message: kinds.Message | None


@require_safe
def inbox(request: HttpRequest, actor: Reader) -> HttpResponse:
    """The person's notices, 20 a page. For a page that asks again each minute: how many are unread."""
    if asks_for(request, "unread"):
        return _unread(request, actor)
    page: Page[InboxMessage] = Paginator(selectors.inbox(actor.user_id), ROWS).get_page(request.GET.get("page"))
    notices = [_notice(row) for row in page]
    context = {"page": page, "notices": notices, "has_unread": any(row.read_at is None for row in page)}
    return vary(render(request, "notifications/inbox.html", context))


@require_POST
def read(request: HttpRequest, actor: Reader, message: UUID) -> HttpResponse:
    """Mark as read, then go where the notice leads."""
    try:
        notice = reading.mark_read(user_id=actor.user_id, message_id=message, now=clock.now())
    except InboxMessage.DoesNotExist as error:
        raise Http404 from error
    if notice.url and "stay" not in request.POST:
        return redirect(notice.url)
    return _back(actor)


@require_POST
def read_all(request: HttpRequest, actor: Reader) -> HttpResponse:
    """Mark everything as read."""
    reading.mark_all_read(user_id=actor.user_id, now=clock.now())
    return _back(actor)


def _unread(request: HttpRequest, actor: Reader) -> HttpResponse:
    counted = getattr(actor.community, "unread_here", None)  # the gate's own query has counted them
    count = selectors.unread_count(actor.user_id) if counted is None else counted
    return vary(render(request, "components/count.html", {"count": selectors.unread_words(count)}))


def _back(actor: Reader) -> HttpResponse:
    return redirect("notifications:inbox", community=getattr(actor.community, "slug", ""))


def _notice(row: InboxMessage) -> Notice:
    try:
        return Notice(row, kinds.render(row.kind, row.payload))
    except kinds.UnknownKind:
        return Notice(row, None)
