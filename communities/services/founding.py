"""A community begins: its book, its settings, its first manager."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.models import User
from accounts.services.sessions import end_all
from communities.choices import OPENS_ADMIN, WORKS_HERE, Role
from communities.models import Community, CommunitySettings, RoleGrant, Street, Team
from core.transactions import atomic_with_retry
from ledger.services.books import open_book


def found_street(*, slug: str, name_zh: str, name_en: str = "") -> Street:
    """The street of this short name, made when new."""
    return Street.objects.get_or_create(slug=slug, defaults={"name_zh": name_zh, "name_en": name_en})[0]


@atomic_with_retry
def found_community(
    *,
    slug: str,
    street: Street,
    name_zh: str,
    now: datetime,
    name_en: str = "",
    phone: str = "",
    time_zone: str = "Asia/Shanghai",
    texts: dict[str, str] | None = None,
    settings: dict[str, Any] | None = None,
) -> Community:
    """A community with an empty book. ``texts``: address_zh, address_en, opening_hours_zh, opening_hours_en."""
    rules = CommunitySettings(**(settings or {}))
    book = open_book(name_zh=name_zh, name_en=name_en, time_zone=time_zone, unit=rules.coin_zh, now=now)
    community = Community.objects.create(
        slug=slug,
        street=street,
        name_zh=name_zh,
        name_en=name_en,
        book=book,
        phone=phone,
        time_zone=time_zone,
        **(texts or {}),
    )
    rules.community = community
    rules.full_clean(exclude=["community"])
    rules.save(force_insert=True)
    return community


@atomic_with_retry
def install_role(
    *,
    user: User,
    role: Role,
    now: datetime,
    community: Community | None = None,
    street: Street | None = None,
    team: Team | None = None,
) -> RoleGrant:
    """A role given by the installation itself (first managers, auditors, operators): no person stands behind it."""
    grant = RoleGrant.objects.create(
        user=user, role=role, community=community, street=street, team=team, granted_at=now
    )
    keep_flags(user)
    return grant


def keep_flags(user: User) -> None:
    """Let the account say whether a live role opens /admin/ and whether its web sessions are short ones.

    Who takes up work signs in anew, so that no resident's long session carries a worker's rights.
    """
    roles = set(RoleGrant.objects.live().filter(user=user).values_list("role", flat=True))
    opens, works = not OPENS_ADMIN.isdisjoint(roles), not WORKS_HERE.isdisjoint(roles)
    if (user.is_staff, user.holds_role) == (opens, works):
        return
    if works and not user.holds_role:
        end_all(user=user)
    user.is_staff, user.holds_role = opens, works
    user.save(update_fields=["is_staff", "holds_role"])
