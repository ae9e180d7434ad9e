"""The kinds of messages, registered by the apps that send them (in ``apps.ready``): how a payload becomes words."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.safestring import SafeString

Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """A message in the reader's language: what happened, and what it means.

    ``about_zh``/``about_en`` are what people typed (a task's title): shown apart, each marked with its own language.
    """

    title: str
    body: str = ""
    about_zh: str = ""
    about_en: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A registered kind. ``action``: the person has something to do, so it stands first until read."""

    name: str
    render: Callable[[Payload], Message]
    action: bool = False


class UnknownKind(LookupError):
    """A message of a kind that no app registered: a defect of the sender."""


_KINDS: dict[str, Kind] = {}


def register(kind: str, render: Callable[[Payload], Message], *, action: bool = False) -> None:
    """Teach the outbox a kind. ``render`` is called in the reader's language and the payload's ``time_zone``."""
    _KINDS[kind] = Kind(kind, render, action)


def kind_of(name: str) -> Kind:
    """The registered kind, or UnknownKind."""
    try:
        return _KINDS[name]
    except KeyError as error:
        raise UnknownKind(name) from error


def registered() -> tuple[Kind, ...]:
    """Every kind, by name: for the test that renders each in both languages."""
    return tuple(_KINDS[name] for name in sorted(_KINDS))


def render(kind: str, payload: Payload) -> Message:
    """The message in the active language and the payload's time zone. UnknownKind when nobody registered it."""
    with _zone_of(payload):
        return kind_of(kind).render(payload)


def plain(text: str) -> str:
    """Text for mail and SMS: a safe string loses its tags, another stays as it is."""
    return html.unescape(strip_tags(text)) if isinstance(text, SafeString) else text


def _zone_of(payload: Payload) -> AbstractContextManager[Any]:
    name = payload.get("time_zone")
    return timezone.override(ZoneInfo(str(name))) if name else nullcontext()
