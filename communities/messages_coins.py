"""What the outbox says of coins that expire and of debts that were let go, in the reader's language."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from communities.services import expiring, write_offs
from core.coins import CoinWord
from core.wording import day_text
from notifications import kinds
from notifications.kinds import Message, Payload


def register() -> None:
    """Teach the outbox this module's kinds."""
    kinds.register(expiring.KIND, coins_expire, action=True)
    kinds.register(write_offs.WRITTEN_OFF, written_off)


def coins_expire(payload: Payload) -> Message:
    """Old coins are about to expire: how many, until when they are good, and what to do."""
    told = {
        "coins": _amount(payload, payload["coins"]),
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


def _amount(payload: Payload, coins: int) -> str:
    zh, en, en_many = payload["coin"]
    return CoinWord(zh=zh, en=en, en_many=en_many).amount(coins)


def written_off(payload: Payload) -> Message:
    """Part or all of what was owed need not be repaid."""
    left = int(payload["left"])
    body = _("Two of the staff decided it. %(left)s are still owed.") if left else _("Two of the staff decided it.")
    return Message(
        _("%(coins)s that you owed were written off") % {"coins": _amount(payload, payload["coins"])},
        body % {"left": _amount(payload, left)} if left else body,
        about_zh=payload["place_zh"],
        about_en=payload["place_en"],
    )
