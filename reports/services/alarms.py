"""A broken invariant is told to those who answer for the book, managers and auditors, once a day and finding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Protocol

from django.db.models import Q, QuerySet
from django.urls import reverse

from communities.choices import Role
from communities.models import Community, RoleGrant
from notifications.services.outbox import Announcement, announce_many

KIND = "books_broken"
TOLD = (Role.MANAGER, Role.AUDITOR)


class Broken(Protocol):
    """What an alarm needs of a result."""

    @property
    def number(self) -> int: ...
    @property
    def holds(self) -> bool: ...
    @property
    def pauses(self) -> bool: ...
    @property
    def books(self) -> frozenset[int] | None: ...


@dataclass(frozen=True, slots=True)
class Doubt:
    """One broken invariant and the books it is about, None for all of them."""

    number: int
    pauses: bool
    books: frozenset[int] | None


def tell(results: Sequence[Broken], *, now: datetime) -> int:
    """Put a notice a broken invariant, book and person into the outbox; answers how many. Again today: none."""
    found = [_said(doubt, community, user_id, now) for doubt in _doubts(results) for community, user_id in _who(doubt)]
    return announce_many(found)


def _doubts(results: Sequence[Broken]) -> list[Doubt]:
    """By number, since several checks may share one; a finding that names no book speaks of all."""
    doubts: dict[int, Doubt] = {}
    for one in results:
        if one.holds:
            continue
        known = doubts.get(one.number, Doubt(one.number, one.pauses, frozenset()))
        books = None if known.books is None or one.books is None else known.books | one.books
        doubts[one.number] = Doubt(one.number, one.pauses, books)
    return list(doubts.values())


def _who(doubt: Doubt) -> Iterator[tuple[Community, int]]:
    for community in _communities(doubt.books):
        for user_id in _answerable(community):
            yield community, user_id


def _communities(books: frozenset[int] | None) -> QuerySet[Community]:
    here = Community.objects.order_by("pk")
    return here if books is None else here.filter(book_id__in=books)


def _answerable(community: Community) -> Iterable[int]:
    grants = RoleGrant.objects.live().filter(Q(community=community) | Q(street=community.street_id), role__in=TOLD)
    return grants.order_by("user_id").values_list("user_id", flat=True).distinct()


def _said(doubt: Doubt, community: Community, user_id: int, now: datetime) -> Announcement:
    return Announcement(
        kind=KIND,
        subject=f"book:{community.book_id}:check:{doubt.number}",
        recipient_user_id=user_id,
        due_at=datetime.combine(now.date(), time(), now.tzinfo),  # the same all day, so that it is said once
        payload={
            "number": doubt.number,
            "pauses": doubt.pauses,
            "name_zh": community.name_zh,
            "name_en": community.name_en,
            "time_zone": community.time_zone,
        },
        url=reverse("admin:ledger_book_change", args=[community.book_id]),
    )
