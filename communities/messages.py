"""What the outbox's messages about people say, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext as _

from communities.services.people import ACCOUNT_CONNECTED, ACCOUNT_DISCONNECTED
from notifications import kinds
from notifications.kinds import Message, Payload


def register() -> None:
    """Teach the outbox this app's kinds."""
    kinds.register(ACCOUNT_CONNECTED, account_connected)
    kinds.register(ACCOUNT_DISCONNECTED, account_disconnected)


def account_connected(payload: Payload) -> Message:
    """Whoever holds this account can use a resident's passbook from now on."""
    return Message(
        _("You can now use a passbook here"),
        _("The community office connected your account to a resident's passbook. If that is wrong, please call them."),
        about_zh=payload["place_zh"],
        about_en=payload["place_en"],
    )


def account_disconnected(payload: Payload) -> Message:
    """The resident signs in with another account; said to whoever holds the old one, in every way."""
    return Message(
        _("Another account uses your passbook from now on"),
        _("The office connected your passbook to another number or address. If you did not ask for that, please call."),
        about_zh=payload["place_zh"],
        about_en=payload["place_en"],
    )
