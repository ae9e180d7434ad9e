"""Which device a web session runs on, in words that its owner knows: from the browser's own line, never exact."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.wording import dot

# The first that matches: WeChat and Edge also call themselves Chrome, and all call themselves Safari.
BROWSERS: tuple[tuple[str, str | Promise], ...] = (
    ("MicroMessenger", _("WeChat")),
    ("HuaweiBrowser", _("Huawei browser")),
    ("MiuiBrowser", _("Xiaomi browser")),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS: tuple[tuple[str, str | Promise], ...] = (
    ("iPad", "iPad"),
    ("iPhone", "iPhone"),
    ("HarmonyOS", "HarmonyOS"),
    ("Android", _("Android phone")),
    ("Windows", _("Windows computer")),
    ("Macintosh", _("Mac computer")),
    ("Linux", _("Linux computer")),
)


def device_name(user_agent: str) -> str:
    """Browser and system, such as "Chrome · Windows computer"; what is unknown is left out."""
    named = (_first(BROWSERS, user_agent), _first(SYSTEMS, user_agent))
    return dot().join(name for name in named if name) or str(_("unknown browser"))


def _first(known: tuple[tuple[str, str | Promise], ...], user_agent: str) -> str:
    return next((str(name) for mark, name in known if mark in user_agent), "")
