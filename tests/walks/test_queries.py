"""Queries a page: the same number with one row and with fifty, and within the bars of the look."""

from __future__ import annotations

import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.clock import now
from tests.walks.grown import grow
from tests.walks.samples import sample
from tests.walks.test_reach import offered
from tests.walks.world import World

# Session, account and community included.
BARS = {
    "home:board": 8,
    "tasks:board": 8,
    "tasks:mine": 8,
    "tasks:my_hours": 8,
    "papers:passbook": 8,
    "notifications:inbox": 8,
    "rewards:catalogue": 8,
    "home:home": 12,
    "tasks:verify": 12,
    "reports:dashboard": 20,
    "reports:books": 20,
}
OTHERS = 20
# Papers are made once and read long; what they cost is Typst's time.
NOT_COUNTED = ("_pdf", "admin:jsi18n", "logout")
ROLES = ("resident", "manager", "auditor")


def urls_of(world: World) -> dict[str, str]:
    """Every address that is a page."""
    routes = [one for one in offered() if not one.name.endswith(NOT_COUNTED)]
    return {route.name: reverse(route.name, kwargs=sample(route, world)) for route in routes}


def counted(world: World) -> dict[tuple[str, str], tuple[int, list[str]]]:
    """Queries of every page that opens, by role and route; the second visit counts.

    In a stopped instant, since an idle desk's session is written once a minute.
    """
    found = {}
    for role in ROLES:
        client = world.client(role)
        for name, url in urls_of(world).items():
            with time_machine.travel(now(), tick=False):
                if client.get(url).status_code != 200:
                    continue
                with CaptureQueriesContext(connection) as queries:
                    client.get(url)
            found[role, name] = len(queries), [one["sql"] for one in queries.captured_queries]
    return found


Counts = dict[tuple[str, str], tuple[int, list[str]]]


def test_as_many_with_fifty_rows_as_with_one_and_within_the_bars(world: World) -> None:
    """One test, so that two workers never count every page twice. The fifty rows are rolled back."""
    few = counted(world)
    with transaction.atomic():
        grow(world)
        many = counted(world)
        transaction.set_rollback(True)
    assert grown(few, many) == {}
    assert over_the_bars(many) == {}
    assert {name for _role, name in many} >= set(BARS)


def grown(few: Counts, many: Counts) -> dict[tuple[str, str], str]:
    """Pages that ask more with fifty rows, and one of the queries that came on top."""
    return {
        key: f"{number} → {many[key][0]}: {_repeated(few[key][1], many[key][1])}"
        for key, (number, _sql) in few.items()
        if key in many and many[key][0] > number
    }


def over_the_bars(counts: Counts) -> dict[tuple[str, str], str]:
    """Pages that ask more than they may."""
    return {
        key: f"{number} > {BARS.get(key[1], OTHERS)}"
        for key, (number, _sql) in counts.items()
        if number > BARS.get(key[1], OTHERS)
    }


def _repeated(few: list[str], many: list[str]) -> str:
    """One of the queries that came on top."""
    shapes = [sql[:160] for sql in few]
    extra = [sql[:160] for sql in many]
    for shape in shapes:
        if shape in extra:
            extra.remove(shape)
    return extra[0] if extra else ""
