"""The page of proofs names tests that are there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_each_path_is_there() -> None:
    named = re.findall(r"`([a-z_]+/[\w/]+\.py)`", (ROOT / "docs" / "proofs.md").read_text("utf-8"))
    assert len(named) > 40
    assert [path for path in named if not (ROOT / path).is_file()] == []


def test_each_line_names_a_test() -> None:
    lines = [line for line in (ROOT / "docs" / "proofs.md").read_text("utf-8").splitlines() if line.startswith("| ")]
    assert [line for line in lines[1:] if "`tests/" not in line] == []
