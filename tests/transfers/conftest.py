"""海虹社区, a partner of jinshan, with an who receives and zheng who manages."""

import pytest

from communities.choices import Role
from tests.factories.people import make_actor
from tests.factories.rewards import give_coins
from tests.factories.transfers import make_partner


@pytest.fixture
def haihong(jinshan):
    return make_partner(jinshan)


@pytest.fixture
def an(haihong):
    """安秀兰, a resident there."""
    return make_actor(haihong, "安秀兰")


@pytest.fixture
def xu(jinshan):
    """许文, a second worker here."""
    return make_actor(jinshan, "许文", Role.WORKER, resident=False)


@pytest.fixture
def he(haihong):
    """何平, worker there."""
    return make_actor(haihong, "何平", Role.WORKER, resident=False)


@pytest.fixture
def rich(lin):
    """lin with 2,000 coins."""
    give_coins(lin.resident, 2000)
    return lin
