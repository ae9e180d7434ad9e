"""What is read about hours: a resident's own, the verifiers' queue, who lives with whom, and a record's story."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from accounts.models import User
from communities.actors import Actor
from communities.models import Community, Resident
from communities.selectors import same_household
from core.clock import local_date
from tasks.choices import Decision, Funding, SignUpState, TaskState
from tasks.choices.hours import LIVE, HourState
from tasks.models import HourRecord, Shift, SignUp, Task

LOG_DAYS = 60  # hours can be logged for so many days after the service
OFFERED = 30
SHEET_DAYS = 31

KIN = """
SELECT asked.record FROM unnest(%s::uuid[], %s::uuid[], %s::date[]) AS asked (record, resident, served)
 WHERE communities_same_household(%s, asked.resident, asked.served)
    OR communities_same_household(%s, asked.resident, %s)
"""


@dataclass(frozen=True, slots=True)
class StoryLine:
    """One step of a record's story: which, by whom, when, and what was said."""

    step: str
    by: User | None
    at: datetime
    reason: str = ""


def kin_of(actor: Actor, records: Sequence[HourRecord], today: date) -> frozenset[UUID]:
    """The records whose resident is the actor or shares their household, on the day of service or today. One query."""
    if not records:
        return frozenset()
    columns = zip(*((record.pk, record.resident_id, record.service_date) for record in records), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(KIN, [*map(list, columns), actor.user_id, actor.user_id, today])
        return frozenset(row[0] for row in cursor.fetchall())


def pays_with(actor: Actor, record: HourRecord, today: date) -> bool:
    """Whether the hours were paid by the actor or by somebody of their household."""
    requester_id = record.task.requester_id
    return requester_id is not None and same_household(actor.user_id, requester_id, [record.service_date, today])


def records_of(resident: Resident, state: HourState | None = None) -> QuerySet[HourRecord]:
    """A resident's records, the newest service first."""
    records = HourRecord.objects.filter(resident=resident).order_by("-service_date", "-starts_at", "-id")
    return records if state is None else records.filter(state=state)


def counts_of(resident: Resident) -> dict[HourState, int]:
    """How many records a resident has in each state; every state is named."""
    rows = HourRecord.objects.filter(resident=resident).values_list("state").annotate(count=Count("pk")).order_by()
    found = dict(rows)
    return {state: found.get(state.value, 0) for state in HourState}


def certified_minutes(resident: Resident) -> int:
    """Minutes verified and not reversed, ever: apart from coins, and never less for spending them."""
    return HourRecord.objects.filter(resident=resident).credited().aggregate(sum=Sum("minutes"))["sum"] or 0


def to_verify(community: Community) -> QuerySet[HourRecord]:
    """The verifiers' queue, the oldest service first, with what a row shows."""
    return (
        HourRecord.objects.for_community(community)
        .to_verify()
        .select_related(
            "resident", "task", "shift", "sign_up__attendance", "entered_by", "first_approved_by", "refused_by"
        )
    )


def count_to_verify(community: Community) -> int:
    """How many records wait."""
    return HourRecord.objects.for_community(community).filter(state=HourState.SUBMITTED).count()


def loggable_sign_ups(resident: Resident, now: datetime) -> QuerySet[SignUp]:
    """Sign-ups whose hours a resident can still log: begun, not marked absent, without a live record."""
    logged = HourRecord.objects.filter(sign_up=OuterRef("pk"), state__in=LIVE)
    return (
        SignUp.objects.filter(
            ~Exists(logged),
            resident=resident,
            state__in=(SignUpState.CONFIRMED, SignUpState.ATTENDED),
            shift__starts_at__lte=now,
            shift__starts_at__gt=now - timedelta(days=LOG_DAYS),
            shift__cancelled_at__isnull=True,
        )
        .select_related("shift__task", "attendance")
        .order_by("-shift__starts_at")[:OFFERED]
    )


def loggable_tasks(community: Community, now: datetime) -> QuerySet[Task]:
    """Tasks whose hours may be logged without a sign-up, the newest first."""
    return by_hand(Task.objects.for_community(community), now).order_by("-published_at", "-created_at")[:OFFERED]


def by_hand(tasks: QuerySet[Task], now: datetime) -> QuerySet[Task]:
    """The tasks among these that a resident may log hours for without having signed up.

    Published, paid by the community, in nobody's home, and begun: a task without any date has always begun.
    """
    dates = Shift.objects.filter(task=OuterRef("pk"))
    begun = dates.filter(starts_at__lte=now, cancelled_at__isnull=True)
    may = tasks.filter(state=TaskState.PUBLISHED, funding=Funding.COMMUNITY, home_visit=False)
    return may.filter(Exists(begun) | ~Exists(dates))


def took_place_on(task: Task, day: date, zone: str) -> bool:
    """Whether a task was on, on a day in the community's zone; true for a task that is not scheduled at all."""
    dates = list(task.shifts.values_list("starts_at", "ends_at", "cancelled_at"))
    held = ((starts_at, ends_at) for starts_at, ends_at, cancelled_at in dates if cancelled_at is None)
    return not dates or any(
        local_date(starts_at, zone) <= day <= local_date(ends_at, zone) for starts_at, ends_at in held
    )


def pair_of(task: Task) -> UUID | None:
    """The one person a task helps: who asked, or for whom it was published."""
    return task.requester_id or task.beneficiary_id


def times_for(resident_id: UUID, helped_id: UUID, since: date) -> int:
    """Live records of one helper for one person since a day."""
    return (
        HourRecord.objects.live()
        .filter(Q(task__requester_id=helped_id) | Q(task__beneficiary_id=helped_id))
        .filter(resident_id=resident_id, service_date__gte=since)
        .count()
    )


def sheet_shifts(community: Community, now: datetime) -> QuerySet[Shift]:
    """Shifts of the last month that have begun, the newest first, with how many records they have."""
    return (
        Shift.objects.for_community(community)
        .published()
        .filter(starts_at__lte=now, starts_at__gt=now - timedelta(days=SHEET_DAYS), task__funding=Funding.COMMUNITY)
        .select_related("task")
        .annotate(entered=Count("hour_records", filter=Q(hour_records__state__in=LIVE)))
        .order_by("-starts_at")
    )


def sheet_lines(shift: Shift) -> list[SignUp]:
    """Who signed up for a shift, with their attendance and their live record, in the order of the sheet."""
    return list(
        SignUp.objects.live()
        .filter(shift=shift)
        .exclude(state__in=(SignUpState.ASKED, SignUpState.WAITLISTED))
        .select_related("resident", "attendance")
        .order_by("line")
    )


def recorded_in(shift: Shift) -> dict[UUID, HourRecord]:
    """Resident → live record of a shift."""
    records = HourRecord.objects.filter(shift=shift).live().select_related("resident").order_by("submitted_at", "id")
    return {record.resident_id: record for record in records}


def reversals_waiting(community: Community) -> QuerySet[HourRecord]:
    """Credited records whose reversal waits for a second person, the oldest first."""
    return (
        HourRecord.objects.for_community(community)
        .filter(state=HourState.VERIFIED, reversal_asked_at__isnull=False)
        .select_related("resident", "task", "reversal_asked_by", "decided_by")
        .order_by("reversal_asked_at")
    )


def reversed_lately(community: Community, limit: int = 20) -> QuerySet[HourRecord]:
    """The records reversed last."""
    return (
        HourRecord.objects.for_community(community)
        .filter(state=HourState.REVERSED)
        .select_related("resident", "reversal_asked_by", "reversed_by")
        .order_by("-reversed_at")[:limit]
    )


def story_of(record: HourRecord) -> list[StoryLine]:
    """Who did what with a record, when; the oldest first. Steps that its columns still show are taken from them."""
    lines = [StoryLine("logged", record.entered_by, record.submitted_at)]
    lines += [StoryLine(event.step, event.by, event.at, event.reason) for event in record.events.select_related("by")]
    if record.state in (HourState.VERIFIED, HourState.REVERSED) and record.decided_at is not None:
        lines.append(StoryLine("verified", record.decided_by, record.decided_at))
    if record.reversed_at is not None:
        lines.append(StoryLine("reversed", record.reversed_by, record.reversed_at, record.reversal_reason))
    return sorted(lines, key=lambda line: line.at)


def has_evidence(sign_up: SignUp | None) -> bool:
    """Whether the resident checked in, or the leader or staff ticked them as present."""
    attendance = getattr(sign_up, "attendance", None)
    return attendance is not None and (attendance.decision == Decision.PRESENT or attendance.checked_in_at is not None)
