"""A resident's word: hours logged from a sign-up or by hand, fixed, withdrawn, appealed. Nothing here makes coins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from communities.actors import Actor
from communities.models import Resident
from core.clock import local_date
from core.transactions import atomic_with_retry
from core.typed import typed_plain
from core.wording import day_text, when_text
from tasks.choices import SignUpState
from tasks.choices.hours import MAX_MINUTES, OPEN, Flag, HourState, HourStep
from tasks.errors_hours import (
    HoursOverlap,
    NoAppeal,
    NotOpen,
    NotServed,
    NotYours,
    ReasonMissing,
    SignUpLogged,
)
from tasks.models import HourEvent, HourRecord, Shift, SignUp, Task
from tasks.policies.hours import can_change_record, can_log_for
from tasks.rules.flags import PAIR_DAYS, Facts, flags_for
from tasks.rules.hours import HoursRefused, Span, check_span
from tasks.selectors import hours as read
from tasks.selectors.clashes import Clashes, clashes_around


@dataclass(frozen=True, slots=True)
class Item:
    """What the hours were for: a sign-up, or a task without one."""

    task: Task
    shift: Shift | None = None
    sign_up: SignUp | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What a resident says about their hours."""

    span: Span
    witness: str = ""
    note: str = ""


@atomic_with_retry
def log_hours(
    *,
    actor: Actor,
    resident_id: UUID,
    said: Said,
    now: datetime,
    sign_up_id: UUID | None = None,
    task_id: UUID | None = None,
) -> HourRecord:
    """Log hours for a sign-up, or by hand for a published task; they wait for a verifier.

    NotYours: not for this resident. NotServed: the item cannot earn. HoursRefused: the figures. HoursOverlap: names the
    record that has this time already.
    """
    resident = Resident.objects.select_related("community__settings").get(pk=resident_id, community=actor.community)
    if not can_log_for(actor, resident):
        raise NotYours
    item = item_of(resident=resident, now=now, sign_up_id=sign_up_id, task_id=task_id)
    clashes = clashes_around(said.span, [resident.pk], shift=item.shift)
    check(resident=resident, item=item, span=said.span, clashes=clashes, now=now)
    record = new_record(actor=actor, resident=resident, item=item, said=said, clashes=clashes, now=now)
    record.save(force_insert=True)
    return record


def item_of(*, resident: Resident, now: datetime, sign_up_id: UUID | None = None, task_id: UUID | None = None) -> Item:
    """The sign-up or the task that hours are logged for. NotServed when it is not one that this resident may log."""
    if sign_up_id is not None:
        return _sign_up_item(resident, sign_up_id, now)
    tasks = read.by_hand(Task.objects.for_community(resident.community), now)
    task = None if task_id is None else tasks.filter(pk=task_id).first()
    if task is None:
        raise NotServed
    return Item(task)


def _sign_up_item(resident: Resident, sign_up_id: UUID, now: datetime) -> Item:
    sign_up = (
        SignUp.objects.filter(resident=resident, pk=sign_up_id).select_related("shift__task", "attendance").first()
    )
    if sign_up is None or sign_up.shift.cancelled_at is not None:
        raise NotServed
    if sign_up.state in (SignUpState.ABSENT, SignUpState.EXCUSED):
        raise NotServed(_("You were marked as not there. Ask the team leader or the office to correct that first."))
    if sign_up.state not in (SignUpState.CONFIRMED, SignUpState.ATTENDED) or not sign_up.shift.has_begun(now):
        raise NotServed
    return Item(sign_up.shift.task, sign_up.shift, sign_up)


def check(
    *,
    resident: Resident,
    item: Item,
    span: Span,
    now: datetime,
    clashes: Clashes | None = None,
    but: UUID | None = None,
    logged_at: datetime | None = None,
) -> None:
    """Refuse hours that cannot be, with words that say what to do; the database holds the same lines.

    ``clashes``: where they were read already. ``logged_at``: of a record sent again, when it was first sent.
    """
    zone = resident.community.time_zone
    check_span(span, now=now, most=min(resident.community.settings.max_minutes, MAX_MINUTES))
    _check_recent(span, logged_at or now, zone)
    if item.shift is not None and not _same_day(item.shift, span, zone):
        raise NotServed(
            _("You signed up for %(when)s. Write the hours of that day, or choose the task without the sign-up.")
            % {"when": when_text(item.shift.starts_at, item.shift.ends_at)},
            field="service_date",
        )
    if item.sign_up is not None and item.sign_up.hour_records.live().exclude(pk__in=[but] if but else []).exists():
        raise SignUpLogged
    clashes = clashes or clashes_around(span, [resident.pk], shift=item.shift)
    other = clashes.record(resident.pk, span, but=but)
    if other is not None:
        raise overlap_with(other)


def _check_recent(span: Span, at: datetime, zone: str) -> None:
    first = local_date(at, zone) - timedelta(days=read.LOG_DAYS)
    if local_date(span.starts_at, zone) < first:
        raise HoursRefused(
            ngettext(
                "Hours can be logged for %(days)d day: from %(first)s on. Look at the day again.",
                "Hours can be logged for %(days)d days: from %(first)s on. Look at the day again.",
                read.LOG_DAYS,
            )
            % {"days": read.LOG_DAYS, "first": day_text(first)},
            field="service_date",
        )


def overlap_with(other: HourRecord) -> HoursOverlap:
    """The refusal that names the record in the way: its item and its times."""
    return HoursOverlap(
        _("This overlaps with “%(item)s”, %(when)s, which is logged already. Change the times, or withdraw that one.")
        % {"item": typed_plain(other, "title"), "when": when_text(other.starts_at, other.ends_at)}
    )


def _same_day(shift: Shift, span: Span, zone: str) -> bool:
    days = {local_date(shift.starts_at, zone), local_date(shift.ends_at, zone)}
    return local_date(span.starts_at, zone) in days


def new_record(
    *,
    actor: Actor,
    resident: Resident,
    item: Item,
    said: Said,
    clashes: Clashes,
    now: datetime,
    seen: bool = False,
) -> HourRecord:
    """The row, flagged and not saved, once everything was checked. ``seen``: a signed sheet says that they came."""
    zone = resident.community.time_zone
    flags = flags_of(
        resident=resident, item=item, span=said.span, clashes=clashes, entered_by_id=actor.user_id, seen=seen
    )
    return HourRecord(
        community=resident.community,
        resident=resident,
        task=item.task,
        shift=item.shift,
        sign_up=item.sign_up,
        title_zh=item.task.title_zh,
        title_en=item.task.title_en,
        service_date=local_date(said.span.starts_at, zone),
        starts_at=said.span.starts_at,
        ends_at=said.span.ends_at,
        minutes=said.span.minutes,
        witness=said.witness.strip(),
        note=said.note.strip(),
        flags=flags,
        entered_by=actor.user,
        submitted_at=now,
    )


def flags_of(
    *,
    resident: Resident,
    item: Item,
    span: Span,
    clashes: Clashes,
    entered_by_id: int,
    seen: bool = False,
    but: UUID | None = None,
) -> list[Flag]:
    """What a verifier should look at, from what is known now. ``but``: the record itself when it is sent again."""
    zone = resident.community.time_zone
    day = local_date(span.starts_at, zone)
    attendance = getattr(item.sign_up, "attendance", None)
    times, reciprocal = _pair(resident, item.task, day, again=but is not None)
    return flags_for(
        Facts(
            minutes=span.minutes,
            flag_minutes=resident.community.settings.flag_minutes,
            shift_minutes=None if item.shift is None else item.shift.minutes,
            overlaps_sign_up=clashes.sign_up(resident.pk, span),
            pair_times=times,
            reciprocal=reciprocal,
            burst=attendance is not None and attendance.burst,
            no_such_date=item.shift is None and not read.took_place_on(item.task, day, zone),
            has_evidence=seen or read.has_evidence(item.sign_up),
            staff_entered=entered_by_id != resident.user_id,
            minor=resident.is_minor_on(day),
        )
    )


def _pair(resident: Resident, task: Task, day: date, *, again: bool) -> tuple[int, bool]:
    """How often this resident helped the same person lately, this record included, and whether that one helped them."""
    helped_id = read.pair_of(task)
    if helped_id is None:
        return 0, False
    since = day - timedelta(days=PAIR_DAYS)
    times = read.times_for(resident.pk, helped_id, since) + (0 if again else 1)
    return times, read.times_for(helped_id, resident.pk, since) > 0


@atomic_with_retry
def fix(*, actor: Actor, record_id: UUID, said: Said, now: datetime) -> HourRecord:
    """Send a returned record again with other figures. NotOpen when it is not returned."""
    record = _own(actor, record_id)
    if record.state != HourState.RETURNED:
        raise NotOpen
    resident, item = record.resident, Item(record.task, record.shift, record.sign_up)
    clashes = clashes_around(said.span, [resident.pk], shift=item.shift)
    check(
        resident=resident,
        item=item,
        span=said.span,
        clashes=clashes,
        now=now,
        but=record.pk,
        logged_at=record.submitted_at,
    )
    record.starts_at, record.ends_at, record.minutes = said.span.starts_at, said.span.ends_at, said.span.minutes
    record.service_date = local_date(said.span.starts_at, resident.community.time_zone)
    record.witness, record.note = said.witness.strip(), said.note.strip()
    record.flags = flags_of(
        resident=resident,
        item=item,
        span=said.span,
        clashes=clashes,
        entered_by_id=record.entered_by_id,
        but=record.pk,
    )
    _send_again(record)
    record.save()
    HourEvent.objects.create(record=record, step=HourStep.FIXED, by=actor.user, at=now)
    return record


@atomic_with_retry
def appeal(*, actor: Actor, record_id: UUID, reason: str, now: datetime) -> HourRecord:
    """Send a refused record to another verifier, once, saying why. NoAppeal the second time."""
    if not reason.strip():
        raise ReasonMissing(_("Write why you think the hours are right: another person reads it."))
    record = _own(actor, record_id)
    if not record.can_appeal:
        raise NoAppeal
    span = Span(record.starts_at, record.ends_at)
    other = clashes_around(span, [record.resident_id]).record(record.resident_id, span, but=record.pk)
    if other is not None:
        raise overlap_with(other)
    record.refused_by_id, record.appealed_at = record.decided_by_id, now
    _send_again(record)
    record.save()
    HourEvent.objects.create(record=record, step=HourStep.APPEALED, by=actor.user, at=now, reason=reason.strip())
    return record


@atomic_with_retry
def withdraw_record(*, actor: Actor, record_id: UUID, now: datetime) -> HourRecord:
    """Take back a record that is not decided yet. NotOpen when it is."""
    record = _own(actor, record_id)
    if record.state not in OPEN:
        raise NotOpen
    _send_again(record)
    record.state = HourState.WITHDRAWN
    record.save()
    HourEvent.objects.create(record=record, step=HourStep.WITHDRAWN, by=actor.user, at=now)
    return record


def _own(actor: Actor, record_id: UUID) -> HourRecord:
    """The record, locked, if the actor may change it."""
    record = (
        HourRecord.objects.for_community(actor.community)
        .select_related("resident", "task", "shift", "sign_up__attendance")
        .select_for_update(of=("self",))
        .get(pk=record_id)
    )
    record.resident.community = actor.community
    if not can_change_record(actor, record):
        raise NotYours
    return record


def _send_again(record: HourRecord) -> None:
    """Undecided once more; the earlier decision stands in the record's story."""
    record.state = HourState.SUBMITTED
    record.reason = ""
    record.decided_by_id = record.decided_at = None
    record.first_approved_by_id = record.first_approved_at = None
