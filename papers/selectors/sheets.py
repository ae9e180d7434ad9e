"""What stands on the sheets that staff print: who is expected at a shift, and what was handed over on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from communities.models import Community
from rewards.models import Redemption
from tasks.choices import HOLDS_A_PLACE
from tasks.models import Shift, SignUp

MAX_HAND_OVERS = 500  # a day


@dataclass(frozen=True, slots=True)
class SignInSheet:
    """A shift and those with a place in it, by member number."""

    shift: Shift
    sign_ups: list[SignUp]


def sign_in_sheet(*, community: Community, shift_id: UUID) -> SignInSheet:
    """The sheet of a shift of this community; Shift.DoesNotExist for another's."""
    shift = Shift.objects.for_community(community).select_related("task__team").get(pk=shift_id)
    expected = SignUp.objects.filter(shift=shift, state__in=HOLDS_A_PLACE).select_related("resident")
    return SignInSheet(shift, list(expected.order_by("resident__member_number")))


def hand_overs(*, community: Community, day: date) -> QuerySet[Redemption]:
    """What was handed over on a day in the community's zone, in order."""
    zone = ZoneInfo(community.time_zone)
    begins = datetime.combine(day, time(), zone)
    ends = datetime.combine(day + timedelta(days=1), time(), zone)
    handed = Redemption.objects.filter(community=community, collected_at__gte=begins, collected_at__lt=ends)
    return handed.select_related("reward", "resident", "handed_over_by").order_by("collected_at", "pk")[:MAX_HAND_OVERS]
