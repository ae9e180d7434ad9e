"""What the pages of hours share: how a state looks, the story in words, what a row shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.forms import Form
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.services.form_keys import once
from communities.actors import Actor
from core.errors import DomainError
from core.forms import KeyedForm, refuse
from tasks.choices.hours import HourState
from tasks.models import HourRecord
from tasks.selectors.hours import StoryLine, story_of

TINTS = {
    HourState.SUBMITTED: ("wait", "clock"),
    HourState.RETURNED: ("urgent", "edit"),
    HourState.VERIFIED: ("ok", "check"),
    HourState.REFUSED: ("urgent", "cancel"),
    HourState.WITHDRAWN: ("", "undo"),
    HourState.REVERSED: ("", "reversal"),
}
STEPS: dict[str, str | Promise] = {
    "logged": _("Logged"),
    "returned": pgettext_lazy("hours", "Returned"),
    "fixed": _("Fixed and sent again"),
    "refused": pgettext_lazy("hours", "Refused"),
    "appealed": _("Appealed"),
    "approved_first": _("Approved by the first of two"),
    "withdrawn": pgettext_lazy("hours", "Withdrawn"),
    "reversal_asked": _("Reversal asked"),
    "reversal_declined": _("Reversal declined"),
    "verified": _("Verified and credited"),
    "reversed": pgettext_lazy("hours", "Reversed"),
}
ABOUT, KEY = 16, 24  # letters of a one-time key
STAFF_STEPS = frozenset({"reversal_asked", "reversal_declined", "approved_first"})


@dataclass(frozen=True, slots=True)
class StateLook:
    """A state as icon, word and tint."""

    label: str
    tint: str
    icon: str


@dataclass(frozen=True, slots=True)
class Event:
    """A line of a record's story."""

    what: str | Promise
    who: str
    at: Any
    note: str = ""


def look_of(state: str) -> StateLook:
    """How a record's state is shown."""
    tint, icon = TINTS[HourState(state)]
    return StateLook(str(HourState(state).label), tint, icon)


def story(record: HourRecord, *, for_staff: bool) -> list[Event]:
    """The record's story in words. What staff ask each other stays with staff until it is done."""
    return [_event(line) for line in story_of(record) if for_staff or line.step not in STAFF_STEPS]


def _event(line: StoryLine) -> Event:
    return Event(STEPS[line.step], line.by.display_name if line.by else "", line.at, line.reason)


def done_once(form: KeyedForm, actor: Actor, purpose: str, run: Callable[[], str], *, about: str = "") -> str | None:
    """The address that the work leads to, or None when it was refused and the form says why. A replay: the same.

    ``about``: what of a page with many buttons was chosen, so that going back and choosing another is no replay.
    """
    key = sha256(about.encode()).hexdigest()[:ABOUT] + form.key[:KEY] if about else form.key
    try:
        return once(key=key, user_id=actor.user_id, purpose=purpose, run=run)
    except DomainError as reason:
        refuse(form, reason)
        return None


def hidden(form: Form) -> list[Any]:
    """A bound form's values as hidden inputs, for a review page."""
    return [field.as_hidden() for field in form if field.name != "form_key"]
