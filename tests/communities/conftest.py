"""Two households of the new town, the staff who move coins between them, and a manager's list of opening balances."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command

from communities.actors import Actor
from communities.choices import Role
from communities.models import Community, Resident
from communities.selectors import household_of
from tests.communities.lists import as_csv
from tests.factories.moves import give
from tests.factories.people import NOW, make_actor, make_resident

NAMES = ("何玉珍", "张建国", "欧阳 娜", "Anna Smith", "阿依古丽·买买提")


@pytest.fixture
def clerk(xincheng):
    """钱干事, a worker."""
    return make_actor(xincheng, "钱干事", Role.WORKER, resident=False)


@pytest.fixture
def helper(xincheng):
    """孙干事, another worker."""
    return make_actor(xincheng, "孙干事", Role.WORKER, resident=False)


@pytest.fixture
def boss(xincheng):
    """赵主任, a manager."""
    return make_actor(xincheng, "赵主任", Role.MANAGER, resident=False)


@pytest.fixture
def wang_family(xincheng):
    """汪大成, in a household of his own with 300 points."""
    actor = make_actor(xincheng, "汪大成")
    household = household_of(actor.resident, NOW.date()).household
    give(household, 300)
    return actor, household


@pytest.fixture
def li_family(xincheng):
    """李秀芳, in a household of her own, without a point."""
    actor = make_actor(xincheng, "李秀芳")
    return actor, household_of(actor.resident, NOW.date()).household


@pytest.fixture
def people(jinshan: Community) -> list[Resident]:
    """Five residents without a coin."""
    return [make_resident(jinshan, name) for name in NAMES]


@pytest.fixture
def two(jinshan: Community) -> tuple[str, str]:
    """The option that names a second manager."""
    return "--second-manager", str(make_actor(jinshan, "李建华", Role.MANAGER, resident=False).user.phone)


@pytest.fixture
def bring(
    wang: Actor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[str, list[list[str]]]]:
    """Run the command over a list for manager wang; answers what it said and the rows of its errors file."""

    def run(file: Path | list[list[object]], *options: str, manager: Actor = wang) -> tuple[str, list[list[str]]]:
        ended: list[int] = []
        path = file if isinstance(file, Path) else as_csv(tmp_path / "list.csv", file)
        words = ["--community", manager.community.slug, "--manager", str(manager.user.phone), "--language", "en"]
        try:
            call_command("import_balances", str(path), *words, *options)
        except SystemExit:
            ended.append(1)
        errors = path.with_name(f"{path.name}.errors.csv")
        rows = list(csv.reader(io.StringIO(errors.read_text("utf-8-sig")))) if errors.exists() else []
        assert bool(ended) == any(row[4] for row in rows[1:])  # exit code 1 where a row was refused
        return capsys.readouterr().out, rows[1:]

    return run
