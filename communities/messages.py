"""What the outbox's messages about people say, in the reader's language."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from communities.services import expiring
from communities.services.people import ACCOUNT_CONNECTED, ACCOUNT_DISCONNECTED
from core.coins import CoinWord
from core.wording import day_text
from notifications import kinds
from notifications.kinds import Message, Payload


def register() -> None:
    """Teach the outbox this app's kinds."""
    kinds.register(ACCOUNT_CONNECTED, account_connected)
    kinds.register(ACCOUNT_DISCONNECTED, account_disconnected)
    kinds.register(expiring.KIND, coins_expire, action=True)


def account_connected(payload: Payload) -> Message:
    """Whoever holds this account can use a resident's passbook from now on."""
    return Message(
        _("You can now use a passbook here"),
        _("The community office connected your account to a resident's passbook. If that is wrong, please call them."),
        about_zh=payload["place_zh"],
        about_en=payload["place_en"],
    )


def coins_expire(payload: Payload) -> Message:
    """Old coins are about to expire: how many, until when they are good, and what to do."""
    told = {
        "coins": _amount(payload),
        "day": day_text(date.fromisoformat(payload["last_day"])),
        "months": payload["months"],
    }
    return Message(
        _("%(coins)s expire after %(day)s") % told,
        ngettext(
            "They are older than %(months)s month. Spend them by that day: whatever you redeem takes the oldest first. "
            "Coins held for what you have asked for are safe.",
            "They are older than %(months)s months. Spend them by that day: whatever you redeem takes the oldest "
            "first. Coins held for what you have asked for are safe.",
            payload["months"],
        )
        % told,
    )


def _amount(payload: Payload) -> str:
    zh, en, en_many = payload["coin"]
    return CoinWord(zh=zh, en=en, en_many=en_many).amount(payload["coins"])


def account_disconnected(payload: Payload) -> Message:
    """The resident signs in with another account; said to whoever holds the old one, in every way."""
    return Message(
        _("Another account uses your passbook from now on"),
        _("The office connected your passbook to another number or address. If you did not ask for that, please call."),
        about_zh=payload["place_zh"],
        about_en=payload["place_en"],
    )
