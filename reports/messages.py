"""The words of the notices that reports send."""

from __future__ import annotations

from django.utils.translation import gettext as _

from notifications.kinds import Message, Payload
from reports.wording import invariant


def books_broken(payload: Payload) -> Message:
    """The daily check found something against a book."""
    if payload["pauses"]:
        meaning = _("Spending is paused until two managers lift it. Nothing is lost: earning goes on.")
    else:
        meaning = _("Spending goes on. Please have it explained before the month is closed.")
    return Message(
        title=_("The check of the books failed: %(what)s") % {"what": invariant(payload["number"])},
        body=meaning,
        about_zh=payload["name_zh"],
        about_en=payload["name_en"],
    )
