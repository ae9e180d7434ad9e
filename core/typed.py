"""Text that people typed, in one language or in two: which one this reader gets, and how it is marked."""

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe

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


def said(sentence: str, facts: Mapping[str, str], *, typed: Mapping[str, str]) -> SafeString:
    """A sentence of ours ("%(hours)s: %(reason)s") with what people typed in it, each marked as theirs."""
    marked = {name: format_html('<span lang="zh-Hans" data-typed>{}</span>', text) for name, text in typed.items()}
    known = {name: conditional_escape(text) for name, text in facts.items()}
    return mark_safe(escape(sentence) % (known | marked))  # noqa: S308  (every part was escaped)
