"""What the outbox's messages about people say, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext as _

from communities.services.people import ACCOUNT_CONNECTED
from notifications import kinds
from notifications.kinds import Message, Payload


def register() -> None:
    """Teach the outbox this app's kinds."""
    kinds.register(ACCOUNT_CONNECTED, account_connected)


def account_connected(payload: Payload) -> Message:
    """Whoever holds this account can use a resident's passbook from now on."""
    return Message(
        _("You can now use a passbook here"),
        _("The community office connected your account to a resident's passbook. If that is wrong, please call them."),
        about_zh=payload["place_zh"],
        about_en=payload["place_en"],
    )
