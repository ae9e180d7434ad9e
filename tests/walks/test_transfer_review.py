"""The review of a transfer is reached by a look-up alone, so it is walked by itself: axe, languages, width."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.walks.browsing import View, Window
from tests.walks.test_axe import violations
from tests.walks.test_reflow import OVERHANG
from tests.walks.words import strange_words
from tests.walks.world import World

pytestmark = pytest.mark.browser


def review_of(world: World, amount: int) -> str:
    """The address to which the look-up leads lin."""
    payee = world.things["payee"].resident
    typed = {
        "partner": payee.community_id,
        "member_number": payee.member_number,
        "surname": payee.surname,
        "amount": amount,
    }
    return world.client("resident").post(reverse("transfers:new", args=[world.slug]), typed).url


@pytest.mark.parametrize("amount", [1, 900_000], ids=["enough", "too many"])
def test_the_review(amount: int, world: World, window: Window) -> None:
    path = review_of(world, amount)
    for view in (View("resident", "en", 360, "largest"), View("resident", "zh-hans", 1280, "standard")):
        page = window.open(view, path)
        assert violations(page) == [], str(view)
        assert page.evaluate(OVERHANG) == "", str(view)
    for language in ("en", "zh-hans"):
        html = world.client("resident", language).get(path).content.decode()
        assert strange_words(html, language) == []
