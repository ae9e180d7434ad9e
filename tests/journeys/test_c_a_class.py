"""(c) Forty minutes given buy a class of ninety: booked, held, paid at the deadline; given up in time, free again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from communities.choices import Role
from notifications.services.sweep import run_due
from tasks.services import verification
from tests.factories.hours import make_hours
from tests.factories.people import make_actor, make_community
from tests.factories.rewards import coins_of
from tests.factories.tasks import make_rule

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def yifang(db):
    """Pays by the minute, and teaches for it."""
    community = make_community(
        "laodongyifang", street="taoyuanlu", name_zh="劳动一坊社区", name_en="Laodong Yifang Community"
    )
    make_rule(community)
    return community


@pytest.fixture
def teacher(yifang):
    """The worker who plans the courses."""
    return make_actor(yifang, "秦晓梅", Role.WORKER, resident=False)


def test_a_class(yifang, teacher, phone, desk, clock, assert_books_sound):
    bai, shen = make_actor(yifang, "白桂芳"), make_actor(yifang, "沈国平")
    for actor in (bai, shen):
        record = make_hours(actor, now=clock.now, minutes=40)
        verification.verify(actor=teacher, record_id=record.pk, now=clock.now)

    # The worker plans a class in three days.
    staff = desk(teacher)
    staff.workbench("laodongyifang")
    staff.follow("Courses and lessons")
    staff.follow("Plan a course")
    for label, text in (
        ("Title in Chinese", "葫芦丝"),
        ("Title in English", "Hulusi"),
        ("Place in Chinese", "活动室"),
        ("Place in English", "Activity room"),
        ("Places", "12"),
        ("First day", "2026-11-25"),
        ("Begins at", "14:00"),
        ("Ends at", "15:30"),
    ):
        staff.write(label, text)
    assert staff.value_of("Price in coins") == "40"
    staff.press("Plan this course")
    staff.sees("Hulusi", "0 of 12 seats booked", "40 time coins")

    # Two book it out of their forty minutes.
    bai_phone, shen_phone = phone(bai), phone(shen)
    for reader in (bai_phone, shen_phone):
        reader.home("laodongyifang")
        reader.menu("Rewards")
        reader.follow("Hulusi")
        reader.follow("Book a seat")
        reader.sees("40 time coins")
        reader.press("Book this seat")
        reader.sees("Your seat is booked.", "40 time coins are held.")
        reader.menu("Passbook")
        assert reader.money() == [("", "", "0"), ("+40", "", "40")]
        assert (reader.figure("Held"), reader.figure("Available")) == ("40", "0")

    # One gives the seat up in time: the coins are free again.
    shen_phone.home("laodongyifang")
    shen_phone.follow("Hulusi", under="Your next class")
    shen_phone.follow("Give the seat up")
    shen_phone.press("Give this seat up")
    shen_phone.menu("Passbook")
    assert (shen_phone.figure("Held"), shen_phone.figure("Available")) == ("0", "40")

    # 24 hours before, the other one's seat is paid, and can no longer be given up.
    clock.pass_(days=2, hours=5)
    run_due(now=clock.now)
    bai_phone.home("laodongyifang")
    bai_phone.follow("Hulusi", under="Your next class")
    bai_phone.sees("40 time coins are paid.")
    bai_phone.does_not_see("Give the seat up")
    bai_phone.menu("Passbook")
    assert bai_phone.money() == [("", "", "0"), ("+40", "", "40"), ("", "−40", "0")]
    assert bai_phone.figure("Held") == "0"

    # She comes, and is ticked; nothing is paid twice.
    clock.pass_(days=1)
    staff.workbench("laodongyifang")
    staff.follow("Courses and lessons")
    staff.follow("1 of 12 seats booked")
    staff.tick("白桂芳 came")
    staff.press("Save who came")
    staff.sees("Saved: who came is ticked.")
    run_due(now=clock.now + timedelta(minutes=1))
    assert (coins_of(bai.resident), coins_of(shen.resident)) == ((0, 0, 0), (40, 0, 40))
    assert_books_sound()
