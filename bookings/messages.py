"""What the outbox's messages about lessons say, in the reader's language."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from core.wording import when_text
from notifications import kinds
from notifications.kinds import Message, Payload


def register() -> None:
    """Teach the outbox this app's kinds."""
    kinds.register("lesson_cancelled", lesson_cancelled)


def lesson_cancelled(payload: Payload) -> Message:
    """A lesson does not take place; what becomes of the coins."""
    when = when_text(datetime.fromisoformat(payload["starts_at"]))
    if not payload["coins"]:
        body = _("Your seat is no longer booked.")
    elif payload["paid"]:
        body = _("Your coins come back as soon as a second person has confirmed it.")
    else:
        body = _("The coins held for your seat are free again.")
    return Message(
        title=_("The lesson of %(when)s is cancelled") % {"when": when},
        body=body,
        about_zh=payload["title_zh"],
        about_en=payload["title_en"],
    )
