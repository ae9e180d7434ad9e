"""What the five communities reported, read from ``data/communities.yaml`` into one plan a community."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tasks.choices import Category, RuleKind

DATA = Path(__file__).parent / "data" / "communities.yaml"
LANDMARKS = (
    ("东门岗亭", "East gate lodge"),
    ("社区服务中心", "Service centre"),
    ("文化广场", "Culture square"),
    ("便民驿站", "Neighbours' station"),
)
STREET_SLUGS = {
    "jinshan": "haiken",
    "xincheng": "jingling",
    "jichanglu": "xiaoduchuan",
    "laodongyifang": "taoyuanlu",
    "sanjiang": "zhaozhen",
}
# Words of a title → its kind; the first that fits.
KINDS = (
    (("代买", "代跑", "馒头"), Category.SHOPPING),
    (("陪", "聊天"), Category.COMPANY),
    (("巡逻", "守护"), Category.PATROL),
    (("清扫", "整治", "值日"), Category.CLEANING),
    (("课", "阅读"), Category.CHILDREN),
    (("活动", "市场", "推广", "引导", "调解"), Category.EVENT),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """The same words in both languages."""

    zh: str
    en: str = ""


@dataclass(frozen=True, slots=True)
class TaskPlan:
    """A task as it was reported, with the times that the demonstration gives it."""

    title: Words
    minutes: int
    places: int
    category: Category
    team: str = ""
    private_note: str = ""
    home_visit: bool = False
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class GoodsPlan:
    """Goods with their price and first delivery."""

    title: Words
    coins: int
    stock: int
    by_resident: bool = False


@dataclass(frozen=True, slots=True)
class CoursePlan:
    """A course and the price of one lesson."""

    title: Words
    minutes: int
    coins: int


@dataclass(frozen=True, slots=True)
class CommunityPlan:
    """Everything the demonstration makes of one community."""

    slug: str
    name: Words
    street_slug: str
    street: Words
    rule_kind: RuleKind
    rule_coins: int
    settings: dict[str, Any]
    tasks: Sequence[TaskPlan]
    goods: Sequence[GoodsPlan]
    courses: Sequence[CoursePlan] = ()
    teams: Sequence[tuple[Words, Words]] = field(default=())

    @property
    def shares_wallets(self) -> bool:
        """Whether households hold the wallets."""
        return bool(self.settings.get("wallets") == "household")


@cache
def plans() -> tuple[CommunityPlan, ...]:
    """The plans, in the file's order."""
    data = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    shared = {key: value for key, value in data["settings"].items() if key != "rules_from"}
    return tuple(_plan(one, shared) for one in data["communities"])


def _plan(one: dict[str, Any], shared: dict[str, Any]) -> CommunityPlan:
    rule = one["earning_rules"][0]
    coin = one["coin_name"]
    settings = {
        **shared,
        "coin_zh": coin["zh"],
        "coin_en": coin["en"],
        "coin_en_plural": coin["en"] + "s",
        "wallets": one.get("wallets", "resident"),
    }
    return CommunityPlan(
        slug=one["slug"],
        name=_words(one["name"]),
        street_slug=STREET_SLUGS[one["slug"]],
        street=_words(one["street"]),
        rule_kind=RuleKind(rule["kind"]),
        rule_coins=rule["coins"],
        settings=settings,
        tasks=[_task(task) for task in one.get("tasks", ())],
        goods=[
            GoodsPlan(_words(it), it["coins"], it["stock"], it.get("made_by_resident", False))
            for it in one.get("goods", ())
        ],
        courses=[CoursePlan(_words(it), it["minutes"], it["coins"]) for it in one.get("courses", ())],
        teams=[(_words(it), _words(it["does"])) for it in one.get("teams", ())],
    )


def _words(one: dict[str, Any]) -> Words:
    return Words(str(one["zh"]), str(one.get("en", "")))


def _task(one: dict[str, Any]) -> TaskPlan:
    title = _words(one)
    category = next((kind for words, kind in KINDS if any(word in title.zh for word in words)), Category.OTHER)
    return TaskPlan(
        title=title,
        minutes=one["minutes"],
        places=one["places"],
        category=category,
        team=one.get("team", ""),
        private_note=one.get("private_note", {}).get("zh", ""),
        home_visit=one.get("home_visit", False),
        urgent=one.get("urgent", False),
    )
