"""What sign-ups and shifts put into the outbox: reminders, promotions, answers, cancelled and moved dates.

A payload carries what everybody may read (title, time, landmark) and never the address or the private note.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse

from notifications.choices import Channel
from notifications.services import outbox
from tasks.models import HelpRequest, Shift, SignUp

REMIND_BEFORE = {"task-reminder-day": timedelta(hours=24), "task-reminder-soon": timedelta(hours=2)}
PROMOTED = "task-promoted"
ACCEPTED = "task-accepted"
DECLINED = "task-declined"
CALLED_OFF = "task-called-off"
MOVED = "task-moved"
HELP_PUBLISHED = "help-published"
HELP_SETTLED = "help-settled"
HELP_HELPER_FOUND = "help-helper-found"
CHANNELS = (Channel.INBOX, Channel.EMAIL)


def subject_of(shift: Shift) -> str:
    """What a notice about a shift is filed under; its recipient tells whose it is."""
    return f"shift:{shift.pk}"


def payload_of(shift: Shift) -> dict[str, Any]:
    """The public facts of a shift."""
    task = shift.task
    return {
        "title_zh": task.title_zh,
        "title_en": task.title_en,
        "landmark_zh": task.landmark_zh,
        "landmark_en": task.landmark_en,
        "starts_at": shift.starts_at,
        "ends_at": shift.ends_at,
        "time_zone": shift.community.time_zone,
    }


def task_url(shift: Shift) -> str:
    """The task's page, opened at this date."""
    path = reverse("tasks:task", kwargs={"community": shift.community.slug, "task_id": shift.task_id})
    return f"{path}?date={shift.pk}"


def reminders(shift: Shift, sign_ups: Iterable[SignUp], now: datetime) -> list[outbox.Announcement]:
    """24 hours and 2 hours before, as far as these moments are still to come."""
    payload, url = payload_of(shift), task_url(shift)
    return [
        outbox.Announcement(
            kind, subject_of(shift), one.resident.user_id, shift.starts_at - before, payload, url, CHANNELS
        )
        for one in sign_ups
        for kind, before in REMIND_BEFORE.items()
        if shift.starts_at - before > now
    ]


def remind(shift: Shift, sign_ups: Iterable[SignUp], now: datetime) -> None:
    """Write the reminders of confirmed sign-ups."""
    outbox.announce_many(reminders(shift, sign_ups, now))


def forget_reminders(shift: Shift, sign_up: SignUp | None = None) -> None:
    """Take unsent reminders back: one helper's who withdrew, or everybody's when the date is called off or moved."""
    if sign_up is not None and sign_up.resident.user_id is None:
        return
    user_id = sign_up.resident.user_id if sign_up is not None else None
    for kind in REMIND_BEFORE:
        outbox.drop(kind=kind, subject=subject_of(shift), recipient_user_id=user_id)


def tell(kind: str, shift: Shift, sign_ups: Iterable[SignUp], now: datetime, **more: Any) -> None:
    """Tell each helper at once, in the app and wherever they asked to be told."""
    payload, url = payload_of(shift) | more, task_url(shift)
    outbox.announce_many(
        outbox.Announcement(kind, subject_of(shift), one.resident.user_id, now, payload, url, CHANNELS)
        for one in sign_ups
    )


def tell_helped(shift: Shift, sign_ups: Iterable[SignUp], now: datetime) -> None:
    """Tell whom it is for that a neighbour comes, by the name that neighbours see."""
    person = shift.task.beneficiary
    if person is None:
        return
    for one in sign_ups:
        outbox.announce(
            kind=HELP_HELPER_FOUND,
            subject=f"sign-up:{one.pk}",
            recipient_user_id=person.user_id,
            due_at=now,
            payload=payload_of(shift) | {"helper": one.resident.public_name},
            url=task_url(shift),
            channels=CHANNELS,
        )


def tell_requester(kind: str, request: HelpRequest, now: datetime, **more: Any) -> None:
    """Tell the resident who asked for help how it stands."""
    community = request.community
    outbox.announce(
        kind=kind,
        subject=f"help:{request.pk}",
        recipient_user_id=request.resident.user_id,
        due_at=now,
        payload={"category": request.category, "time_zone": community.time_zone, **more},
        url=reverse("tasks:help", kwargs={"community": community.slug}),
        channels=CHANNELS,
    )
