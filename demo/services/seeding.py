"""The whole demonstration: which communities, how large, and who can sign in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from communities.models import Community
from core.errors import DomainError
from demo.plan import CommunityPlan, plans
from demo.services import founding, neighbours, past, present
from demo.services.founding import Place

RESIDENTS = 60
MONTHS = 6
ZONE = ZoneInfo("Asia/Shanghai")
SHOWN = ("jinshan", "laodongyifang", "xincheng")


class AlreadySeeded(DomainError):
    """There are communities already; a demonstration never mixes with them."""

    code = "already_seeded"
    message = "This database has communities. Seed the demonstration into an empty one."


@dataclass(frozen=True, slots=True)
class Login:
    """One person of the demonstration who can sign in by a code to the phone or the email address."""

    community: str
    role: str
    name: str
    phone: str
    email: str = ""

    def as_dict(self) -> dict[str, str]:
        """For ``--json``."""
        return asdict(self)


def seed_small(
    *, now: datetime, only: Iterable[str] = (), residents: int = RESIDENTS, months: int = MONTHS
) -> list[Login]:
    """Five communities of 60 residents and six months of their life. Raises AlreadySeeded."""
    if Community.objects.exists():
        raise AlreadySeeded
    wanted = set(only)
    places = [_live(plan, residents, months, now) for plan in plans() if not wanted or plan.slug in wanted]
    neighbours.exchange(places, now=now)
    return [login for place in places if place.plan.slug in SHOWN for login in logins_of(place)]


def opening_day(now: datetime, months: int) -> datetime:
    """Nine in the morning on the first of the month, so many months ago."""
    local = now.astimezone(ZONE)
    month_index = local.year * 12 + local.month - 1 - months
    return datetime.combine(
        local.date().replace(year=month_index // 12, month=month_index % 12 + 1, day=1), time(9), tzinfo=ZONE
    )


def _live(plan: CommunityPlan, residents: int, months: int, now: datetime) -> Place:
    opened = opening_day(now, months)
    place = founding.found(plan, size=residents, opened=opened, today=now.astimezone(ZONE).date())
    story = past.live_through(place, opened=opened, now=now - timedelta(minutes=1))
    present.fill(story, now=now)
    return place


def logins_of(place: Place) -> list[Login]:
    """A resident, a leader where there is one, a worker, two managers and the auditor of a community."""
    slug = place.plan.slug
    staff = [
        Login(slug, role, actor.user.display_name, str(actor.user.phone), str(actor.user.email))
        for role, actor in (
            ("worker", place.worker),
            ("manager", place.manager),
            ("manager of the street", place.street_manager),
            ("auditor", place.auditor),
        )
    ]
    people = past.actors_with_phone(place)
    leader = [Login(slug, "leader", people[0].user.display_name, str(people[0].user.phone))] if place.plan.teams else []
    return [Login(slug, "resident", people[1].user.display_name, str(people[1].user.phone)), *leader, *staff]
