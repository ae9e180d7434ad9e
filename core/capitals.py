"""Numbers in capital Chinese numerals, as papers about money have them, since nobody adds a stroke to 壹."""

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿", "万亿")
MOST = 10**16


def capital_number(number: int) -> str:
    """壹万零贰佰叁拾 from 10230. ValueError for one below 0 or with more than sixteen digits."""
    if not 0 <= number < MOST:
        raise ValueError(f"{number} is not written in capital numerals")
    if number == 0:
        return DIGITS[0]
    said = ""
    for group in reversed(range(len(GROUPS))):
        four = number // 10_000**group % 10_000
        if four:
            said += _gap(said, four, number, group) + _four(four) + GROUPS[group]
    return said


def _gap(said: str, four: int, number: int, group: int) -> str:
    """零 where places are left out between two groups."""
    skipped = number // 10_000 ** (group + 1) % 10 == 0
    return DIGITS[0] if said and (four < 1000 or skipped) else ""


def _four(four: int) -> str:
    said, gap = "", False
    for place in reversed(range(len(PLACES))):
        digit = four // 10**place % 10
        if digit == 0:
            gap = bool(said)
            continue
        said += (DIGITS[0] if gap else "") + DIGITS[digit] + PLACES[place]
        gap = False
    return said
