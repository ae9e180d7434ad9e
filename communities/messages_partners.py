"""What the outbox's messages about partner communities say, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext as _

from communities.services import partners
from notifications import kinds
from notifications.kinds import Message, Payload


def register() -> None:
    """Teach the outbox these kinds."""
    kinds.register(partners.ASKED, asked, action=True)
    kinds.register(partners.ANSWERED, answered)
    kinds.register(partners.ENDED, ended)


def asked(payload: Payload) -> Message:
    """Another community would like to exchange coins."""
    return _of_place(
        payload,
        _("A community asks to be your partner"),
        _("If you accept, residents of both can send coins to each other. Accept or decline under People, Partners."),
    )


def answered(payload: Payload) -> Message:
    """Yes or no."""
    if payload.get("yes"):
        return _of_place(payload, _("You are partners now"), _("Residents of both can send coins to each other."))
    return _of_place(
        payload, _("The other community declined"), _("No coins can be sent between you. You can ask anew.")
    )


def ended(payload: Payload) -> Message:
    """The other side ended it, or took its question back."""
    return _of_place(
        payload,
        _("The partnership has ended"),
        _("No new coins can be sent. What was sent stays, and so do the settlement sheets."),
    )


def _of_place(payload: Payload, title: str, body: str) -> Message:
    return Message(title, body, about_zh=payload["place_zh"], about_en=payload["place_en"])
