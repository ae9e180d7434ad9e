"""(f) An 82-year-old without a phone: registered at the desk, on the paper sheet, paid in rice, passbook printed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from communities.models import Resident
from tests.factories.rewards import coins_of, make_reward
from tests.factories.tasks import make_rule, make_shift, make_task

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def test_without_a_phone(jinshan, lin, zhou, wang, desk, clock, assert_books_sound):
    make_rule(jinshan)
    make_reward(wang, price=60)
    task = make_task(jinshan, title_zh="读报", title_en="Reading the paper aloud", created_at=clock.now)
    make_shift(task, starts_at=clock.now + timedelta(hours=1), minutes=90)
    staff, second = desk(zhou), desk(wang)

    # 9:00: she stands at the desk with her papers, and wants to help at ten.
    staff.workbench()
    staff.menu("People")
    staff.follow("Register somebody")
    staff.write("Full name", "何玉珍")
    staff.write("Birth date", "1944-03-08")
    staff.write("Building", "3栋2单元")
    staff.tick("They have read the privacy sheet and signed it")
    staff.press("Register")
    assert staff.heading() == "何玉珍"
    staff.sees("82 years", "not by themselves", "Verified")
    elder = Resident.objects.get(full_name="何玉珍")
    staff.menu("Tasks")
    staff.follow("Reading the paper aloud")
    staff.follow("10:00–11:30")
    staff.write("For whom", "heyuzhen")
    staff.press("Claim", exact=True)
    staff.sees("何玉珍", "1 of 3 places taken")
    staff.follow("Print a sign-in sheet")
    assert "何玉珍" in staff.pdf("Open the PDF")

    # 11:30: the sheet comes back with her tick; one save, and a second person verifies.
    clock.pass_(hours=2, minutes=30)
    staff.workbench()
    staff.follow("Enter a printed sign-in sheet")
    staff.follow("Reading the paper aloud")
    staff.tick("何玉珍", exact=True)
    staff.press("Save the sheet")
    staff.sees("1 person entered. Another person verifies the hours.")
    staff.menu("Verify")
    staff.sees("For a colleague (1)")
    second.workbench()
    second.menu("Verify")
    second.press("Approve what is ticked")
    second.sees("1 record approved: 90 time coins, 1 h 30 min.")

    # Rice over the counter, on one page; a line to sign.
    staff.workbench()
    staff.menu("Desk")
    staff.follow("Without a phone")
    staff.write("Resident", elder.member_number)
    staff.press("Find")
    staff.sees("何玉珍", "Available: 90 time coins")
    staff.tick("Rice 5 kg")
    staff.press("Confirm and hand over")
    staff.sees("Handed over:", "Rice 5 kg × 1", "Available: 30 time coins", "Signature")
    (line,) = staff.rows()
    assert line[2].startswith("何玉珍")
    assert line[4:8] == ["60", "in person", "周敏", ""]

    # Her passbook, printed: her name and both lines.
    staff.menu("People")
    staff.write("Whom do you look for?", "何玉珍")
    staff.press("Find")
    staff.follow("何玉珍")
    staff.follow("Passbook")
    assert staff.money() == [("", "", "0"), ("+90", "", "90"), ("", "−60", "30")]
    staff.follow("Print passbook")
    staff.sees("何玉珍", "Reading the paper aloud", "Rice 5 kg", "+90", "−60")
    words = staff.pdf("Open the PDF")
    for word in ("何玉珍", "Reading the paper aloud", "Rice 5 kg", "+90", "−60", "30"):
        assert word in words
    assert coins_of(elder) == (30, 0, 30)
    assert_books_sound()
