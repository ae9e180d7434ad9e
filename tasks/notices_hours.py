"""The words of what hours put into the outbox. ``register_kinds`` is called once, in ``apps.ready``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from core.coins import CoinWord
from core.typed import said
from core.wording import day_text, duration_text
from notifications.kinds import Message, register

Payload = Mapping[str, Any]


def register_kinds() -> None:
    """Teach the outbox what hours say."""
    register("hours-credited", credited)
    register("hours-returned", returned, action=True)
    register("hours-refused", refused, action=True)
    register("hours-reversed", reversed_)


def credited(payload: Payload) -> Message:
    """“Credited: +60 time coins”, the hours, and the balance after."""
    word = _word(payload)
    if payload.get("capped"):
        body = _("%(hours)s are certified. They earn nothing more: the limit of the day or month was reached.")
        return _message(payload, _("Your hours are certified"), body % {"hours": _hours(payload)})
    title = _("Credited: %(coins)s") % {"coins": word.amount(payload["coins"], signed=True)}
    body = _("For %(hours)s. Your balance is now %(balance)s.")
    return _message(payload, title, body % {"hours": _hours(payload), "balance": word.amount(payload["balance"])})


def returned(payload: Payload) -> Message:
    """Hours came back with a question."""
    body = _("%(hours)s: %(reason)s. Open the record, add what is missing and send it again.")
    return _message(payload, _("Your hours need something more"), _said(payload, body))


def refused(payload: Payload) -> Message:
    """Hours were refused, and what can be done."""
    body = _("%(hours)s: %(reason)s. If you disagree, you can send the record to another person once.")
    return _message(payload, _("Your hours were refused"), _said(payload, body))


def reversed_(payload: Payload) -> Message:
    """Hours were reversed, and why."""
    title = _("Reversed: %(coins)s") % {"coins": _word(payload).amount(-(payload["coins"] or 0), signed=True)}
    body = _("%(hours)s: %(reason)s. Ask the community office if you have a question.")
    return _message(payload, title, _said(payload, body))


def _message(payload: Payload, title: str, body: str) -> Message:
    return Message(title, body, about_zh=payload.get("title_zh", ""), about_en=payload.get("title_en", ""))


def _said(payload: Payload, body: str) -> str:
    """The body, with the reason marked as typed."""
    reason = str(payload.get("reason", "")).rstrip(".。")
    return said(body, {"hours": _hours(payload)}, typed={"reason": reason})


def _hours(payload: Payload) -> str:
    """“Sun 22 Nov, 1 h 30 min”."""
    day = day_text(date.fromisoformat(str(payload["service_date"])))
    return _("%(day)s, %(duration)s") % {"day": day, "duration": duration_text(int(payload["minutes"]))}


def _word(payload: Payload) -> CoinWord:
    zh, en, en_many = payload.get("coin") or ("时间币", "time coin", "time coins")
    return CoinWord(zh=zh, en=en, en_many=en_many)
