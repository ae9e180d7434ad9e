"""Capital numerals: each figure, gaps said once, groups of four."""

import pytest

from core.capitals import DIGITS, capital_number


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "零"),
        (1, "壹"),
        (10, "壹拾"),
        (60, "陆拾"),
        (101, "壹佰零壹"),
        (110, "壹佰壹拾"),
        (1001, "壹仟零壹"),
        (1010, "壹仟零壹拾"),
        (1234, "壹仟贰佰叁拾肆"),
        (5600, "伍仟陆佰"),
        (10_000, "壹万"),
        (10_203, "壹万零贰佰零叁"),
        (12_345, "壹万贰仟叁佰肆拾伍"),
        (100_001, "壹拾万零壹"),
        (100_200, "壹拾万零贰佰"),
        (1_000_000, "壹佰万"),
        (90_000_007, "玖仟万零柒"),
        (100_000_000, "壹亿"),
        (100_010_000, "壹亿零壹万"),
    ],
)
def test_numbers(number, said):
    assert capital_number(number) == said


def test_no_two_numbers_are_written_alike():
    numbers = [*range(3000), *range(9_990, 12_000), *range(99_990, 101_010), *range(10**8 - 5, 10**8 + 12_000, 7)]
    assert len({capital_number(number) for number in numbers}) == len(set(numbers))


def test_no_gap_stands_first_last_or_twice():
    for number in range(1, 120_000, 7):
        said = capital_number(number)
        assert DIGITS[0] * 2 not in said
        assert not said.startswith(DIGITS[0])
        assert not said.endswith(DIGITS[0])


@pytest.mark.parametrize("number", [-1, 10**16])
def test_what_is_no_sum(number):
    with pytest.raises(ValueError, match="capital"):
        capital_number(number)
