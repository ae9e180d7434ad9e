"""Papers as PDF: a typst template and its data in, bytes out. The font is our own, so Chinese always prints."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst
from django.core.serializers.json import DjangoJSONEncoder

from core.coverage import FONT, missing
from core.wording import in_chinese

logger = logging.getLogger(__name__)


def render(template: Path, data: Mapping[str, Any]) -> bytes:
    """The PDF of a template, which reads its data as ``json(bytes(sys.inputs.data))`` and may import its neighbours.

    Characters that the font lacks are logged by code point, without the name they stand in. A broken template raises
    RuntimeError.
    """
    lacking = missing("".join(_texts(data)))
    if lacking:
        codes = " ".join(f"U+{ord(char):04X}" for char in lacking)
        logger.warning("the papers' font lacks %s; %s falls back to an empty box", codes, template.stem)
    inputs = {"data": json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False)}
    return bytes(typst.compile(str(template), root=str(template.parent), font_paths=_fonts(), sys_inputs=inputs))


def language() -> dict[str, Any]:
    """What a template must know of the reader's language: hyphenation, punctuation and a title's spacing follow it."""
    if in_chinese():
        return {"lang": "zh", "region": "CN", "tracking": 4}
    return {"lang": "en", "region": "GB", "tracking": 0}


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """Read once a process: a page then takes milliseconds."""
    return typst.Fonts(include_system_fonts=False, font_paths=[str(FONT.parent)])


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)
