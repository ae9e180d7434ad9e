"""The words of the notices that papers send."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from core.coins import CoinWord
from core.wording import month_text, number_text
from notifications.kinds import Message, Payload


def statement(payload: Payload) -> Message:
    """The month's statement is ready, with its four figures."""
    zh, en, en_many = payload["coin"]
    figures = {
        "opening": number_text(payload["opening"]),
        "credited": number_text(payload["credited"]),
        "debited": number_text(payload["debited"]),
        "closing": CoinWord(zh=zh, en=en, en_many=en_many).amount(payload["closing"]),
    }
    return Message(
        title=_("Your statement for %(month)s is ready") % {"month": month_text(date.fromisoformat(payload["month"]))},
        body=_("At the beginning %(opening)s, paid in %(credited)s, paid out %(debited)s, at the end %(closing)s.")
        % figures,
    )
