"""People who do not exist: names by generation, birth dates, buildings and phones, the same at every run."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
    "单仇解符"
)
DOUBLE_SURNAMES = ("欧阳", "上官", "司马")
_GIVEN = {
    "elder": """
        秀兰 桂英 玉珍 淑华 凤英 建国 国强 德明 金花 志明 文华 玉兰 春梅
        永福 世昌 桂芳 秀珍 长贵 福生 月娥 素芬 桂兰 振华 家福 秀荣 水生
    """,
    "middle": """
        丽华 建军 海燕 志强 红梅 晓东 卫国 春燕 永红 丽萍 俊杰 国栋 秋菊
        立新 爱民 小红 建平 晓玲 志勇 艳玲 文军 雪梅 海波 玉梅
    """,
    "adult": """
        伟 静 磊 敏 丽 强 洋 艳 勇 娟 涛 超 霞
        鹏 倩 宁 婷 浩 佳 悦 斌 颖 凯 琳 雪 晨
    """,
    "young": """
        子涵 梓轩 欣怡 浩然 雨桐 思远 诗涵 宇航 可欣 俊熙 一诺 佳怡 天佑
        若曦 博文 梦瑶
    """,
}
GIVEN = {generation: names.split() for generation, names in _GIVEN.items()}
NAME_TRIES = 20
# Share of the residents by age: a neighbourhood where many are over 65, and some are at school.
AGES = (("elder", 66, 88, 0.40), ("middle", 46, 65, 0.28), ("adult", 20, 45, 0.24), ("young", 14, 17, 0.08))


@dataclass(frozen=True, slots=True)
class Person:
    """One invented resident. ``phone`` is "" for a person without one."""

    name: str
    birth_date: date
    building: str
    door: str
    phone: str
    generation: str


def people(count: int, *, key: str, today: date) -> Iterator[Person]:
    """``count`` people of all ages; ``key`` (a community's slug) makes them its own."""
    dice = random.Random(f"people:{key}")  # noqa: S311  (invention, not security)
    taken: set[str] = set()
    prefix = sum(map(ord, key)) % 90 + 10
    for number in range(count):
        generation, youngest, oldest, _share = _generation(number / count)
        name = _new_name(dice, generation, taken)
        taken.add(name)
        has_phone = generation != "elder" or dice.random() < 0.7
        yield Person(
            name=name,
            birth_date=_birthday(dice, today, dice.randint(youngest, oldest)),
            building=str(number // 8 % 24 + 1),
            door=f"{dice.randint(1, 18)}0{dice.randint(1, 4)}",
            phone=f"+86190{prefix}{number:06d}" if has_phone else "",
            generation=generation,
        )


def _generation(position: float) -> tuple[str, int, int, float]:
    """The age group at a place between 0 and 1, so that the shares come out exactly."""
    for group in AGES:
        position -= group[3]
        if position < 0:
            return group
    return AGES[-1]


def _new_name(dice: random.Random, generation: str, taken: set[str]) -> str:
    """A name that nobody has, where a few tries find one: in a town some share theirs."""
    for _ in range(NAME_TRIES):
        name = _name(dice, generation)
        if name not in taken:
            break
    return name


def _name(dice: random.Random, generation: str) -> str:
    surname = dice.choice(DOUBLE_SURNAMES) if dice.random() < 0.02 else dice.choice(SURNAMES)
    return surname + dice.choice(GIVEN[generation])


def _birthday(dice: random.Random, today: date, age: int) -> date:
    return date(today.year - age - 1, dice.randint(1, 12), dice.randint(1, 28))
