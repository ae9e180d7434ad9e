"""Whose books a person may read in the admin: the communities of their live grants as manager or auditor."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from accounts.models import User
from communities.access import actor_in
from communities.actors import Actor
from communities.choices import Role
from communities.models import Community, RoleGrant

READERS = (Role.MANAGER, Role.AUDITOR)


@dataclass(frozen=True, slots=True)
class Scope:
    """The books and communities within reach; an operator sees every book's totals, and nobody's name."""

    book_ids: frozenset[int]
    community_ids: frozenset[int]
    is_operator: bool

    @property
    def reads_people(self) -> bool:
        """Whether entries and people may be opened at all."""
        return bool(self.book_ids)


def scope_of(user: User) -> Scope:
    """The scope of a signed-in person; two queries."""
    grants = list(RoleGrant.objects.live().filter(user=user).values_list("role", "community_id", "street_id"))
    reading = [(community, street) for role, community, street in grants if role in READERS]
    here = Q(pk__in=[community for community, _street in reading if community])
    street = Q(street__in=[street for _community, street in reading if street])
    rows = list(Community.objects.filter(here | street).values_list("pk", "book_id")) if reading else []
    return Scope(
        book_ids=frozenset(book for _pk, book in rows),
        community_ids=frozenset(pk for pk, _book in rows),
        is_operator=any(role == Role.OPERATOR for role, _community, _street in grants),
    )


def actor_for_book(user: User, book_id: int) -> Actor | None:
    """The person as an actor in the community of a book, None for a stranger to it."""
    community = Community.objects.select_related("settings", "street", "book").filter(book_id=book_id).first()
    return actor_in(user=user, community=community) if community else None
