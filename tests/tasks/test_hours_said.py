"""What hours say elsewhere: the lines of a passbook, and the notices in both languages."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.utils import translation

from communities.actors import Actor
from communities.choices import Role
from communities.models import Community
from notifications import kinds
from notifications.kinds import render
from notifications.models import OutboxMessage
from tasks.services import reversing, verification
from tasks.sources import describe
from tests.factories.hours import YESTERDAY, make_hours, make_paid_task
from tests.factories.people import make_actor
from tests.factories.tasks import make_rule

pytestmark = pytest.mark.django_db


def test_a_line_names_item_day_minutes_and_verifier(
    lin: Actor, zhou: Actor, now: datetime, django_assert_num_queries: object
) -> None:
    make_rule(lin.community)
    record = verification.verify(actor=zhou, record_id=make_hours(lin, now=now).pk, now=now)
    references = [record.reference, f"hour-record:{record.pk}:reverse", "redemption:1:collect", "hour-record:x:verify"]
    with django_assert_num_queries(1):  # type: ignore[operator]
        lines = describe(references)
    assert set(lines) == {record.reference, f"hour-record:{record.pk}:reverse"}
    line = lines[record.reference]
    assert (line.title_zh, line.title_en) == ("打扫榕树长廊", "Sweep the banyan walk")
    assert (line.service_date, line.minutes, line.verified_by, line.person) == (date(2026, 11, 21), 60, "周敏", "")
    assert line.resident_url == f"/c/jinshan/hours/{record.pk}/"
    assert line.url == f"/c/jinshan/staff/verify/{record.pk}/"


def test_a_household_line_names_the_member(xincheng: Community, now: datetime) -> None:
    make_rule(xincheng, kind="per_attendance", coins=10)
    worker = make_actor(xincheng, "高新", Role.WORKER, resident=False)
    record = verification.verify(actor=worker, record_id=make_hours(make_actor(xincheng, "安然"), now=now).pk, now=now)
    assert describe([record.reference])[record.reference].person == "安然"


def test_a_held_price_names_its_task(lin: Actor, mei: Actor, zhou: Actor, now: datetime) -> None:
    make_rule(lin.community)
    task = make_paid_task(mei, zhou, now=now)
    assert describe([f"task:{task.pk}:fund"])[f"task:{task.pk}:fund"].title_zh == "打扫榕树长廊"


def _said(kind: str, language: str) -> tuple[str, str]:
    message = OutboxMessage.objects.get(kind=kind)
    with translation.override(language):
        text = render(kind, message.payload)
        return str(text.title), kinds.plain(text.body)


def test_the_notices_in_words(lin: Actor, zhou: Actor, wang: Actor, now: datetime) -> None:
    make_rule(lin.community)
    record = verification.verify(actor=zhou, record_id=make_hours(lin, now=now).pk, now=now)
    assert _said("hours-credited", "en") == (
        "Credited: +60 time coins",
        "For Sat 21 Nov, 1 h. Your balance is now 60 time coins.",
    )
    reversing.ask_reversal(actor=zhou, record_id=record.pk, reason="重复登记。", now=now)
    reversing.reverse_record(actor=wang, record_id=record.pk, now=now)
    assert _said("hours-reversed", "en") == (
        "Reversed: −60 time coins",
        "Sat 21 Nov, 1 h: 重复登记. Ask the community office if you have a question.",
    )


@pytest.mark.parametrize(
    ("decide", "kind", "title"),
    [
        (verification.return_record, "hours-returned", "Your hours need something more"),
        (verification.refuse_record, "hours-refused", "Your hours were refused"),
    ],
)
def test_a_no_is_said_with_its_reason(
    decide: object, kind: str, title: str, lin: Actor, zhou: Actor, now: datetime
) -> None:
    decide(actor=zhou, record_id=make_hours(lin, now=now).pk, reason="请写见证人", now=now)  # type: ignore[operator]
    said = _said(kind, "en")
    assert said[0] == title
    assert said[1].startswith("Sat 21 Nov, 1 h: 请写见证人.")


def test_hours_over_the_cap_are_said_to_be_certified(lin: Actor, zhou: Actor, now: datetime) -> None:
    make_rule(lin.community)
    lin.community.settings.earning_cap_day_minutes = 60
    lin.community.settings.save()
    verification.verify(actor=zhou, record_id=make_hours(lin, now=now).pk, now=now)
    OutboxMessage.objects.all().delete()
    later = make_hours(lin, now=now, starts_at=YESTERDAY + timedelta(hours=3))
    verification.verify(actor=zhou, record_id=later.pk, now=now)
    assert _said("hours-credited", "en")[0] == "Your hours are certified"
