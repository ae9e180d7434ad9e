"""Chinese names: the surname, how a name is masked, and the pinyin keys by which staff find it."""

from __future__ import annotations

import os
import unicodedata
from itertools import product

COMPOUND = """
欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台
皇甫 宗政 濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘
子车 亓官 司寇 巫马 公西 颛孙 壤驷 公良 漆雕 乐正 宰父 谷梁 拓跋 夹谷 轩辕 令狐
段干 百里 呼延 东郭 南门 羊舌 微生 公户 公玉 梁丘 左丘 东门 西门 第五 纳兰 完颜
"""
COMPOUND_SURNAMES = frozenset(COMPOUND.split())
# How these are read as surnames; the reading of everyday words finds them too, since callers spell either.
SURNAME_READINGS = {
    "单": "shan", "仇": "qiu", "解": "xie", "曾": "zeng", "查": "zha", "盖": "ge",
    "区": "ou", "任": "ren", "朴": "piao", "华": "hua", "宁": "ning", "覃": "qin",
    "召": "shao", "乐": "yue", "缪": "miao", "冼": "xian", "尉迟": "yuchi", "万俟": "moqi",
    "员": "yun", "种": "chong", "繁": "po", "秘": "bi", "折": "she", "黑": "he",
    "澹台": "tantai", "长孙": "zhangsun", "令狐": "linghu", "翟": "zhai", "车": "che", "燕": "yan",
}  # fmt: skip
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")  # names are read character by character: 13 MB, not 58
Sound = tuple[tuple[str, str], ...]  # syllable and character, one after the other
LONGEST_SURNAME = 30
LONGEST_KEY = 400
MAX_READINGS = 6  # of one name; more than one character with several readings is rare


def is_han(text: str) -> bool:
    """Whether the text begins with a Chinese character."""
    return bool(text) and unicodedata.name(text[0], "").startswith("CJK")


def surname_of(full_name: str) -> str:
    """The surname: two characters for 欧阳 and its like, else one; of a name in Latin letters the last word, cut."""
    name = full_name.strip()
    if not is_han(name):
        return name.split()[-1][:LONGEST_SURNAME] if name else ""
    return name[:2] if name[:2] in COMPOUND_SURNAMES and len(name) > 2 else name[:1]


def masked(surname: str) -> str:
    """张**, 欧阳**: never the length of the given name. S** of Latin letters: a word alone may be the whole name."""
    return f"{surname if is_han(surname) else surname[:1]}**"


def pinyin_key(full_name: str, surname: str) -> str:
    """Every spelling by which a name is looked for, between bars: ``|shan xiaoming|…``, whole words and initials.

    The surname is kept in its surname's reading and in its everyday one.
    """
    from pypinyin import Style, pinyin  # its tables are needed only where somebody registers

    def readings(text: str) -> list[str]:
        return ["".join(one[0] for one in pinyin(text, style=Style.NORMAL))]

    if not is_han(full_name):
        return f"|{plain(full_name)}|"[:LONGEST_KEY]
    given = full_name[len(surname) :]
    surnames = list(dict.fromkeys([SURNAME_READINGS.get(surname, ""), *readings(surname)]))
    initials = "".join(one[0][0] for one in pinyin(given, style=Style.NORMAL))
    spelt: list[str] = []
    for family, rest in product([one for one in surnames if one], readings(given)):
        family_initials = family[:1] if len(surname) == 1 else family[:1] + initial_of(surname[1:])
        spelt += [family + rest, family_initials + initials]
    return f"|{'|'.join(dict.fromkeys(spelt[:MAX_READINGS]))}|"[:LONGEST_KEY]


def by_sound(full_name: str, surname: str) -> Sound:
    """A key that sorts names as a dictionary does: syllable by syllable, surname first, like characters together."""
    from pypinyin import Style, pinyin  # as above

    if not is_han(full_name):
        return (plain(surname), surname), (plain(full_name), full_name)
    syllables = [one[0] for one in pinyin(list(full_name), style=Style.NORMAL)]
    known = SURNAME_READINGS.get(surname, "")
    if known and len(surname) == 1:
        syllables[0] = known
    return tuple(zip(syllables, full_name, strict=True))


def initial_of(text: str) -> str:
    """The first Latin letter of a character's reading."""
    from pypinyin import Style, pinyin  # as above

    return pinyin(text, style=Style.NORMAL)[0][0][:1] if text else ""


def plain(text: str) -> str:
    """Lower case, without spaces, marks or tones: what two spellings of one name have in common."""
    letters = unicodedata.normalize("NFKD", text).lower()
    return "".join(letter for letter in letters if letter.isalnum())
