"""How neighbours see a name that is not their own."""

from __future__ import annotations

import pytest

from core.names import masked, surname_of


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张秀兰", "张**"),
        ("欧阳娜娜", "欧阳**"),
        ("Sukarno", "S**"),
        ("Maria Lopez", "L**"),
        ("김철수", "김**"),
        ("", "**"),
    ],
)
def test_masked(name, shown):
    assert masked(surname_of(name)) == shown
