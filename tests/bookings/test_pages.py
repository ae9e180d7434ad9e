"""Every page of courses and seats in both languages, who may see it, and forms that do their work once."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from bookings.choices import BookingState
from bookings.models import Booking, Lesson
from bookings.services import lessons, payments
from ledger.models import Hold
from tests.factories.bookings import book_seat, make_lesson
from tests.factories.people import NOW, make_resident
from tests.factories.rewards import coins_of, give_coins

pytestmark = pytest.mark.django_db


def url(name, **more):
    return reverse(f"bookings:{name}", kwargs={"community": "jinshan", **more})


def key_of(page):
    return re.search(r'name="form_key" value="([^"]+)"', page.content.decode()).group(1)


@pytest.fixture(autouse=True)
def clock_at_now(monkeypatch):
    """Views read the time of the cast."""
    monkeypatch.setattr("core.clock.now", lambda: NOW)


@pytest.fixture
def world(lin, mei, zhou):
    """A booked lesson, a free one, a full one, one about to begin, and one cancelled with a refund waiting."""
    give_coins(lin.resident, 500)
    made = {
        "booked": make_lesson(zhou),
        "free": make_lesson(zhou, price=0, starts_at=NOW + timedelta(days=4), title_zh="书法班", title_en=""),
        "full": make_lesson(
            zhou, price=0, places=1, starts_at=NOW + timedelta(days=5), title_zh="合唱班", title_en="Choir"
        ),
        "soon": make_lesson(zhou, price=0, starts_at=NOW + timedelta(minutes=30), title_zh="舞蹈班", title_en="Dance"),
        "gone": make_lesson(zhou, starts_at=NOW + timedelta(days=6), title_zh="太极扇", title_en="Fan"),
    }
    made["seat"] = book_seat(lin, made["booked"])
    book_seat(mei, made["full"])
    book_seat(mei, made["soon"])
    paid = book_seat(lin, made["gone"])
    payments.post_due_seats(paid.cancel_until)
    lessons.cancel_lesson(actor=zhou, lesson_id=made["gone"].pk, reason="停电", now=NOW)
    return made


def pages(world):
    each = [world[name].pk for name in ("booked", "free", "full", "soon", "gone")]
    residents = [
        url("calendar"),
        url("week"),
        url("week") + "?from=2026-11-25",
        url("week") + "?from=x",
        *(url("lesson", lesson_id=pk) for pk in each),
        *(url("book", lesson_id=pk) for pk in each),
    ]
    residents += [url("cancel", booking_id=world["seat"].pk)]
    staff = [url("staff_lessons"), url("plan"), url("add_lessons", course_id=world["booked"].course_id)]
    staff += [url("staff_lesson", lesson_id=pk) for pk in each]
    staff += [
        url("cancel_lesson", lesson_id=each[0]),
        url("book_for", lesson_id=each[1]),
        url("book_for", lesson_id=each[1]) + "?q=林",
    ]
    return residents, staff


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_all_pages_answer(world, lin, zhou, wang, client_for, language):
    for_residents, for_staff = pages(world)
    for actor, addresses in ((lin, for_residents), (zhou, for_staff), (wang, for_staff)):
        client = client_for(actor)
        client.cookies["django_language"] = language
        for address in addresses:
            answer = client.get(address)
            assert answer.status_code == 200, address
            assert answer.content.decode().count("<h1") == 1, address


def test_who_may_not(world, lin, mei, outsider, client_for):
    for_residents, for_staff = pages(world)
    for address in for_staff:
        assert client_for(lin).get(address).status_code == 403, address
        assert client_for(outsider).get(address).status_code == 404, address
    for address in for_residents:
        assert client_for(outsider).get(address).status_code == 404, address
    assert client_for(mei).get(url("cancel", booking_id=world["seat"].pk)).status_code == 404


def test_book_and_give_up(lin, zhou, client_for):
    give_coins(lin.resident, 100)
    lesson = make_lesson(zhou)
    client = client_for(lin)
    page = client.get(url("book", lesson_id=lesson.pk))
    answer = client.post(url("book", lesson_id=lesson.pk), {"form_key": key_of(page), "price_coins": "1"})
    seat = Booking.objects.get()
    assert answer.url == url("lesson", lesson_id=lesson.pk)
    assert (seat.price_coins, coins_of(lin.resident)) == (40, (100, 40, 60))
    calendar = client.get(url("ical", booking_id=seat.pk))
    assert calendar["Content-Type"].startswith("text/calendar")
    assert b"DTSTART" in calendar.content
    page = client.get(url("cancel", booking_id=seat.pk))
    assert client.post(url("cancel", booking_id=seat.pk), {"form_key": key_of(page)}).status_code == 302
    assert coins_of(lin.resident) == (100, 0, 100)


def test_a_refusal_stays_on_the_page(lin, zhou, client_for):
    lesson = make_lesson(zhou)
    client = client_for(lin)
    client.cookies["django_language"] = "en"
    assert "0 available, 40 short." in client.get(url("book", lesson_id=lesson.pk)).content.decode()
    answer = client.post(url("book", lesson_id=lesson.pk), {"form_key": "k"})
    assert (answer.status_code, Booking.objects.count()) == (200, 0)


def test_staff_plan_tick_and_cancel(jinshan, zhou, wang, client_for):
    worker = client_for(zhou)
    data = {"form_key": "a", "title_zh": "太极", "place_zh": "广场", "places": "10", "price_coins": "40"}
    times = {"first_day": "2026-11-23", "starts_time": "09:00", "ends_time": "10:30", "times": "3"}
    assert worker.post(url("plan"), data | times | {"ends_time": "08:00"}).status_code == 200
    assert worker.post(url("plan"), data | times).status_code == 302
    assert worker.post(url("plan"), data | times).status_code == 302
    assert Lesson.objects.count() == 3
    first = Lesson.objects.order_by("starts_at").first()
    assert (first.minutes, first.starts_at) == (90, NOW + timedelta(days=1))
    elder = make_resident(jinshan, "陈阿婆")
    give_coins(elder, 100)
    assert worker.post(url("book_for", lesson_id=first.pk), {"form_key": "b", "resident": elder.pk}).status_code == 302
    here = url("staff_lesson", lesson_id=first.pk)
    assert worker.post(here, {"form_key": "c"}).status_code == 200
    assert worker.post(url("cancel_lesson", lesson_id=first.pk), {"form_key": "d", "reason": ""}).status_code == 200
    assert worker.post(url("cancel_lesson", lesson_id=first.pk), {"form_key": "d", "reason": "下雨"}).status_code == 302
    assert coins_of(elder) == (100, 0, 100)
    assert worker.post(url("confirm_refunds", lesson_id=first.pk)).status_code == 403
    assert client_for(wang).post(url("confirm_refunds", lesson_id=first.pk)).status_code == 302


def test_attendance(lin, zhou, client_for):
    lesson = make_lesson(zhou, price=0, starts_at=NOW + timedelta(minutes=30))
    seat = book_seat(lin, lesson)
    assert (
        client_for(zhou)
        .post(url("staff_lesson", lesson_id=lesson.pk), {"form_key": "a", "present": [seat.pk, "x"]})
        .status_code
        == 302
    )
    seat.refresh_from_db()
    assert seat.state == BookingState.ATTENDED


@pytest.mark.parametrize("count", [1, 30])
def test_queries_do_not_grow(lin, zhou, client_for, django_assert_max_num_queries, count):
    for at in range(count):
        book_seat(lin, make_lesson(zhou, price=0, starts_at=NOW + timedelta(hours=3 * at + 1)))
    for actor, address in ((lin, url("calendar")), (lin, url("week")), (zhou, url("staff_lessons"))):
        client = client_for(actor)
        client.get(address)
        with django_assert_max_num_queries(8):
            client.get(address)


@pytest.mark.django_db(transaction=True)
def test_the_same_form_twenty_times_at_once(lin, zhou, client_for, together):
    give_coins(lin.resident, 1000)
    lesson = make_lesson(zhou)
    key = key_of(client_for(lin).get(url("book", lesson_id=lesson.pk)))
    clients = [client_for(lin) for _one in range(20)]
    answers = together(20, lambda at: clients[at].post(url("book", lesson_id=lesson.pk), {"form_key": key}))
    assert {one.status_code for one in answers} == {302}
    assert (Booking.objects.count(), Hold.objects.count()) == (1, 1)
