"""What staff and leaders read: the list of tasks, who comes to a shift, today's work, calls waiting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Min, Q, QuerySet, Sum

from communities.actors import Actor
from communities.models import Community
from tasks.choices import SignUpState, TaskState
from tasks.models import HelpRequest, Shift, SignUp, Task

ROWS = 24
SOON = timedelta(hours=2)
URGENT_WITHIN = timedelta(hours=48)
SHOWN_TODAY = 20
WITHOUT_PRIVATE = ("task__private_note", "task__private_address")
TO_DECIDE = (
    SignUpState.CONFIRMED, SignUpState.WAITLISTED, SignUpState.ASKED, SignUpState.ATTENDED, SignUpState.ABSENT,
    SignUpState.EXCUSED,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class StaffToday:
    """What waits for staff: urgent tasks without enough helpers, shifts that begin soon, asked visits, calls."""

    urgent_unfilled: list[Shift]
    starting_soon: list[Shift]
    visits_asked: int
    calls_waiting: int


def staff_today(*, community: Community, now: datetime) -> StaffToday:
    """The workbench's figures in four queries."""
    shifts = Shift.objects.for_community(community).published().select_related("task").defer(*WITHOUT_PRIVATE)
    shifts = shifts.order_by("starts_at", "pk")
    unfilled = shifts.filter(
        task__urgent=True, taken__lt=F("places"), starts_at__gt=now, starts_at__lt=now + URGENT_WITHIN
    )
    soon = shifts.filter(ends_at__gt=now, starts_at__lt=now + SOON)
    return StaffToday(
        urgent_unfilled=list(unfilled[:SHOWN_TODAY]),
        starting_soon=list(soon[:SHOWN_TODAY]),
        visits_asked=asked_visits(community, now).count(),
        calls_waiting=calls_waiting(community),
    )


def asked_visits(community: Community, now: datetime) -> QuerySet[SignUp]:
    """Residents who asked for a home visit and wait for staff's answer."""
    return (
        SignUp.objects.for_community(community)
        .filter(state=SignUpState.ASKED, shift__starts_at__gt=now)
        .select_related("shift__task", "resident")
        .order_by("shift__starts_at", "line")
    )


def calls_waiting(community: Community) -> int:
    """Requests for help that nobody has answered."""
    return HelpRequest.objects.for_community(community).waiting().count()


def task_list(*, community: Community, state: str, now: datetime, page: int) -> Page[Task]:
    """Staff's list: drafts, published with dates to come, or what is over, each with its next date and its figures."""
    to_come = Q(shifts__ends_at__gt=now, shifts__cancelled_at__isnull=True)
    tasks = (
        Task.objects.for_community(community)
        .defer("private_note", "private_address")
        .select_related("team")
        .annotate(
            next_at=Min("shifts__starts_at", filter=to_come),
            dates_left=Count("shifts", filter=to_come),
            places=Sum("shifts__places", filter=to_come),
            taken=Sum("shifts__taken", filter=to_come),
        )
    )
    if state == "draft":
        tasks = tasks.filter(state=TaskState.DRAFT).order_by("-created_at")
    elif state == "over":
        over = Q(state=TaskState.CANCELLED) | Q(state=TaskState.PUBLISHED, dates_left=0)
        tasks = tasks.filter(over).order_by("-created_at")
    else:
        tasks = tasks.filter(state=TaskState.PUBLISHED, dates_left__gt=0).order_by("next_at", "pk")
    return Paginator(tasks, ROWS).get_page(page)


def get_shift(community: Community, shift_id: UUID) -> Shift:
    """A shift with its task. Shift.DoesNotExist for another community's."""
    shift = Shift.objects.for_community(community).select_related("task__team", "task__beneficiary").get(pk=shift_id)
    shift.community = community
    return shift


def who_comes(shift: Shift) -> list[SignUp]:
    """Everybody who is in, waits or asks, in the order of claiming, with their attendance."""
    rows = shift.sign_ups.filter(state__in=TO_DECIDE)
    return list(rows.select_related("resident", "attendance", "claimed_by").order_by("line"))


def waiting_requests(community: Community) -> list[HelpRequest]:
    """Calls waiting, what may be dangerous first, then the oldest."""
    rows = list(HelpRequest.objects.for_community(community).waiting().select_related("resident")[:200])
    return sorted(rows, key=lambda one: (not one.flags, one.created_at))


def led_shifts(*, actor: Actor, now: datetime) -> list[Shift]:
    """Shifts of the teams that the actor leads, from yesterday on."""
    shifts = Shift.objects.for_community(actor.community).published().select_related("task").defer(*WITHOUT_PRIVATE)
    mine = shifts.filter(task__team__in=actor.led_team_ids, ends_at__gt=now - timedelta(days=1))
    return list(mine.order_by("starts_at", "pk")[:ROWS])


def own_requests(actor: Actor) -> list[HelpRequest]:
    """What a resident has asked for, the newest first."""
    rows = HelpRequest.objects.filter(resident=actor.resident).select_related("task")
    return list(rows.defer("task__private_note", "task__private_address").order_by("-created_at")[:ROWS])
