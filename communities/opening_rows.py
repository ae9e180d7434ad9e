"""The rows of a list of opening balances: which column is which, and what a cell says. Pure, without a query."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from core.tables import Row

HEADING_WITHIN = 10  # rows: many lists begin with a title
MOST_COINS = 1_000_000_000_000  # of one entry of the ledger
MEMBER, NAME, COINS = "member", "name", "coins"
HEADINGS: dict[str, tuple[str, ...]] = {
    MEMBER: (
        "会员号", "会员编号", "编号", "户号", "存折号", "会员户号",
        "membernumber", "memberno", "member", "number", "no",
    ),
    NAME: ("姓名", "名字", "会员姓名", "户主", "name", "fullname"),
    COINS: (
        "时间币", "余额", "期初余额", "期初", "积分", "时间币余额", "币数",
        "coins", "balance", "openingbalance", "timecoins", "points", "amount",
    ),
}  # fmt: skip


class HeadingMissing(DomainError):
    """No row that names the three columns."""

    code = "heading_missing"
    message = _("The table needs a heading that names the member number, the name and the coins.")


class HeadingTwice(DomainError):
    """Two columns for the same."""

    code = "heading_twice"
    message = _("Two columns say the same. Leave one column each for the member number, the name and the coins.")


class RowRefused(DomainError):
    """A row that cannot be brought over; the others can."""

    code = "row_refused"


class NoMemberNumber(RowRefused):
    code = "no_member_number"
    message = _("This is no member number. Write its digits, such as 0012.")


class NotWhole(RowRefused):
    code = "not_whole"
    message = _("The coins are not a whole number. Write digits alone.")


class Negative(RowRefused):
    code = "negative"
    message = _("The coins are below zero. Nobody begins with a debt: settle it on paper first.")


class TooMany(RowRefused):
    code = "too_many"
    message = _("These are too many coins for one person. Please look at the number again.")


class Twice(RowRefused):
    code = "twice"
    message = _("This member number stands in the file twice. Only the first row counts.")


@dataclass(frozen=True, slots=True)
class Opening:
    """What a row says: ``coins`` for the resident of a member number, whose name must be this one."""

    row: int
    member_number: str
    name: str
    coins: int


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row is refused, or what is remarkable about one that is not (``is_warning``)."""

    row: int
    cells: tuple[str, str, str]
    error: DomainError
    is_warning: bool = False


def read_openings(rows: Iterable[Row], *, coin_names: Iterable[str] = ()) -> Iterator[Opening | Problem]:
    """Each row after the heading, in order. Raises HeadingMissing, HeadingTwice and what ``core.tables.read`` does."""
    source = iter(rows)
    columns = _heading(source, {COINS: {_plain(name) for name in coin_names}})
    seen: set[str] = set()
    for row in source:
        cells = tuple(_at(row, columns[name]) for name in (MEMBER, NAME, COINS))
        try:
            opening = _opening(row.number, *cells)
            if opening.member_number in seen:
                raise Twice
            seen.add(opening.member_number)
            yield opening
        except RowRefused as error:
            yield Problem(row.number, (cells[0], cells[1], cells[2]), error)


def same_name(one: str, other: str) -> bool:
    """Whether two spellings are one name: spaces, width, case and the form of a middle dot do not count."""
    return _bare(one) == _bare(other)


def _heading(rows: Iterator[Row], more: Mapping[str, set[str]]) -> dict[str, int]:
    for at, row in enumerate(rows):
        names = [_plain(cell) for cell in row.cells]
        found = {
            column: [place for place, name in enumerate(names) if name in {*known, *more.get(column, ())}]
            for column, known in HEADINGS.items()
        }
        if all(found.values()):
            if any(len(places) > 1 for places in found.values()):
                raise HeadingTwice
            return {column: places[0] for column, places in found.items()}
        if at + 1 >= HEADING_WITHIN:
            break
    raise HeadingMissing


def _opening(row: int, member: str, name: str, coins: str) -> Opening:
    number = re.fullmatch(r"[Rr]?(\d{1,8})", _bare(member))
    if number is None:
        raise NoMemberNumber
    return Opening(row, number[1].zfill(4), name, _coins(coins))


def _coins(text: str) -> int:
    said = re.fullmatch(r"([+-]?)(\d{1,20}|\d{1,3}(?:,\d{3})+)(?:\.0*)?", _bare(text).replace("\u2212", "-"))
    if said is None:
        raise NotWhole
    coins = int(said[2].replace(",", ""))
    if said[1] == "-" and coins:
        raise Negative
    if coins > MOST_COINS:
        raise TooMany
    return coins


def _at(row: Row, place: int) -> str:
    return row.cells[place] if place < len(row.cells) else ""


def _bare(text: str) -> str:
    plain = re.sub(r"[·•‧・∙]", "·", unicodedata.normalize("NFKC", text))
    return re.sub(r"[\s\u200b-\u200d\ufeff]", "", plain).casefold()


def _plain(heading: str) -> str:
    """A heading without spaces, signs and what stands in brackets: 时间币（个）, Member_No."""
    return re.sub(r"\(.*?\)|[\W_]", "", _bare(heading))
