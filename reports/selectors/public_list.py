"""The monthly list 公示: who served, how often and how long, under the names by which neighbours know each other.

By resident, whoever holds the wallet. No full name, no door; a child under 14 is "a minor", nothing else. By the sound
of the name and never by hours: this is no ranking.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Sum

from communities.choices import ALONE_ONLINE_AGE
from communities.models import Community, Resident
from core.months import following
from core.names import Sound, by_sound
from tasks.models import HourRecord

OBJECTION_DAYS = 7


@dataclass(frozen=True, slots=True)
class Served:
    """One neighbour's month. ``name`` is "" for a child."""

    name: str
    services: int
    minutes: int
    coins: int


@dataclass(frozen=True, slots=True)
class PublicList:
    """A community's month and its sums."""

    month: date
    lines: list[Served]

    @property
    def services(self) -> int:
        """All services."""
        return sum(line.services for line in self.lines)

    @property
    def minutes(self) -> int:
        """All certified minutes."""
        return sum(line.minutes for line in self.lines)

    @property
    def coins(self) -> int:
        """All coins earned."""
        return sum(line.coins for line in self.lines)


def public_list(community: Community, month: date) -> PublicList:
    """The hours verified and not reversed of a month of service. Two queries."""
    records = HourRecord.objects.for_community(community).credited()
    sums = (
        records.filter(service_date__gte=month, service_date__lt=following(month))
        .order_by()
        .values_list("resident_id")
        .annotate(services=Count("pk"), minutes=Sum("minutes"), coins=Sum("coins_earned"))
    )
    found = {resident: figures for resident, *figures in sums}
    people = Resident.objects.filter(pk__in=list(found)).only("surname", "full_name", "address_form", "birth_date")
    lines = [(_place(one, month), Served(_name(one, month), *found[one.pk])) for one in people]
    return PublicList(month, [line for _place_, line in sorted(lines, key=lambda pair: pair[0])])


def _is_child(resident: Resident, month: date) -> bool:
    return resident.age_on(month) < ALONE_ONLINE_AGE  # on its first day, so for the whole month of a birthday


def _name(resident: Resident, month: date) -> str:
    return "" if _is_child(resident, month) else resident.public_name


def _place(resident: Resident, month: date) -> tuple[bool, Sound, str]:
    """By the sound of the name; children last, in no order that tells anything."""
    if _is_child(resident, month):
        return True, (), str(resident.pk)
    return False, by_sound(resident.full_name, resident.surname), str(resident.pk)
