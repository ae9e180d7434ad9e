"""The dates of a task: adding, moving one or all later ones, places, and calling a date off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from communities.actors import Actor
from core.errors import NotAllowed
from core.transactions import atomic_with_retry
from tasks import errors
from tasks.choices import LIVE, SignUpState, TaskState
from tasks.models import Shift, Task
from tasks.models.task import PLACES_AT_MOST
from tasks.policies.claims import can_publish
from tasks.recurrence import HOURS_AT_MOST, TIMES_AT_MOST, Slot, slot_on
from tasks.services import claims, notices

LONGEST = timedelta(hours=HOURS_AT_MOST)
NO_DATE_TO_COME = _("Every date of this task is past. Add a date to come.")


def add_dates(*, task: Task, dates: Sequence[Slot], places: int) -> list[Shift]:
    """Make the shifts of a task. BadDates for what is no date; a requester-funded task has one place and one date."""
    if not 1 <= places <= PLACES_AT_MOST:
        raise errors.BadDates(
            _("Write how many people are needed, from 1 to %(most)d.") % {"most": PLACES_AT_MOST}, field="places"
        )
    if len(dates) > TIMES_AT_MOST:
        raise errors.BadDates(
            _("A task repeats at most %(most)d times. Copy it later for more.") % {"most": TIMES_AT_MOST}, field="times"
        )
    if task.is_requester_funded and (places != 1 or len(dates) > 1):
        raise errors.OnePaidPlace
    for slot in dates:
        check_slot(slot)
    return Shift.objects.bulk_create(
        Shift(
            task=task, community_id=task.community_id, funding=task.funding, starts_at=slot.starts_at,
            ends_at=slot.ends_at, places=places,
        )
        for slot in dates
    )  # fmt: skip


@atomic_with_retry
def more_dates(*, actor: Actor, task_id: UUID, dates: Sequence[Slot], places: int) -> list[Shift]:
    """Add dates to a task that stands."""
    _allow(actor)
    task = Task.objects.for_community(actor.community).select_for_update(of=("self",)).get(pk=task_id)
    if task.state == TaskState.CANCELLED:
        raise errors.NotPublished
    if task.is_requester_funded and task.shifts.filter(cancelled_at__isnull=True).exists():
        raise errors.OnePaidPlace
    return add_dates(task=task, dates=dates, places=places)


@atomic_with_retry
def edit_date(
    *, actor: Actor, shift_id: UUID, slot: Slot, places: int, all_later: bool = False, now: datetime
) -> list[Shift]:
    """Move a date or change its places; with `all_later` also those that follow, by the same clock time and length.

    Who is in is told of a new time and reminded anew; raised places are filled from the wait list at once. Places below
    those taken, and dates that have begun, are refused.
    """
    _allow(actor)
    check_slot(slot)
    zone = ZoneInfo(actor.community.time_zone)
    shifts = _locked_from(actor, shift_id, all_later)
    begins = slot.starts_at.astimezone(zone)
    moved_by = begins.date() - shifts[0].starts_at.astimezone(zone).date()
    minutes = int((slot.ends_at - slot.starts_at).total_seconds()) // 60
    for shift in shifts:
        if shift.has_begun(now):
            raise errors.ShiftHasBegun
        shift.community = actor.community
        day = shift.starts_at.astimezone(zone).date() + moved_by
        _change(shift, slot_on(day, begins.time(), minutes, str(zone)), places, now)
    return shifts


@atomic_with_retry
def cancel_date(*, actor: Actor, shift_id: UUID, now: datetime) -> Shift:
    """Skip one date: who was in is told, its reminders are dropped. Twice is harmless; what has begun stays."""
    _allow(actor)
    shift = claims.lock_shift(actor.community, shift_id)
    if shift.cancelled_at is None and shift.has_begun(now):
        raise errors.ShiftHasBegun
    call_off(shift=shift, actor=actor, now=now)
    return shift


def call_off(*, shift: Shift, actor: Actor | None, now: datetime) -> None:
    """Cancel a locked shift that has not begun; a past one is left as it was."""
    if shift.cancelled_at is not None or shift.has_begun(now):
        return
    shift.cancelled_at = now
    shift.save(update_fields=["cancelled_at"])
    gone = list(shift.sign_ups.filter(state__in=claims.LEAVES).select_related("resident"))
    for one in gone:
        claims.set_state(one, SignUpState.CALLED_OFF, actor, now)
    notices.forget_reminders(shift)
    notices.tell(notices.CALLED_OFF, shift, gone, now)


def check_slot(slot: Slot) -> None:
    """Refuse a slot that is none or longer than twelve hours."""
    if slot.ends_at <= slot.starts_at:
        raise errors.BadDates(_("The end is not after the start."), field="minutes")
    if slot.ends_at - slot.starts_at > LONGEST:
        raise errors.BadDates(
            _("One date lasts at most %(hours)d hours. Make two of it.") % {"hours": HOURS_AT_MOST}, field="minutes"
        )


def _change(shift: Shift, slot: Slot, places: int, now: datetime) -> None:
    if places < shift.taken:
        raise errors.NoPlaceLeft(
            ngettext(
                "%(taken)d place is taken on this date. Write at least that many.",
                "%(taken)d places are taken on this date. Write at least that many.",
                shift.taken,
            )
            % {"taken": shift.taken}
        )
    if shift.task.is_requester_funded and places != 1:
        raise errors.OnePaidPlace
    moved = (shift.starts_at, shift.ends_at) != (slot.starts_at, slot.ends_at)
    shift.starts_at, shift.ends_at, shift.places = slot.starts_at, slot.ends_at, places
    shift.save(update_fields=["starts_at", "ends_at", "places"])
    if moved:
        _tell_moved(shift, now)
    claims.promote(shift=shift, now=now)


def _tell_moved(shift: Shift, now: datetime) -> None:
    notices.forget_reminders(shift)
    live = list(shift.sign_ups.filter(state__in=LIVE).select_related("resident"))
    notices.remind(shift, [one for one in live if one.state == SignUpState.CONFIRMED], now)
    notices.tell(notices.MOVED, shift, live, now)


def _locked_from(actor: Actor, shift_id: UUID, all_later: bool) -> list[Shift]:
    """The date, and with `all_later` those after it, in the order of time; locked in the order of their ids."""
    of_community = Shift.objects.for_community(actor.community)
    first = of_community.get(pk=shift_id)
    chosen = of_community.filter(pk=first.pk)
    if all_later:
        chosen = of_community.filter(task_id=first.task_id, starts_at__gte=first.starts_at, cancelled_at__isnull=True)
    locked = chosen.order_by("pk").select_for_update(of=("self",)).select_related("task")
    return sorted(locked, key=lambda shift: shift.starts_at)


def _allow(actor: Actor) -> None:
    if not can_publish(actor):
        raise NotAllowed
