"""The monthly list 公示: whose name stands there and how, sums, order, households, months, files, the sheet."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from io import BytesIO

import pytest
import time_machine
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from communities.actors import Actor
from communities.choices import Role
from communities.models import Community, Resident
from core.names import surname_of
from reports.selectors.public_list import public_list
from tasks.models import HourRecord
from tasks.services import verification
from tests.factories.hours import make_hours
from tests.factories.people import make_actor
from tests.factories.tasks import make_rule
from tests.reports.conftest import ClientFor, Lived, csv_of, table_of

pytestmark = pytest.mark.django_db
NOVEMBER = date(2026, 11, 1)
URL = reverse("reports:public_list", args=["jinshan"])


def served(actor: Actor, staff: Actor, now: datetime, minutes: int = 60, days: int = 1) -> HourRecord:
    record = make_hours(actor, now=now, minutes=minutes, starts_at=now - timedelta(days=days))
    return verification.verify(actor=staff, record_id=record.pk, now=now)


def test_sums_are_the_verified_records(lived: Lived, jinshan: Community) -> None:
    found = public_list(jinshan, NOVEMBER)
    records = HourRecord.objects.filter(community=jinshan, state="verified")
    sums = records.aggregate(minutes=Sum("minutes"), coins=Sum("coins_earned"))
    assert (found.services, found.minutes, found.coins) == (records.count(), sums["minutes"], sums["coins"])
    assert {line.name: (line.services, line.minutes, line.coins) for line in found.lines} == {
        "林**": (3, 150, 150),  # not what was reversed
        "梅**": (1, 45, 45),
    }
    assert public_list(jinshan, date(2026, 10, 1)).lines == []


def test_names_are_masked_chosen_or_none(jinshan: Community, zhou: Actor, now: datetime) -> None:
    make_rule(jinshan)
    aunt = make_actor(jinshan, "欧阳翠花")
    Resident.objects.filter(pk=aunt.resident.pk).update(address_form="翠阿姨")
    plain, child = make_actor(jinshan, "欧阳小凤"), make_actor(jinshan, "张童童")
    for actor in (aunt, plain, child):
        served(actor, zhou, now)
    for birthday, shown in ((date(2012, 11, 1), "张**"), (date(2012, 11, 2), ""), (date(2020, 1, 1), "")):
        Resident.objects.filter(pk=child.resident.pk).update(birth_date=birthday)
        names = [line.name for line in public_list(jinshan, NOVEMBER).lines]
        assert sorted(names) == sorted(["翠阿姨", "欧阳**", shown]), birthday
        assert shown or names[-1] == ""


def test_by_the_sound_of_the_name_and_never_by_hours(jinshan: Community, zhou: Actor, now: datetime) -> None:
    make_rule(jinshan)
    minutes = {"张三": 240, "段安": 45, "陈一": 30, "黎安": 60, "李二": 120, "黎正": 90, "杜平": 75, "单于飞": 30}
    for name, given in minutes.items():
        served(make_actor(jinshan, name), zhou, now, minutes=given)
    order = ["陈**", "杜**", "段**", "李**", "黎**", "黎**", "单**", "张**"]  # du before duan; shan, not dan
    assert [line.name for line in public_list(jinshan, NOVEMBER).lines] == order


def test_a_shared_wallet_makes_no_difference(xincheng: Community, now: datetime) -> None:
    staff = make_actor(xincheng, "员工", Role.WORKER, resident=False)
    make_rule(xincheng)
    one, other = make_actor(xincheng, "何甲"), make_actor(xincheng, "何乙")
    home = one.resident.memberships.get().household
    other.resident.memberships.update(household=home)
    paid = {served(one, staff, now, minutes=60).wallet_id, served(other, staff, now, minutes=90).wallet_id}
    assert len(paid) == 1
    assert sorted(line.minutes for line in public_list(xincheng, NOVEMBER).lines) == [60, 90]


@pytest.mark.parametrize(
    ("who", "status"), [("lin", 403), ("wu", 403), ("zhou", 200), ("wang", 200), ("chen", 200), ("stranger", 404)]
)
def test_who_may(who: str, status: int, lived: Lived, request: pytest.FixtureRequest, client_for: ClientFor) -> None:
    client = client_for(request.getfixturevalue(who))
    for form in ("", "csv", "xlsx", "pdf"):
        assert client.get(URL, {"as": form}).status_code == status


def test_nothing_private_stands_in_any_form(lived: Lived, lin: Actor, chen: Actor, client_for: ClientFor) -> None:
    Resident.objects.filter(pk=lin.resident.pk).update(building="3栋2单元", door="502室", phone="+8613812345678")
    client = client_for(chen)
    page = client.get(URL, {"month": "2026-11"}).content.decode()
    table = "\n".join(csv_of(client.get(URL, {"month": "2026-11", "as": "csv"})))
    sheet = client.get(URL, {"month": "2026-11", "as": "pdf"}).content
    paper = "".join(one.extract_text() for one in PdfReader(BytesIO(sheet)).pages)
    for text in (page, table, paper):
        assert surname_of("林秀英") + "**" in text
        for private in ("林秀英", "502", "3栋", "13812345678", lin.resident.member_number + " "):
            assert private not in text, private


def test_the_sheet_says_how_long_and_whom_to_call(lived: Lived, chen: Actor, client_for: ClientFor) -> None:
    answer = client_for(chen).get(URL, {"month": "2026-11", "as": "pdf"}, headers={"Accept-Language": "zh-hans"})
    text = "".join(one.extract_text() for one in PdfReader(BytesIO(answer.content)).pages).replace(" ", "")
    assert answer["Content-Type"] == "application/pdf"
    for words in ("公示期7天，如有异议请联系金山大社区", "089866551234", "2026年11月", "盖章"):
        assert words in text


def test_a_file_is_reckoned_with(lived: Lived, chen: Actor, client_for: ClientFor) -> None:
    answer = client_for(chen).get(URL, {"month": "2026-11", "as": "xlsx"}, headers={"Accept-Language": "en"})
    assert table_of(answer) == [
        ("No.", "Name", "Services", "Minutes", "time coins"),
        (1, "林**", 3, 150, 150),
        (2, "梅**", 1, 45, 45),
        (None, "Together", 4, 195, 195),
    ]


def test_the_last_whole_month_unless_another_is_asked(
    lived: Lived, chen: Actor, now: datetime, client_for: ClientFor
) -> None:
    client = client_for(chen)
    with time_machine.travel(now, tick=False):
        for asked, month in (("", "2026-10"), ("2026-11", "2026-11"), ("2027-05", "2026-11"), ("x", "2026-10")):
            assert f"{client.get(URL, {'month': asked}).context['month']:%Y-%m}" == month


def test_as_many_queries_with_fifty_neighbours(
    lived: Lived, zhou: Actor, chen: Actor, now: datetime, client_for: ClientFor
) -> None:
    client = client_for(chen)
    client.get(URL, {"month": "2026-11"})
    with CaptureQueriesContext(connection) as few:
        client.get(URL, {"month": "2026-11"})
    for at in range(30):
        served(make_actor(zhou.community, f"邻居{at}"), zhou, now)
    with CaptureQueriesContext(connection) as many:
        page = client.get(URL, {"month": "2026-11"})
    assert len(page.context["found"].lines) == 32
    assert len(many) == len(few) <= 20
