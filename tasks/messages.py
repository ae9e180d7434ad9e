"""The words of the notices that tasks send: a payload becomes a title and a body in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.typed import said, typed_plain
from core.wording import when_text
from notifications import kinds
from notifications.kinds import Message
from tasks.choices import Category
from tasks.services import notices

Payload = Mapping[str, Any]


class _Landmark:
    """A payload's landmark as the look's `typed` reads it."""

    def __init__(self, payload: Payload) -> None:
        self.landmark_zh, self.landmark_en = payload.get("landmark_zh", ""), payload.get("landmark_en", "")


def register() -> None:
    """Teach the outbox every kind that tasks send."""
    for kind, title, body, action in SHIFT_KINDS:
        kinds.register(kind, _about_shift(title, body), action=action)
    kinds.register(notices.ACCEPTED, _accepted)
    kinds.register(notices.HELP_PUBLISHED, _help_published)
    kinds.register(notices.HELP_SETTLED, _help_settled)
    kinds.register(notices.HELP_HELPER_FOUND, _helper_found)


def _about_shift(title: Promise, body: Promise) -> Callable[[Payload], Message]:
    def render(payload: Payload) -> Message:
        return _message(payload, str(title), str(body) % _facts(payload))

    return render


def _message(payload: Payload, title: str, body: str) -> Message:
    return Message(title=title, body=body, about_zh=payload.get("title_zh", ""), about_en=payload.get("title_en", ""))


def _facts(payload: Payload) -> dict[str, str]:
    start, end = _instant(payload["starts_at"]), _instant(payload["ends_at"])
    return {"when": when_text(start, end), "place": typed_plain(_Landmark(payload), "landmark") or _("see the task")}


def _instant(value: Any) -> datetime:
    found = value if isinstance(value, datetime) else parse_datetime(str(value))
    assert found is not None
    return found


def _accepted(payload: Payload) -> Message:
    facts = _facts(payload)
    if payload.get("waits"):
        body = _("You are on the wait list for %(when)s. We tell you as soon as a place is free.") % facts
    else:
        body = _("You are in: %(when)s, place: %(place)s. The address is on the task's page.") % facts
    return _message(payload, _("Staff said yes"), body)


def _help_published(payload: Payload) -> Message:
    return _message(
        payload, _("Your request is on the board"), _("We tell you on the phone as soon as a neighbour comes forward.")
    )


def _helper_found(payload: Payload) -> Message:
    body = said(_("%(helper)s comes: %(when)s."), _facts(payload), typed={"helper": payload["helper"]})
    return _message(payload, _("A neighbour is coming to help you"), body)


def _help_settled(payload: Payload) -> Message:
    kind = Category(payload["category"]).label
    return Message(
        title=_("Your request has been seen to"),
        body=_("What you asked for: %(kind)s.") % {"kind": kind},
        about_zh=payload.get("answer", ""),
    )


SHIFT_KINDS: tuple[tuple[str, Promise, Promise, bool], ...] = (
    (
        "task-reminder-day",
        gettext_lazy("Tomorrow you are helping"),
        gettext_lazy("%(when)s, place: %(place)s. If you cannot come, withdraw now, so that somebody else can."),
        False,
    ),
    (
        "task-reminder-soon",
        gettext_lazy("It begins in 2 hours"),
        gettext_lazy("%(when)s, place: %(place)s. Check in when you arrive."),
        False,
    ),
    (
        notices.PROMOTED,
        gettext_lazy("A place is free: you are in"),
        gettext_lazy("%(when)s, place: %(place)s. If you cannot come any more, withdraw, so that the next one can."),
        True,
    ),
    (
        notices.DECLINED,
        gettext_lazy("Another neighbour goes this time"),
        gettext_lazy("Staff chose somebody else for %(when)s. Thank you for offering."),
        False,
    ),
    (
        notices.CALLED_OFF,
        gettext_lazy("Called off"),
        gettext_lazy("%(when)s will not take place. There is nothing you have to do."),
        False,
    ),
    (
        notices.MOVED,
        gettext_lazy("There is a new time"),
        gettext_lazy("It is now %(when)s, place: %(place)s. If you cannot come then, withdraw."),
        True,
    ),
)
