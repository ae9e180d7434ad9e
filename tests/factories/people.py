"""Communities, residents and roles for tests, made through the services."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from accounts.models import User
from communities.access import actor_in
from communities.actors import Actor
from communities.choices import Role
from communities.models import Community, Resident, Street, Team
from communities.services import founding, registration
from communities.services.registration import Guardian, Person

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)  # Sunday 22 November 2026, 9:00 in Shanghai
JOINED = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
_phones = count(13_800_000_001)


def new_phone() -> str:
    """A number that no other user of this run has."""
    return f"+86{next(_phones)}"


def make_user(name: str = "", **extra: Any) -> User:
    """An account with a proved phone."""
    return User.objects.create_user(
        phone=extra.pop("phone", None) or new_phone(), phone_verified_at=JOINED, display_name=name, **extra
    )


def make_street(slug: str = "haiken") -> Street:
    """A street office."""
    return founding.found_street(slug=slug, name_zh="海垦街道", name_en="Haiken Street")


def make_community(
    slug: str, *, street: str = "haiken", name_zh: str = "", name_en: str = "", now: datetime = JOINED, **settings: Any
) -> Community:
    """A community with its book; keyword arguments are its settings."""
    return founding.found_community(
        slug=slug,
        street=make_street(street),
        name_zh=name_zh or f"{slug}社区",
        name_en=name_en or f"{slug.title()} Community",
        phone="0898 6655 1234",
        now=now,
        settings=settings,
    )


def make_resident(
    community: Community,
    name: str = "何玉珍",
    *,
    user: User | None = None,
    birth_date: date = date(1957, 3, 8),
    verified: bool = True,
    cleared: bool = False,
    now: datetime = JOINED,
    **extra: Any,
) -> Resident:
    """A registered resident with a wallet (their own, or a household's), residence verified unless said otherwise."""
    age = Resident(birth_date=birth_date).age_on(now.date())
    resident = registration.admit(
        community=community,
        person=Person(full_name=name, birth_date=birth_date, building=extra.pop("building", "3栋2单元"), **extra),
        user=user,
        consented=True,
        guardian=Guardian("何建国", "+8613900000001") if age < 18 else None,
        now=now,
    )
    if verified or cleared:
        resident.residence_verified_at = now
        resident.home_visits_cleared_at = now if cleared else None
        resident.save(update_fields=["residence_verified_at", "home_visits_cleared_at"])
    return resident


def make_actor(
    community: Community,
    name: str,
    *roles: Role,
    resident: bool = True,
    team: Team | None = None,
    now: datetime = JOINED,
    **extra: Any,
) -> Actor:
    """Somebody with an account who lives here (unless ``resident=False``) and holds these roles."""
    user = make_user(name)
    if resident:
        make_resident(community, name, user=user, now=now, phone=user.phone, **extra)
    for role in roles:
        scope = {"team": team} if role == Role.LEADER else {"community": community}
        founding.install_role(user=user, role=role, now=now, **scope)
    actor = actor_in(user=user, community=community)
    assert actor is not None
    return actor
