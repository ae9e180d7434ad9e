"""Days that cannot be right are said in the form, and mean "none" in an address; nothing breaks."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from core import clock
from core.forms import day_asked, new_key
from tasks.models import HelpRequest, HourRecord, Task
from tests.factories.tasks import make_help_request, make_shift, make_task

pytestmark = pytest.mark.django_db

FAR = ["0001-01-01", "1999-12-31", "2031-01-01", "9999-12-30", "9999-12-31"]
WORDS = "This day cannot be right. Write one from Sat 1 Jan 2000 to Sat 24 Nov 2029."


@pytest.fixture(autouse=True)
def _stands_still(monkeypatch, now):
    monkeypatch.setattr(clock, "now", lambda: now)


@pytest.fixture
def post(client_for):
    def run(name, actor, data, *, app="tasks", **kwargs):
        client = client_for(actor)
        client.cookies["django_language"] = "en"
        address = reverse(f"{app}:{name}", kwargs={"community": actor.community.slug, **kwargs})
        return client.post(address, {"form_key": new_key()} | data)

    return run


def refused(response, field):
    return response.context["form"].errors[field] == [WORDS]


@pytest.mark.parametrize("text", [*FAR, "", "yesterday", "2026-02-30"])
def test_an_address_with_an_odd_day_means_none(text, now):
    assert day_asked(text) is None
    assert str(day_asked("2026-11-22")) == "2026-11-22"


@pytest.mark.parametrize("day", FAR)
class TestFarDays:
    def test_the_board(self, day, client_for, lin):
        page = client_for(lin).get(reverse("tasks:board", args=["jinshan"]) + f"?day={day}")
        assert page.status_code == 200

    def test_asking_for_help(self, day, post, lin):
        answer = post("help", lin, {"kind": "shopping", "wanted_at": f"{day}T09:00", "details": "买米"})
        assert refused(answer, "wanted_at")
        assert not HelpRequest.objects.exists()

    def test_publishing(self, day, post, zhou):
        data = {
            "title_zh": "打扫长廊", "category": "cleaning", "day": day, "start": "09:00", "minutes": "720",
            "places": "2", "every": "week", "times": "52", "funding": "community",
        }  # fmt: skip
        assert refused(post("publish", zhou, data), "day")
        assert not Task.objects.exists()

    def test_urgent(self, day, post, zhou, lin):
        data = {"what": "买馒头送来", "at": f"{day}T23:30", "where": "北门", "person": "林秀英", "minutes": "700"}
        assert refused(post("publish_urgent", zhou, data), "at")

    def test_moving_and_adding_dates(self, day, post, zhou, jinshan, now):
        shift = make_shift(make_task(jinshan), starts_at=now + timedelta(days=3))
        data = {"day": day, "start": "23:30", "minutes": "700", "places": "3", "all_later": "later"}
        assert refused(post("edit_date", zhou, data, shift_id=shift.pk), "day")
        more = data | {"every": "week", "times": "52"}
        assert refused(post("staff_task", zhou, more, task_id=shift.task_id), "day")
        assert shift.task.shifts.count() == 1

    @pytest.mark.parametrize("figures", [{"end": "10:00"}, {"minutes": "700"}])
    def test_logging_hours(self, day, figures, post, lin, jinshan):
        task = make_task(jinshan)
        data = {"item": f"t:{task.pk}", "service_date": day, "start": "23:30", "confirm": "1"} | figures
        assert refused(post("log_hours", lin, data), "service_date")
        assert not HourRecord.objects.exists()

    def test_lessons(self, day, post, zhou):
        data = {"title_zh": "书法班", "place_zh": "活动室", "places": "5", "price_coins": "0", "times": "60"}
        data |= {"first_day": day, "starts_time": "09:00", "ends_time": "10:00"}
        assert refused(post("plan", zhou, data, app="bookings"), "first_day")

    def test_the_register(self, day, client_for, zhou):
        page = client_for(zhou).get(reverse("papers:register", args=["jinshan"]) + f"?day={day}")
        assert page.status_code == 200

    def test_the_week(self, day, client_for, lin):
        assert client_for(lin).get(reverse("bookings:week", args=["jinshan"]) + f"?from={day}").status_code == 200


def test_help_is_wanted_today_or_later(post, lin):
    """It is 9:00: this morning may still be asked for, yesterday may not."""
    asked = {"kind": "shopping", "details": "买米"}
    answer = post("help", lin, asked | {"wanted_at": "2026-11-21T23:59"})
    assert answer.context["form"].errors["wanted_at"] == ["This day is past. Choose today or a day to come."]
    assert post("help", lin, asked | {"wanted_at": "2026-11-22T08:00"}).status_code == 302


@pytest.mark.parametrize("year", [1999, 2100])
def test_the_database_refuses_help_of_another_century(year, lin):
    with pytest.raises(IntegrityError, match="help_wanted_in_our_time"), transaction.atomic():
        make_help_request(lin.resident, wanted_at=datetime(year, 6, 1, tzinfo=UTC))
