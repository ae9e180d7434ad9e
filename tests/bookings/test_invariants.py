"""check_ledger's checks of seats: clean after use, and each planted fault is found and named."""

from datetime import timedelta

import pytest
from django.db import connections

from bookings.invariants import CHECKS
from bookings.services import lessons, payments, seats
from bookings.sources import describe
from ledger.services import reversals
from tests.factories.bookings import book_seat, make_lesson
from tests.factories.people import NOW
from tests.factories.rewards import give_coins

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def findings():
    return {check.name: [one.subject for one in check.run()] for check in CHECKS if check.run()}


def plant(query, *values):
    """As the owner, with triggers out of the way."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE bookings_booking DISABLE TRIGGER USER")
        try:
            cursor.execute(query, values)
        finally:
            cursor.execute("ALTER TABLE bookings_booking ENABLE TRIGGER USER")


@pytest.fixture
def used(lin, mei, zhou, wang):
    """A paid seat, a held one, one given up, a refunded one."""
    for one in (lin, mei):
        give_coins(one.resident, 500)
    first = make_lesson(zhou)
    paid = book_seat(lin, first)
    payments.post_due_seats(paid.cancel_until)
    gone = make_lesson(zhou, starts_at=NOW + timedelta(days=5), title_zh="书法班")
    refunded = book_seat(lin, gone)
    payments.post_due_seats(refunded.cancel_until)
    lessons.cancel_lesson(actor=zhou, lesson_id=gone.pk, reason="停电", now=NOW)
    lessons.confirm_refunds(actor=wang, lesson_id=gone.pk, now=NOW)
    seats.cancel(actor=mei, booking_id=book_seat(mei, first).pk, now=NOW)
    held = book_seat(mei, make_lesson(zhou, starts_at=NOW + timedelta(days=9), title_zh="合唱班"))
    return {"lesson": first, "paid": paid, "held": held, "refunded": refunded}


def test_clean_after_use(used):
    assert findings() == {}


def test_a_wrong_number_of_places_taken(used):
    plant("UPDATE bookings_lesson SET taken = 2 WHERE id = %s", used["lesson"].pk)
    assert findings() == {"seats in a lesson do not exceed its places": [f"lesson {used['lesson'].pk}"]}


def test_a_seat_that_ended_without_its_hold(used):
    plant("UPDATE bookings_booking SET state = 'cancelled', ended_at = now() WHERE id = %s", used["held"].pk)
    assert f"booking {used['held'].pk}" in findings()["holds of seats follow the seats"]


def test_paid_without_an_entry(used):
    plant("UPDATE bookings_booking SET paid_at = now() WHERE id = %s", used["held"].pk)
    found = findings()
    assert "community jinshan" in found["paid seats equal the ledger's seat entries"]


def test_a_refund_that_the_ledger_does_not_know(used):
    plant("UPDATE bookings_booking SET reversed_at = now() WHERE id = %s", used["paid"].pk)
    plant("UPDATE bookings_booking SET reversed_at = NULL WHERE id = %s", used["refunded"].pk)
    wrong = {f"booking {used['paid'].pk}", f"booking {used['refunded'].pk}"}
    assert set(findings()["a refunded seat has a confirmed reversal"]) == wrong


def test_a_reversal_confirmed_past_the_lesson(used, zhou, wang):
    reference = used["paid"].pay_reference
    book_id = zhou.community.book_id
    asked = reversals.ask(book_id=book_id, reference=reference, reason="x", actor_id=zhou.user_id, now=NOW)
    assert findings() == {}
    reversals.confirm(request_id=asked.pk, actor_id=wang.user_id, now=NOW)
    assert findings() == {"a refunded seat has a confirmed reversal": [reference]}


def test_two_places_at_once(used, lin, zhou):
    other = book_seat(lin, make_lesson(zhou, price=0, starts_at=NOW + timedelta(days=20), title_zh="舞蹈班"))
    plant("ALTER TABLE bookings_booking DROP CONSTRAINT bookings_booking_overlap")
    try:
        plant(
            "UPDATE bookings_booking SET starts_at = %s, ends_at = %s WHERE id = %s",
            used["paid"].starts_at,
            used["paid"].ends_at,
            other.pk,
        )
        assert findings().keys() == {"no resident sits in two lessons at once"}
    finally:
        plant("UPDATE bookings_booking SET state = 'cancelled', ended_at = now() WHERE id = %s", other.pk)
        plant(
            "ALTER TABLE bookings_booking ADD CONSTRAINT bookings_booking_overlap EXCLUDE USING gist"
            " (resident_id WITH =, tstzrange(starts_at, ends_at, '[)') WITH &&)"
            " WHERE (state IN ('confirmed', 'attended', 'no_show'))"
        )


def test_an_entry_is_described(used):
    reference = used["paid"].pay_reference
    line = describe([reference, "redemption:x", "booking:nonsense"])
    assert list(line) == [reference]
    assert (line[reference].title_zh, line[reference].minutes, line[reference].person) == ("太极班", 90, "林秀英")
