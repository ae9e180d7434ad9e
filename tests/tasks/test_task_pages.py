"""What residents and staff do on the pages: claim, queue, withdraw, publish, urgent, for somebody else."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from icalendar import Calendar

from core import clock
from core.forms import new_key
from tasks.choices import SignUpState, TaskState
from tasks.models import SignUp, Task
from tests.factories.people import make_actor
from tests.factories.tasks import make_shift, make_sign_up, make_task
from tests.tasks.test_publish import give


@pytest.fixture(autouse=True)
def _stands_still(monkeypatch, now):
    monkeypatch.setattr(clock, "now", lambda: now)


@pytest.fixture
def shift(jinshan, now):
    return make_shift(make_task(jinshan), starts_at=now + timedelta(days=3), places=2)


def url(name, actor, **kwargs):
    return reverse(f"tasks:{name}", kwargs={"community": actor.community.slug, **kwargs})


def english(client):
    client.cookies["django_language"] = "en"
    return client


class TestClaiming:
    def test_two_clicks(self, client_for, lin, shift):
        client = english(client_for(lin))
        page = client.get(url("task", lin, task_id=shift.task_id))
        key = page.context["form"]["form_key"].value()
        done = client.post(url("claim", lin, shift_id=shift.pk), {"form_key": key}, follow=True)
        assert "You are in" in done.content.decode()
        assert done.context["page"].sign_up.state == SignUpState.CONFIRMED

    def test_just_filled_says_your_place_on_the_wait_list(self, client_for, lin, mei, shift, jinshan):
        make_sign_up(shift, mei.resident, companions=1)
        make_sign_up(shift, make_actor(jinshan, "赵一").resident, state=SignUpState.WAITLISTED)
        client = english(client_for(lin))
        done = client.post(url("claim", lin, shift_id=shift.pk), {"form_key": new_key()}, follow=True)
        text = done.content.decode()
        assert "number 2 on the wait list" in text
        assert done.context["page"].position == 2

    @pytest.mark.parametrize("typed", ["2", "-1", "1.5", "many", "９"])
    def test_wrong_companions_are_refused_and_kept(self, typed, client_for, lin, shift):
        response = client_for(lin).post(
            url("claim", lin, shift_id=shift.pk), {"form_key": new_key(), "companions": typed}
        )
        assert response.status_code == 422
        assert f'value="{typed}"' in response.content.decode()
        assert not SignUp.objects.exists()

    def test_overlapping_sign_ups_are_named(self, client_for, lin, shift, jinshan):
        other = make_shift(make_task(jinshan, title_en="Night patrol"), starts_at=shift.starts_at)
        make_sign_up(other, lin.resident)
        text = english(client_for(lin)).get(url("task", lin, task_id=shift.task_id)).content.decode()
        assert "Night patrol" in text

    def test_withdrawing(self, client_for, lin, shift):
        mine = make_sign_up(shift, lin.resident)
        for _ in range(2):
            assert client_for(lin).post(url("withdraw", lin, sign_up_id=mine.pk)).status_code == 302
        mine.refresh_from_db()
        assert mine.state == SignUpState.WITHDRAWN

    @pytest.mark.parametrize("state", [SignUpState.CONFIRMED, SignUpState.ASKED, SignUpState.WAITLISTED])
    def test_withdrawing_says_that_somebody_was_told_only_if_so(self, state, client_for, lin, mei, shift, jinshan, now):
        earlier = now - timedelta(days=1)
        make_sign_up(shift, make_actor(jinshan, "赵一").resident, created_at=earlier)
        if state != SignUpState.CONFIRMED:
            make_sign_up(shift, make_actor(jinshan, "钱二").resident, created_at=earlier)
        mine = make_sign_up(shift, lin.resident, state=state)
        make_sign_up(shift, mei.resident, state=SignUpState.WAITLISTED)
        client = english(client_for(lin))
        before = client.get(url("task", lin, task_id=shift.task_id)).content.decode()
        assert ("Take the request back" in before) == (state == SignUpState.ASKED)
        text = client.post(url("withdraw", lin, sign_up_id=mine.pk), follow=True).content.decode()
        assert ("Whoever waits first has been told." in text) == (state == SignUpState.CONFIRMED)
        assert "Withdrawn." in text

    def test_others_404_and_403(self, client_for, lin, mei, outsider, shift):
        mine = make_sign_up(shift, lin.resident)
        assert client_for(mei).post(url("withdraw", lin, sign_up_id=mine.pk)).status_code == 403
        assert client_for(outsider).post(url("withdraw", lin, sign_up_id=mine.pk)).status_code == 404
        assert client_for(outsider).post(url("withdraw", outsider, sign_up_id=mine.pk)).status_code == 404
        assert client_for(outsider).post(url("claim", outsider, shift_id=shift.pk)).status_code == 404

    def test_the_calendar_file(self, client_for, lin, shift):
        body = client_for(lin).get(url("calendar", lin, shift_id=shift.pk)).content
        event = Calendar.from_ical(body).walk("VEVENT")[0]
        assert (event.decoded("dtstart"), event.decoded("dtend")) == (shift.starts_at, shift.ends_at)


class TestPublishing:
    def data(self, **more):
        return {
            "form_key": new_key(), "title_zh": "打扫长廊", "category": "cleaning", "day": "2026-11-25",
            "start": "09:00", "minutes": "60", "places": "20", "every": "week", "times": "12", "funding": "community",
        } | more  # fmt: skip

    def test_every_wednesday_12_times(self, client_for, zhou):
        client = english(client_for(zhou))
        page = client.post(url("publish", zhou), self.data(), follow=True).content.decode()
        assert "Every Wednesday 9:00, 12 times" in page
        assert Task.objects.get().shifts.count() == 12

    def test_a_draft(self, client_for, zhou):
        client_for(zhou).post(url("publish", zhou), self.data(draft="1"))
        task = Task.objects.get()
        assert task.state == TaskState.DRAFT
        client_for(zhou).post(url("publish_draft", zhou, task_id=task.pk))
        task.refresh_from_db()
        assert task.state == TaskState.PUBLISHED

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"title_zh": ""}, "title_zh"), ({"day": "2026-11-21"}, "day"), ({"minutes": "0"}, "minutes"),
            ({"minutes": "721"}, "minutes"), ({"places": "0"}, "places"), ({"times": "53"}, "times"),
            ({"title_zh": "看望独居老人"}, "title_zh"), ({"person": "没有这个人"}, "person"),
            ({"funding": "requester"}, "requester"), ({"funding": "requester", "requester": "林秀英"}, "price_coins"),
        ],
    )  # fmt: skip
    def test_what_is_refused_is_kept(self, change, field, client_for, zhou, lin):
        response = client_for(zhou).post(url("publish", zhou), self.data(**change))
        assert response.status_code == 422
        assert field in response.context["form"].errors
        assert response.context["form"]["minutes"].value() == change.get("minutes", "60")
        assert not Task.objects.exists()

    def test_too_little_in_the_wallet_says_how_much(self, client_for, zhou, lin, now):
        give(lin, 60, now)
        data = self.data(funding="requester", requester="林秀英", price_coins="90", places="1", every="once", times="1")
        response = english(client_for(zhou)).post(url("publish", zhou), data)
        assert response.status_code == 422
        assert re.search(r"60 .*available.* 30 .*short", response.content.decode())

    def test_copying_leaves_the_private_part_behind(self, client_for, zhou, jinshan):
        source = make_task(jinshan, private_note="钥匙在门卫", private_address="3号楼502", urgent=True)
        form = client_for(zhou).get(url("publish", zhou) + f"?copy={source.pk}").context["form"]
        assert form["title_zh"].value() == source.title_zh
        assert not form["private_note"].value()
        assert not form["urgent"].value()

    def test_hidden_names_change_nothing(self, client_for, zhou, jinshan, outsider):
        extra = {"community": outsider.community.pk, "state": "cancelled", "funding_hold": "1", "created_by": "1"}
        client_for(zhou).post(url("publish", zhou), self.data(**extra))
        task = Task.objects.get()
        assert (task.community_id, task.state, task.funding_hold_id) == (jinshan.pk, TaskState.PUBLISHED, None)


class TestUrgent:
    def data(self, **more):
        return {
            "form_key": new_key(), "what": "买馒头送来", "at": "2026-11-22T11:00", "where": "北门药店",
            "person": "林秀英",
        } | more  # fmt: skip

    def test_four_fields(self, client_for, zhou, lin):
        form = client_for(zhou).get(url("publish_urgent", zhou)).context["form"]
        assert [field.name for field in form.first_fields] == ["what", "at", "where", "person"]
        assert client_for(zhou).post(url("publish_urgent", zhou), self.data()).status_code == 302
        task = Task.objects.get()
        assert (task.beneficiary, task.category, task.shifts.get().minutes) == (lin.resident, "shopping", 60)

    def test_several_of_that_name_are_offered(self, client_for, zhou, lin, jinshan):
        twin = make_actor(jinshan, "林秀英")
        response = client_for(zhou).post(url("publish_urgent", zhou), self.data())
        assert response.status_code == 422
        offered = dict(response.context["form"].fields["person_choice"].choices)
        assert set(offered) == {str(lin.resident.pk), str(twin.resident.pk)}
        data = self.data(person_choice=str(twin.resident.pk))
        assert client_for(zhou).post(url("publish_urgent", zhou), data).status_code == 302
        assert Task.objects.get().beneficiary == twin.resident

    def test_digits_that_may_mean_two_people_are_asked_about(self, client_for, zhou, lin, mei):
        """A helper must not be sent to the wrong door."""
        lin.resident.phone = f"+8613900{mei.resident.member_number.zfill(6)}"
        lin.resident.save()
        data = self.data(person=mei.resident.member_number)
        page = client_for(zhou).post(url("publish_urgent", zhou), data)
        assert page.status_code == 422
        assert {choice for choice, _label in page.context["form"].fields["person_choice"].choices} == {
            str(one.resident.pk) for one in (lin, mei)
        }
        data["person_choice"] = str(mei.resident.pk)
        assert client_for(zhou).post(url("publish_urgent", zhou), data).status_code == 302
        assert Task.objects.get().beneficiary == mei.resident

    def test_one_letter_publishes_for_nobody_yet(self, client_for, zhou, lin):
        page = client_for(zhou).post(url("publish_urgent", zhou), self.data(person="林"))
        assert page.status_code == 422
        assert page.context["form"].errors["person"] == ["一个字太少。是这位就选上，不是请多写几个字。"]
        assert not Task.objects.exists()

    def test_another_communitys_resident_is_nobody(self, client_for, zhou, outsider):
        data = self.data(person="郑外人", person_choice=str(outsider.resident.pk))
        assert client_for(zhou).post(url("publish_urgent", zhou), data).status_code == 422

    def test_sent_again_it_is_once(self, client_for, zhou, lin):
        data = self.data()
        client = client_for(zhou)
        assert len({client.post(url("publish_urgent", zhou), data)["Location"] for _ in range(5)}) == 1
        assert Task.objects.count() == 1


class TestForSomebodyWithoutAPhone:
    def test_the_entry_names_both(self, client_for, zhou, lin, shift):
        data = {"form_key": new_key(), "person": "linxiuying"}
        assert client_for(zhou).post(url("claim_for", zhou, shift_id=shift.pk), data).status_code == 302
        found = SignUp.objects.get()
        assert (found.resident, found.claimed_by) == (lin.resident, zhou.user)
        assert "周敏" in client_for(zhou).get(url("staff_shift", zhou, shift_id=shift.pk)).content.decode()

    def test_nobody_found_keeps_what_was_typed(self, client_for, zhou, shift):
        data = {"form_key": new_key(), "person": "没有这个人"}
        response = client_for(zhou).post(url("claim_for", zhou, shift_id=shift.pk), data)
        assert response.status_code == 422
        assert "没有这个人" in response.content.decode()

    def test_asked_visits_are_answered_on_the_page(self, client_for, zhou, lin, jinshan, now):
        visit = make_shift(make_task(jinshan, home_visit=True), starts_at=now + timedelta(days=1))
        asked = make_sign_up(visit, lin.resident, state=SignUpState.ASKED)
        client_for(zhou).post(url("answer", zhou, sign_up_id=asked.pk), {"accept": "1"})
        asked.refresh_from_db()
        assert asked.state == SignUpState.CONFIRMED
        assert client_for(lin).post(url("answer", lin, sign_up_id=asked.pk), {"decline": "1"}).status_code == 403


class TestDates:
    def test_moved_on_the_page(self, client_for, zhou, shift):
        data = {
            "form_key": new_key(), "day": "2026-11-30", "start": "10:30", "minutes": "90", "places": "5",
            "all_later": "",
        }  # fmt: skip
        assert client_for(zhou).post(url("edit_date", zhou, shift_id=shift.pk), data).status_code == 302
        shift.refresh_from_db()
        assert (shift.starts_at.isoformat(), shift.minutes, shift.places) == ("2026-11-30T02:30:00+00:00", 90, 5)

    def test_skipped_and_called_off(self, client_for, zhou, shift):
        client = client_for(zhou)
        client.post(url("cancel_date", zhou, shift_id=shift.pk))
        shift.refresh_from_db()
        assert shift.cancelled_at is not None
        client.post(url("cancel_task", zhou, task_id=shift.task_id))
        assert Task.objects.get().state == TaskState.CANCELLED

    def test_more_dates(self, client_for, zhou, shift):
        data = {
            "form_key": new_key(), "day": "2026-12-01", "start": "9:00", "minutes": "60", "places": "2", "every": "day",
            "times": "3",
        }  # fmt: skip
        assert client_for(zhou).post(url("staff_task", zhou, task_id=shift.task_id), data).status_code == 302
        assert shift.task.shifts.count() == 4
