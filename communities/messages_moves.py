"""What the outbox says of coins that moved between wallets, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from communities.choices import MoveKind
from communities.services import move_notices
from core.wording import number_text
from notifications import kinds
from notifications.kinds import Message, Payload


def register() -> None:
    """Teach the outbox this module's kinds."""
    kinds.register(move_notices.MOVED, moved)
    kinds.register(move_notices.MOVED_BACK, moved_back)


def moved(payload: Payload) -> Message:
    """Coins came in or went out, and why."""
    title = _("Coins came into your passbook") if payload["in"] else _("Coins went out of your passbook")
    facts = {"why": MoveKind(payload["why"]).label, "coins": number_text(int(payload["coins"]))}
    body = ngettext(
        "%(why)s: two of the staff moved %(coins)s coin. If that is wrong, call us.",
        "%(why)s: two of the staff moved %(coins)s coins. If that is wrong, call us.",
        int(payload["coins"]),
    )
    return _message(payload, title, body % facts)


def moved_back(payload: Payload) -> Message:
    """A move was reversed."""
    facts = {"coins": number_text(int(payload["coins"]))}
    body = ngettext(
        "The %(coins)s coin is back where it was.",
        "The %(coins)s coins are back where they were.",
        int(payload["coins"]),
    )
    return _message(payload, _("A move of coins was reversed"), body % facts)


def _message(payload: Payload, title: str, body: str) -> Message:
    return Message(title, body, about_zh=payload["place_zh"], about_en=payload["place_en"])
