"""A NUL in an address is a page that does not exist, wherever it stands."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.django_db
PAGES = [
    "people/passbook/%00/",
    "people/passbook/abc%00def/",
    "check/%00/",
    "statements/2026-11%00/",
    "check-in/%00/",
    "desk/scan/%00/",
    "people/?q=%00",
    "people/?q=lin&show=%00",
    "check/?code=%00",
    "rewards/?q=%00",
    "desk/counter/?q=%00",
    "tasks/?area=%00",
    "people/roles/?page=%00",
]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("who", ["zhou", "lin"])
def test_nobody_finds_it(page, who, request, client_for):
    assert client_for(request.getfixturevalue(who)).get(f"/c/jinshan/{page}").status_code == 404


def test_the_admin_neither(chen, client_for):
    assert client_for(chen).get("/admin/communities/resident/?q=%00").status_code == 404


def test_an_ordinary_percent_sign_is_searched_for(zhou, client_for):
    assert client_for(zhou).get("/c/jinshan/people/?q=%2500").status_code == 200
