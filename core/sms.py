"""Text messages leave through one interface. Which sender is used says ``settings.SMS_SENDER``; empty means none."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import phonenumbers
from django.conf import settings
from django.utils.module_loading import import_string

from core import clock
from core.ids import new_id


@dataclass(frozen=True, slots=True)
class Sms:
    """One message to one E.164 number. ``purpose`` is for the provider's template: code, notice."""

    to: str
    text: str
    purpose: str = "notice"


class SmsSender(Protocol):
    """What sends. Raises on a failure that is worth another try."""

    def send(self, message: Sms) -> None:
        """Hand the message to the provider."""


class FileSmsSender:
    """Development and tests: one JSON file a message under ``SMS_DIR``, named in the order of sending."""

    def send(self, message: Sms) -> None:
        """Write the file."""
        folder = Path(settings.SMS_DIR)
        folder.mkdir(parents=True, exist_ok=True)
        row = {"to": message.to, "text": message.text, "purpose": message.purpose, "at": clock.now().isoformat()}
        part = folder / f".{new_id()}"
        part.write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8")
        part.rename(folder / f"{new_id()}.json")


@lru_cache(maxsize=4)
def _made(path: str) -> SmsSender:
    sender: SmsSender = import_string(path)()
    return sender


def is_on() -> bool:
    """Whether text messages can be sent at all."""
    return bool(settings.SMS_SENDER)


def reaches(number: str) -> bool:
    """Whether text messages are sent to the country of an E.164 number (``settings.SMS_COUNTRIES``)."""
    region = phonenumbers.region_code_for_number(phonenumbers.parse(number))
    return region in settings.SMS_COUNTRIES


def sender() -> SmsSender:
    """The installation's sender. Ask ``is_on`` first: LookupError when there is none."""
    if not settings.SMS_SENDER:
        raise LookupError("SMS_SENDER is empty: no text message can be sent.")
    return _made(settings.SMS_SENDER)
