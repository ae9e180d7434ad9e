"""A refusal for each constraint and SQLSTATE, and no SQLSTATE for two."""

import pytest

from core.constraints import register
from core.errors import DomainError


class One(DomainError):
    code = "one"


class Other(DomainError):
    code = "other"


def test_a_state_means_one_thing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.constraints._BY_STATE", {})
    register(states={"XX900": One})
    register(states={"XX900": One})
    with pytest.raises(ValueError, match="XX900"):
        register(states={"XX900": Other})
