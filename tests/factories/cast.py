"""The named cast: two communities of one street, the people in them, and an outsider from another street."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.test import Client

from communities.actors import Actor
from communities.choices import Role
from communities.models import Community, Team
from tests.factories.people import NOW, make_actor, make_community


@pytest.fixture
def now() -> datetime:
    """Sunday 22 November 2026, 9:00 in Shanghai."""
    return NOW


@pytest.fixture
def jinshan(db: None) -> Community:
    """Pays by the minute; every resident has a wallet."""
    return make_community("jinshan", name_zh="金山大社区", name_en="Greater Jinshan Community")


@pytest.fixture
def xincheng(db: None) -> Community:
    """Pays by attendance; every household has a wallet."""
    return make_community(
        "xincheng",
        name_zh="新城社区",
        name_en="Xincheng Community",
        wallets="household",
        coin_zh="积分",
        coin_en="point",
        coin_en_plural="points",
    )


@pytest.fixture
def firefly(jinshan: Community) -> Team:
    """A patrol team, which mei leads."""
    return Team.objects.create(community=jinshan, name_zh="萤火虫", name_en="Firefly", does_zh="治安巡逻")


@pytest.fixture
def lin(jinshan: Community) -> Actor:
    """林秀英, 69, a resident."""
    return make_actor(jinshan, "林秀英", birth_date=date(1957, 3, 8))


@pytest.fixture
def mei(jinshan: Community, firefly: Team) -> Actor:
    """梅晓东, 44, a resident who leads the firefly team."""
    return make_actor(jinshan, "梅晓东", Role.LEADER, team=firefly, birth_date=date(1982, 6, 1))


@pytest.fixture
def zhou(jinshan: Community) -> Actor:
    """周敏, community worker, does not live here."""
    return make_actor(jinshan, "周敏", Role.WORKER, resident=False)


@pytest.fixture
def wang(jinshan: Community) -> Actor:
    """王海燕, manager, does not live here."""
    return make_actor(jinshan, "王海燕", Role.MANAGER, resident=False)


@pytest.fixture
def wu(jinshan: Community) -> Actor:
    """吴老板, merchant."""
    return make_actor(jinshan, "吴老板", Role.MERCHANT, resident=False)


@pytest.fixture
def chen(jinshan: Community) -> Actor:
    """陈监事, auditor."""
    return make_actor(jinshan, "陈监事", Role.AUDITOR, resident=False)


@pytest.fixture
def outsider(db: None) -> Actor:
    """A resident of a community of another street."""
    return make_actor(make_community("sanjiang", street="zhaozhen", name_zh="三江社区"), "郑外人")


@pytest.fixture
def client_for() -> Callable[[Actor], Client]:
    """A signed-in browser of somebody: ``client_for(lin)``."""

    def made(actor: Actor) -> Client:
        client = Client()
        client.force_login(actor.user)
        return client

    return made
