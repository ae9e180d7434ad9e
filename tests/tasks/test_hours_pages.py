"""The pages of hours: three clicks from home to sent, what was typed is kept, each state has its page, few queries."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from communities.actors import Actor
from communities.models import Community
from tasks.choices.hours import HourState
from tasks.models import HourRecord
from tasks.services import hours, verification
from tests.factories.hours import YESTERDAY, make_attended, make_hours, plant_hours
from tests.factories.people import make_actor
from tests.factories.tasks import make_rule, make_task

pytestmark = pytest.mark.django_db

TYPED = {"service_date": "2026-11-21", "start": "09:00", "end": "10:30", "witness": "梅晓东", "form_key": "k" * 24}


@pytest.fixture(autouse=True)
def _noon(jinshan: Community, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    make_rule(jinshan)
    monkeypatch.setattr("core.clock.now", lambda: now)


@pytest.fixture
def browser(lin: Actor, client_for: Callable[[Actor], Client]) -> Client:
    """Lin's, in English."""
    return _english(client_for(lin))


def _english(client: Client) -> Client:
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def _url(name: str, *args: object) -> str:
    return reverse(f"tasks:{name}", args=["jinshan", *args])


def _text(answer: Any) -> str:
    """The page as it is read: without tags, spaces as one."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", answer.content.decode()))


def _hidden(page: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="(\w+)"(?: value="([^"]*)")?', page)
    return {name: value for name, value in found if name != "csrfmiddlewaretoken"}


def test_prefilled_continue_send(browser: Client, lin: Actor) -> None:
    """Home → Log hours (1) → Continue (2) → Send (3)."""
    sign_up = make_attended(lin.resident, minutes=90)
    form = browser.get(_url("log_hours")).content.decode()
    assert re.search(rf'<option value="s:{sign_up.pk}" selected', form)
    assert 'value="2026-11-21"' in form
    assert 'value="09:00"' in form
    assert 'value="10:30"' in form
    review = browser.post(_url("log_hours"), TYPED | {"item": f"s:{sign_up.pk}"})
    assert "= 90 time coins" in _text(review)
    sent = browser.post(_url("log_hours"), _hidden(review.content.decode()) | {"confirm": "1"}, follow=True)
    assert "Sent. Staff look at it; your coins arrive when they have verified it." in _text(sent)
    record = HourRecord.objects.get()
    assert (record.sign_up, record.minutes, record.witness, record.state) == (sign_up, 90, "梅晓东", "submitted")


def test_change_something_keeps_what_was_typed(browser: Client, lin: Actor) -> None:
    sign_up = make_attended(lin.resident, minutes=90)
    review = browser.post(_url("log_hours"), TYPED | {"item": f"s:{sign_up.pk}"}).content.decode()
    form = browser.post(_url("log_hours"), _hidden(review) | {"change": "1"}).content.decode()
    assert 'value="梅晓东"' in form
    assert not HourRecord.objects.exists()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"end": "", "minutes": "1.5"}, "Minutes are a whole number. You wrote “1.5”"),
        ({"end": "", "minutes": "0"}, "at least 1 minute. You wrote 0."),
        ({"end": "", "minutes": "-5"}, "at least 1 minute. You wrote -5."),
        ({"end": "", "minutes": "721"}, "One record holds at most 12 h"),
        ({"end": ""}, "Write when it ended, or how many minutes it took."),
        ({"end": "08:00"}, "The end is not after the start."),
        ({"service_date": "2026-11-23"}, "These hours are not over yet."),
        ({"item": ""}, "What did you help with?"),
    ],
)
def test_each_mistake_has_its_sentence_and_nothing_typed_is_lost(
    browser: Client, typed: dict[str, str], sentence: str
) -> None:
    task = make_task(Community.objects.get(slug="jinshan"))
    page = browser.post(_url("log_hours"), TYPED | {"item": f"t:{task.pk}", "note": "两个人一起"} | typed)
    assert sentence in _text(page)
    assert 'value="两个人一起"' in page.content.decode()
    assert "Error:" in page.content.decode()
    assert not HourRecord.objects.exists()


def test_full_width_figures_are_read(browser: Client, lin: Actor) -> None:
    task = make_task(lin.community)
    typed = {"start": "０９：００", "end": "", "minutes": "９０", "service_date": "２０２６-１１-２１"}
    review = browser.post(_url("log_hours"), TYPED | {"item": f"t:{task.pk}"} | typed)
    assert "= 90 time coins" in _text(review)


def test_an_overlap_is_named_on_the_page(browser: Client, lin: Actor, now: datetime) -> None:
    make_hours(lin, now=now)
    task = make_task(lin.community)
    page = _text(browser.post(_url("log_hours"), TYPED | {"item": f"t:{task.pk}"}))
    assert "This overlaps with “Sweep the banyan walk”, Sat 21 Nov, 9:00–10:00, which is logged already." in page


def test_over_the_cap_is_said_before_sending(browser: Client, lin: Actor, zhou: Actor, now: datetime) -> None:
    settings = lin.community.settings
    settings.earning_cap_day_minutes = 60
    settings.save()
    task = make_task(lin.community)
    half = _text(browser.post(_url("log_hours"), TYPED | {"item": f"t:{task.pk}"}))
    assert "= 60 time coins" in half
    assert "Part of it is over the limit of the day or the month" in half
    earlier = make_hours(lin, now=now, starts_at=YESTERDAY - timedelta(hours=3))
    verification.verify(actor=zhou, record_id=earlier.pk, now=now)
    none = _text(browser.post(_url("log_hours"), TYPED | {"item": f"t:{task.pk}"}))
    assert "= 0 time coins" in none


def test_my_hours_by_state(browser: Client, lin: Actor, zhou: Actor, now: datetime) -> None:
    records = [make_hours(lin, now=now, starts_at=YESTERDAY - timedelta(days=day)) for day in range(4)]
    verification.verify(actor=zhou, record_id=records[0].pk, now=now)
    verification.return_record(actor=zhou, record_id=records[1].pk, reason="请写见证人", now=now)
    verification.refuse_record(actor=zhou, record_id=records[2].pk, reason="当天没有这项活动", now=now)
    page = browser.get(_url("my_hours"))
    assert "To verify 1" in _text(page)
    assert "Needs more 1" in _text(page)
    assert "Credited 1" in _text(page)
    assert "Refused 1" in _text(page)
    assert "Reversed 0" in _text(page)
    assert "请写见证人" in _text(page)  # what needs the resident comes first
    assert "1 h certified in all" in _text(page)
    assert "+60" in _text(browser.get(_url("my_hours") + "?state=verified"))


def test_return_fix_refuse_appeal_withdraw_by_page(browser: Client, lin: Actor, zhou: Actor, now: datetime) -> None:
    record = make_hours(lin, now=now)
    verification.return_record(actor=zhou, record_id=record.pk, reason="请写见证人", now=now)
    assert "请写见证人" in _text(browser.get(_url("hours_fix", record.pk)))
    fixed = browser.post(_url("hours_fix", record.pk), TYPED | {"end": "09:45"}, follow=True)
    assert "Sent again. Staff look at it." in _text(fixed)
    verification.refuse_record(actor=zhou, record_id=record.pk, reason="当天没有这项活动", now=now)
    appealed = browser.post(
        _url("hours_appeal", record.pk), {"reason": "照片在群里", "form_key": "a" * 24}, follow=True
    )
    story = _text(appealed)
    for step in ("Logged", "Returned", "Fixed and sent again", "Refused", "Appealed"):
        assert step in story
    gone = browser.post(_url("hours_withdraw", record.pk), follow=True)
    assert "Withdrawn. You can log these hours again." in _text(gone)
    record.refresh_from_db()
    assert (record.state, record.minutes) == (HourState.WITHDRAWN, 45)


def test_a_neighbours_record_is_not_shown(
    lin: Actor, mei: Actor, outsider: Actor, now: datetime, client_for: Callable[[Actor], Client]
) -> None:
    record = make_hours(lin, now=now)
    assert client_for(mei).get(_url("hour_record", record.pk)).status_code == 403
    assert client_for(mei).post(_url("hours_withdraw", record.pk)).status_code == 403
    assert client_for(outsider).get(_url("hour_record", record.pk)).status_code == 404


def test_the_queue_and_a_bulk_approval(
    lin: Actor, mei: Actor, zhou: Actor, now: datetime, client_for: Callable[[Actor], Client]
) -> None:
    staff = _english(client_for(zhou))
    clean = [make_hours(who, now=now) for who in (lin, mei)]
    flagged = plant_hours(lin.resident, starts_at=YESTERDAY + timedelta(hours=4), flags=["no_evidence", "long"])
    page = staff.get(_url("verify")).content.decode()
    for record in clean:
        assert f'name="record" value="{record.pk}" checked' in page
    assert f'name="record" value="{flagged.pk}"' not in page
    assert "Over 8 hours" in page
    assert "No check-in, not ticked" in page
    key = re.search(r'name="form_key" value="([^"]+)"', page)
    assert key is not None
    data = {"form_key": key[1], "record": [str(one.pk) for one in (*clean, flagged)]}
    done = _text(staff.post(_url("verify_bulk"), data, follow=True))
    assert "2 records approved: 120 time coins, 2 h." in done
    assert (
        "Not approved: 林秀英 · Sweep the banyan walk. This record has a flag: open it and decide on it alone." in done
    )


def test_one_record_approved_from_the_queue(
    lin: Actor, mei: Actor, zhou: Actor, now: datetime, client_for: Callable[[Actor], Client]
) -> None:
    staff, keep, take = _english(client_for(zhou)), make_hours(lin, now=now), make_hours(mei, now=now)
    data = {"form_key": "q" * 24, "record": [str(keep.pk), str(take.pk)], "only": str(take.pk)}
    staff.post(_url("verify_bulk"), data)
    assert set(HourRecord.objects.filter(state=HourState.VERIFIED)) == {take}
    # Back, and another row's own button with the page's same key.
    staff.post(_url("verify_bulk"), data | {"only": str(keep.pk)})
    assert HourRecord.objects.filter(state=HourState.VERIFIED).count() == 2


@pytest.mark.parametrize(("action", "state"), [("return", "returned"), ("refuse", "refused"), ("approve", "verified")])
def test_one_record_decided_on_its_page(
    action: str, state: str, lin: Actor, zhou: Actor, now: datetime, client_for: Callable[[Actor], Client]
) -> None:
    staff, record = _english(client_for(zhou)), make_hours(lin, now=now)
    page = _text(staff.get(_url("verify_one", record.pk)))
    assert "Checked in 9:00" in page
    if action != "approve":
        refused = staff.post(_url("verify_one", record.pk), {"form_key": "d" * 24, "action": action})
        assert "Write a reason: the resident reads it and knows what to do." in _text(refused)
    staff.post(_url("verify_one", record.pk), {"form_key": "d" * 24, "action": action, "reason": "请写见证人"})
    record.refresh_from_db()
    assert record.state == state


def test_the_auditor_reads_and_decides_nothing(
    lin: Actor, chen: Actor, now: datetime, client_for: Callable[[Actor], Client]
) -> None:
    auditor, record = client_for(chen), make_hours(lin, now=now)
    page = auditor.get(_url("verify_one", record.pk))
    assert page.status_code == 200
    assert 'value="approve"' not in page.content.decode()
    assert auditor.post(_url("verify_one", record.pk), {"form_key": "d" * 24, "action": "approve"}).status_code == 403


def test_what_a_person_may_not_decide_is_for_a_colleague(
    jinshan: Community, now: datetime, client_for: Callable[[Actor], Client]
) -> None:
    both = make_actor(jinshan, "何主任", "worker")  # type: ignore[arg-type]
    make_hours(both, now=now)
    page = _text(_english(client_for(both)).get(_url("verify")))
    assert "For a colleague (1)" in page
    assert "These are your own hours. Ask a colleague to look at them." in page


QUEUE, MINE = 12, 12


@pytest.mark.parametrize("rows", [1, 50])
def test_queries_do_not_grow_with_the_rows(
    rows: int, lin: Actor, zhou: Actor, now: datetime, client_for: Callable[[Actor], Client]
) -> None:
    for at in range(rows):
        flags = ["no_evidence"] if at % 5 == 4 else []
        plant_hours(lin.resident, starts_at=YESTERDAY - timedelta(hours=2 * at), flags=flags)
    for client, name, most in ((client_for(zhou), "verify", QUEUE), (client_for(lin), "my_hours", MINE)):
        client.get(_url(name))  # what is kept for the process is fetched once
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert client.get(_url(name)).status_code == 200
        assert len(seen) <= most, [query["sql"][:120] for query in seen]
        COUNTED.setdefault(name, len(seen))
        assert COUNTED[name] == len(seen), [query["sql"][:120] for query in seen]


COUNTED: dict[str, int] = {}


@pytest.mark.django_db(transaction=True)
def test_the_form_sent_twenty_times_logs_once(
    lin: Actor, client_for: Callable[[Actor], Client], together: Callable[..., list[object]]
) -> None:
    sign_up = make_attended(lin.resident, minutes=90)
    data = TYPED | {"item": f"s:{sign_up.pk}", "confirm": "1"}
    clients = [client_for(lin) for _one in range(20)]
    answers = together(20, lambda at: clients[at].post(_url("log_hours"), data))
    assert [(one.status_code, one["location"]) for one in answers] == [  # type: ignore[attr-defined]
        (302, _url("hour_record", HourRecord.objects.get().pk))
    ] * 20


@pytest.mark.django_db(transaction=True)
def test_an_approval_sent_twenty_times_credits_once(
    lin: Actor, zhou: Actor, now: datetime, client_for: Callable[[Actor], Client], together: Callable[..., list[object]]
) -> None:
    record = make_hours(lin, now=now)
    clients = [client_for(zhou) for _one in range(20)]
    data = {"form_key": "v" * 24, "record": str(record.pk)}
    answers = together(20, lambda at: clients[at].post(_url("verify_bulk"), data).status_code)
    assert answers == [302] * 20
    record.refresh_from_db()
    assert (record.state, hours.Span(record.starts_at, record.ends_at).minutes) == (HourState.VERIFIED, 60)


@pytest.mark.parametrize("action", ["", "verify", "approved"])
def test_an_unknown_button_decides_nothing(
    action: str, lin: Actor, zhou: Actor, now: datetime, client_for: Callable[[Actor], Client]
) -> None:
    record = make_hours(lin, now=now)
    client_for(zhou).post(_url("verify_one", record.pk), {"form_key": "u" * 24, "action": action})
    record.refresh_from_db()
    assert record.state == HourState.SUBMITTED


@pytest.mark.parametrize(
    ("left", "start", "end"),
    [(-10, "09:00", "10:30"), (0, "09:00", "10:30"), (20, "09:00", "09:20")],
)
def test_who_left_before_it_began_finds_the_shifts_own_times(
    browser: Client, lin: Actor, left: int, start: str, end: str
) -> None:
    sign_up = make_attended(lin.resident, minutes=90)
    sign_up.attendance.checked_in_at = YESTERDAY - timedelta(minutes=20)
    sign_up.attendance.checked_out_at = YESTERDAY + timedelta(minutes=left)
    sign_up.attendance.save()
    initial = browser.get(_url("log_hours")).context["form"].initial
    assert (f"{initial['start']:%H:%M}", f"{initial['end']:%H:%M}") == (start, end)


def test_a_shift_over_midnight_is_prefilled_with_its_minutes(browser: Client, lin: Actor) -> None:
    make_attended(lin.resident, starts_at=YESTERDAY - timedelta(hours=10), minutes=120)  # from 23:00 on
    initial = browser.get(_url("log_hours")).context["form"].initial
    assert (f"{initial['start']:%H:%M}", initial["end"], initial["minutes"]) == ("23:00", None, 120)


@pytest.mark.parametrize("typed", [["nonsense"], ["01a203e7-0d3a-74d8-94ce-b7c96584f5e0"], []])
def test_approving_nothing_says_so(zhou: Actor, client_for: Callable[[Actor], Client], typed: list[str]) -> None:
    data = {"form_key": "k" * 24, "record": typed}
    page = _english(client_for(zhou)).post(_url("verify_bulk"), data, follow=True)
    assert "Nothing was ticked. Tick the records to approve." in _text(page)
