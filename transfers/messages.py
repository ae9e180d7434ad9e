"""What the outbox's messages about transfers say, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext as _

from core.coins import CoinWord
from core.typed import said
from notifications import kinds
from notifications.kinds import Message, Payload
from transfers.services import notices


def register() -> None:
    """Teach the outbox this app's kinds."""
    kinds.register(notices.SENT, sent)
    kinds.register(notices.RECEIVED, received)
    kinds.register(notices.REFUSED, refused)
    kinds.register(notices.LAPSED, lapsed)


def sent(payload: Payload) -> Message:
    """The coins have gone: who did not want that calls at once."""
    return _message(
        payload,
        _("Coins sent to another community"),
        _("%(coins)s went to %(who)s. If you did not want this, call us."),
    )


def received(payload: Payload) -> Message:
    """Coins have come."""
    return _message(
        payload, _("Coins from another community"), _("%(who)s sent you %(coins)s. They are in your passbook.")
    )


def refused(payload: Payload) -> Message:
    """Staff said no, with a reason."""
    return _message(
        payload,
        _("Your transfer was refused"),
        _("Reason: %(reason)s. The %(coins)s for %(who)s are free again."),
    )


def lapsed(payload: Payload) -> Message:
    """Nobody decided in time."""
    return _message(
        payload,
        _("Your transfer has lapsed"),
        _("Nobody approved it in time. The %(coins)s for %(who)s are free again; you can ask anew."),
    )


def _message(payload: Payload, title: str, sentence: str) -> Message:
    zh, en, en_many = payload["coin"]
    coins = CoinWord(zh=zh, en=en, en_many=en_many).amount(int(payload["coins"]))
    typed = {"who": payload["who"], "reason": payload.get("reason", "")}
    body = said(sentence, {"coins": coins}, typed=typed)
    return Message(title=title, body=body, about_zh=payload["place_zh"], about_en=payload["place_en"])
