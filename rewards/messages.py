"""What the outbox's messages about redemptions say, in the reader's language."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.typed import said
from core.wording import number_text, when_text
from notifications import kinds
from notifications.kinds import Message, Payload
from rewards.services import notices, wishes


def register() -> None:
    """Teach the outbox this app's kinds. What waits for the resident stands first until it is read."""
    kinds.register(notices.APPROVED, approved, action=True)
    kinds.register(notices.EXPIRING, expiring, action=True)
    kinds.register(notices.REFUSED, refused)
    kinds.register(notices.TAKEN, taken)
    kinds.register(notices.LAPSED, lapsed)
    kinds.register(wishes.BACK, back)


def approved(payload: Payload) -> Message:
    """The code is there. Its digits stand on the redemption's page alone, not in mail or SMS."""
    return _message(
        payload,
        _("Ready to collect"),
        _("Show the pick-up code at the desk by %(until)s.") % {"until": _until(payload)},
    )


def expiring(payload: Payload) -> Message:
    """Three days are left."""
    return _message(
        payload,
        _("Your pick-up code is about to expire"),
        _("Collect it by %(until)s; after that the coins are free again.") % {"until": _until(payload)},
    )


def refused(payload: Payload) -> Message:
    """Staff said no, with a reason."""
    return _message(
        payload,
        _("Your request was refused"),
        said(
            ngettext(
                "Reason: %(reason)s. The %(coins)s coin held for it is free again.",
                "Reason: %(reason)s. The %(coins)s coins held for it are free again.",
                int(payload["coins"]),
            ),
            {"coins": _coins(payload)},
            typed={"reason": payload.get("reason", "")},
        ),
    )


def taken(payload: Payload) -> Message:
    """It was handed over: whoever did not collect it learns that somebody did."""
    return _message(
        payload,
        _("Collected"),
        ngettext(
            "%(coins)s coin was paid. If you did not collect it, call us.",
            "%(coins)s coins were paid. If you did not collect it, call us.",
            int(payload["coins"]),
        )
        % {"coins": _coins(payload)},
    )


def lapsed(payload: Payload) -> Message:
    """Nobody decided, or nobody came."""
    return _message(
        payload,
        _("Your pick-up code has expired") if payload.get("ready") else _("Your request has lapsed"),
        ngettext(
            "The %(coins)s coin held for it is free again. You can ask for it anew.",
            "The %(coins)s coins held for it are free again. You can ask for it anew.",
            int(payload["coins"]),
        )
        % {"coins": _coins(payload)},
    )


def back(payload: Payload) -> Message:
    """What was sold out is there; nothing is kept for anybody."""
    return _message(payload, _("Back in stock"), _("You asked to be told. Who comes first gets it."))


def _message(payload: Payload, title: str, body: str) -> Message:
    return Message(title=title, body=body, about_zh=payload["title_zh"], about_en=payload["title_en"])


def _until(payload: Payload) -> str:
    return when_text(datetime.fromisoformat(payload["expires_at"]))


def _coins(payload: Payload) -> str:
    return number_text(int(payload["coins"]))
