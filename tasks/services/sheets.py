"""The paper sign-in sheet 签到表: staff tick who came, and one save makes the attendance and the hours.

The hours wait for a second person: whoever entered a sheet does not verify it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from communities.actors import Actor
from communities.models import Resident
from communities.policies import can_visit_homes
from core.errors import DomainError
from core.transactions import atomic_with_retry
from tasks.choices import Decision
from tasks.choices.hours import MAX_MINUTES
from tasks.errors_hours import NotServed, OwnHours, StaffOnly
from tasks.models import HourRecord, Shift, SignUp
from tasks.policies.hours import is_own
from tasks.rules.hours import Span, check_minutes
from tasks.selectors.clashes import Clashes, clashes_around
from tasks.selectors.hours import recorded_in, sheet_lines
from tasks.services import attendance
from tasks.services.hours import Item, Said, check, new_record

ROWS_AT_MOST = 200


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a sheet. ``minutes`` None: the shift's."""

    resident: Resident
    sign_up: SignUp | None
    minutes: int | None


@dataclass(slots=True)
class SheetResult:
    """What became of a sheet: records entered, rows that were there already, and rows refused with the reason."""

    entered: list[HourRecord] = field(default_factory=list)
    kept: list[HourRecord] = field(default_factory=list)
    refused: list[tuple[Resident, str]] = field(default_factory=list)


@atomic_with_retry
def enter_sheet(
    *, actor: Actor, shift_id: UUID, came: Mapping[UUID, int | None], now: datetime, others_absent: bool = False
) -> SheetResult:
    """Enter who came to a shift: resident → minutes (None: the shift's). Walk-ins are named like everybody else.

    ``others_absent``: whoever signed up and is not on the sheet did not come. A row that cannot be is named, the others
    are entered. StaffOnly for everybody but staff; NotServed before the shift has ended.
    """
    if not actor.is_staff:
        raise StaffOnly
    shift = Shift.objects.for_community(actor.community).select_related("task").get(pk=shift_id)
    if not shift.has_ended(now):
        raise NotServed(_("This shift is not over yet. Enter its sheet after it has ended."))
    signed = {one.resident_id: one for one in _ticked(actor, shift, came, others_absent=others_absent, now=now)}
    there = recorded_in(shift)
    result = SheetResult()
    people = Resident.objects.for_community(actor.community).living_here().filter(pk__in=list(came)[:ROWS_AT_MOST])
    clashes = _clashes(shift, came)
    for resident in people.order_by("member_number"):
        resident.community = actor.community
        if resident.pk in there:
            result.kept.append(there[resident.pk])
            continue
        try:
            line = Line(resident, signed.get(resident.pk), came[resident.pk])
            result.entered.append(_entered(actor, shift, line, clashes, now))
        except DomainError as reason:
            result.refused.append((resident, str(reason)))
    HourRecord.objects.bulk_create(result.entered)
    return result


def _ticked(
    actor: Actor, shift: Shift, came: Mapping[UUID, int | None], *, others_absent: bool, now: datetime
) -> list[SignUp]:
    """The tick that decides, for those who signed up; nobody ticks themselves. Answers the sheet's lines after it."""
    lines = sheet_lines(shift)
    decisions = {
        sign_up.pk: Decision.PRESENT if sign_up.resident_id in came else Decision.ABSENT
        for sign_up in lines
        if (others_absent or sign_up.resident_id in came) and not is_own(actor, sign_up.resident)
    }
    if not decisions:
        return lines
    attendance.decide(actor=actor, shift_id=shift.pk, decisions=decisions, now=now)
    return sheet_lines(shift)


def _span(shift: Shift, minutes: int | None) -> Span:
    """From the shift's beginning, for so many minutes (None: the shift's)."""
    return Span(shift.starts_at, shift.starts_at + timedelta(minutes=shift.minutes if minutes is None else minutes))


def _clashes(shift: Shift, came: Mapping[UUID, int | None]) -> Clashes:
    """Around the longest span of the sheet, for everybody on it."""
    longest = max(minutes or shift.minutes for minutes in (0, *came.values()))
    return clashes_around(_span(shift, min(longest, MAX_MINUTES)), list(came), shift=shift)


def _entered(actor: Actor, shift: Shift, line: Line, clashes: Clashes, now: datetime) -> HourRecord:
    resident = line.resident
    if is_own(actor, resident):
        raise OwnHours(_("Your own hours: log them yourself, or ask a colleague to enter them."))
    if line.sign_up is None:
        _check_walk_in(shift, resident)
    if line.minutes is not None:
        check_minutes(line.minutes)
    item, span = Item(shift.task, shift, line.sign_up), _span(shift, line.minutes)
    check(resident=resident, item=item, span=span, clashes=clashes, now=now)
    return new_record(actor=actor, resident=resident, item=item, said=Said(span), clashes=clashes, now=now, seen=True)


def _check_walk_in(shift: Shift, resident: Resident) -> None:
    """Who comes without a sign-up: not to a task that one neighbour pays, not to a home without staff's clearance."""
    if shift.task.is_requester_funded or (
        shift.task.home_visit and not can_visit_homes(resident, shift.starts_at.date())
    ):
        raise NotServed(_("This task is only for who signed up for it."))
