"""Two households of the new town, and the staff who move coins between them."""

from __future__ import annotations

import pytest

from communities.choices import Role
from communities.selectors import household_of
from tests.factories.moves import give
from tests.factories.people import NOW, make_actor


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
