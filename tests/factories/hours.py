"""Hour records as tests need them: logged by their resident through the service, or planted directly."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from communities.actors import Actor
from communities.models import Resident
from core.clock import local_date
from ledger.choices import EntryKind
from ledger.services import holds
from tasks.choices import SignUpState
from tasks.models import HourRecord, Shift, SignUp, Task
from tasks.rules.hours import Span
from tasks.services import verification
from tasks.services.hours import Said, log_hours
from tests.factories.tasks import make_attendance, make_shift, make_sign_up, make_task

# Saturday 21 November 2026, 9:00 in Shanghai: the day before the cast's present.
YESTERDAY = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)


def span(minutes: int = 60, *, starts_at: datetime = YESTERDAY) -> Span:
    """So many minutes from yesterday 9:00 on."""
    return Span(starts_at, starts_at + timedelta(minutes=minutes))


def make_attended(
    resident: Resident, *, task: Task | None = None, starts_at: datetime = YESTERDAY, minutes: int = 60, **fields: Any
) -> SignUp:
    """A sign-up for a past shift, checked in and out on time and ticked as present."""
    task = task or make_task(resident.community, created_at=starts_at - timedelta(days=7))
    shift: Shift = make_shift(task, starts_at=starts_at, minutes=minutes, places=1 if task.is_requester_funded else 3)
    sign_up = make_sign_up(shift, resident, state=SignUpState.ATTENDED)
    make_attendance(
        sign_up,
        checked_in_at=starts_at,
        checked_out_at=shift.ends_at,
        decision="present",
        decided_at=shift.ends_at,
        **fields,
    )
    return sign_up


def make_hours(
    actor: Actor, *, now: datetime, starts_at: datetime = YESTERDAY, minutes: int = 60, task: Task | None = None
) -> HourRecord:
    """A clean record that the actor logged for a shift they attended."""
    assert actor.resident is not None
    sign_up = make_attended(actor.resident, task=task, starts_at=starts_at, minutes=minutes)
    return log_hours(
        actor=actor,
        resident_id=actor.resident.pk,
        sign_up_id=sign_up.pk,
        said=Said(span(minutes, starts_at=starts_at), witness="梅晓东"),
        now=now,
    )


def make_paid_task(payer: Actor, staff: Actor, *, now: datetime, price: int = 40) -> Task:
    """A task that a neighbour pays for out of an hour they gave two days ago; the price is held."""
    assert payer.resident is not None
    earned = make_hours(payer, now=now, starts_at=YESTERDAY - timedelta(days=2))
    wallet_id = verification.verify(actor=staff, record_id=earned.pk, now=now).wallet_id
    assert wallet_id is not None
    hold_id = holds.hold(
        book_id=payer.community.book_id,
        reference=f"task:{earned.pk}:fund",
        debit_id=wallet_id,
        amount=price,
        kind=EntryKind.REQUESTER_PAYMENT,
        actor_id=payer.user_id,
        now=now,
    )
    return make_task(
        payer.community,
        funding="requester",
        requester=payer.resident,
        price_coins=price,
        funding_hold_id=hold_id,
    )


def plant_hours(resident: Resident, **fields: Any) -> HourRecord:
    """A submitted record written past the services, entered by the resident's own account."""
    begins: datetime = fields.pop("starts_at", YESTERDAY)
    minutes: int = fields.pop("minutes", 60)
    task: Task = fields.pop("task", None) or make_task(resident.community)
    defaults = {
        "community": resident.community,
        "resident": resident,
        "task": task,
        "title_zh": task.title_zh,
        "title_en": task.title_en,
        "service_date": local_date(begins, resident.community.time_zone),
        "starts_at": begins,
        "ends_at": begins + timedelta(minutes=minutes),
        "minutes": minutes,
        "entered_by": resident.user,
        "submitted_at": begins + timedelta(minutes=minutes),
    }
    return HourRecord.objects.create(**(defaults | fields))
