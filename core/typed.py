"""Text that people typed, in one language or in two: which one this reader gets, and how it is marked."""

from typing import NamedTuple

from core.wording import in_chinese

LANGS = {"zh": "zh-Hans", "en": "en"}


class Typed(NamedTuple):
    """A text and the language it is written in ("zh-Hans", "en")."""

    text: str
    lang: str


def typed_parts(obj: object, field: str) -> Typed:
    """`obj.<field>_zh` or `obj.<field>_en`: the reader's language first, the other where that one is empty."""
    first, second = ("zh", "en") if in_chinese() else ("en", "zh")
    for code in (first, second):
        if text := getattr(obj, f"{field}_{code}", ""):
            return Typed(str(text), LANGS[code])
    return Typed("", LANGS[first])


def typed_plain(obj: object, field: str) -> str:
    """The chosen text alone, for mail, papers and titles."""
    return typed_parts(obj, field).text
