"""The pages of moves between wallets: asking, confirming, the slip; and who sees them."""

from __future__ import annotations

import pytest
from django.db import connection

from communities.choices import Role
from communities.models import HouseholdMove
from tests.factories.moves import LATER, asked, coins_in
from tests.factories.people import make_actor

pytestmark = pytest.mark.django_db


def test_from_asking_to_the_signed_slip(clerk, boss, wang_family, li_family, client_for, now_is_later):
    (_, his), (_, hers) = wang_family, li_family
    base = "/c/xincheng/people/moves/"
    browser, second = client_for(clerk), client_for(boss)
    page = browser.get(f"{base}new/?from={his.number}").content.decode()
    assert f'value="{his.number}"' in page
    sent = {
        "form_key": "k1",
        "kind": "merge",
        "from_number": his.number.lstrip("0"),
        "to_number": hers.number,
        "coins": "",
        "reason": "两户合并",
    }
    led = browser.post(f"{base}new/", sent)
    assert browser.post(f"{base}new/", sent).url == led.url
    move = HouseholdMove.objects.get()
    assert f"/{move.pk}/confirm/" not in browser.get(led.url).content.decode()
    assert f"/{move.pk}/confirm/" in second.get(led.url).content.decode()
    for _ in range(2):  # a second click of the same form
        second.post(f"{base}{move.pk}/confirm/", {"form_key": "k2"})
    assert coins_in(hers) == 300
    household = second.get(f"/c/xincheng/people/households/{hers.pk}/").content.decode()
    assert "300 积分" in household
    slip = second.get(f"{base}{move.pk}/paper/").content.decode()
    for said in ("叁佰", "300", "钱干事", "赵主任", "汪大成", "李秀芳", his.number, hers.number):
        assert said in slip
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_journalentry WHERE kind = 51")
        assert cursor.fetchone() == (1,)


@pytest.fixture
def now_is_later(time_machine) -> None:
    time_machine.move_to(LATER, tick=True)


def test_the_auditor_reads_and_residents_see_nothing(xincheng, clerk, wang_family, li_family, client_for):
    (he, his), (_, hers) = wang_family, li_family
    move = asked(clerk, his, hers)
    auditor = client_for(make_actor(xincheng, "审计员", Role.AUDITOR, resident=False))
    url = f"/c/xincheng/people/moves/{move.pk}/"
    assert auditor.get(url).status_code == 200
    assert auditor.post(f"{url}confirm/", {"form_key": "k"}).status_code == 403
    assert client_for(he).get(url).status_code == 403
    assert coins_in(hers) == 0
