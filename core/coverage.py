"""Which characters the papers' font can draw: a rare surname that it lacks is logged, never lost in silence."""

from __future__ import annotations

import struct
from bisect import bisect_right
from functools import lru_cache
from pathlib import Path

FONT = Path(__file__).parent / "fonts" / "NotoSansCJKsc-Regular.otf"
CMAP_FORMAT = 12  # segmented coverage of all planes
WHITE = frozenset("\n\r\t\u200b\u2060\ufeff")


def missing(text: str) -> list[str]:
    """The characters of a text that the font has no glyph for, each once, in order."""
    starts, ends = _ranges()
    lacking = []
    for char in dict.fromkeys(text):
        at = bisect_right(starts, ord(char)) - 1
        if char not in WHITE and (at < 0 or ord(char) > ends[at]):
            lacking.append(char)
    return lacking


@lru_cache(maxsize=1)
def _ranges() -> tuple[list[int], list[int]]:
    """First and last code point of each covered range, from the font's character map (OpenType, `cmap` format 12)."""
    table = _table(FONT.read_bytes(), b"cmap")
    for index in range(struct.unpack_from(">H", table, 2)[0]):
        offset = struct.unpack_from(">HHI", table, 4 + 8 * index)[2]
        if struct.unpack_from(">H", table, offset)[0] == CMAP_FORMAT:
            count = struct.unpack_from(">I", table, offset + 12)[0]
            groups = [struct.unpack_from(">II", table, offset + 16 + 12 * number) for number in range(count)]
            return [first for first, _ in groups], [last for _, last in groups]
    raise ValueError(f"{FONT.name} has no character map of format 12")


def _table(font: bytes, tag: bytes) -> bytes:
    for index in range(struct.unpack_from(">H", font, 4)[0]):
        name, _, offset, length = struct.unpack_from(">4sIII", font, 12 + 16 * index)
        if name == tag:
            return font[offset : offset + length]
    raise ValueError(f"{FONT.name} has no table {tag.decode()}")
