"""(e) The month turns, and every passbook has its statement: on the page, in a notice, as PDF."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from ledger.choices import AccountKind
from ledger.models import Account, MonthlyStatement
from notifications.services.sweep import run_due
from tasks.services import verification
from tests.factories.hours import make_hours
from tests.factories.people import make_resident
from tests.factories.rewards import give_coins, make_collected, make_reward
from tests.factories.tasks import make_rule

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
OCTOBER = datetime(2026, 10, 10, 2, 0, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 30, 16, 0, 30, tzinfo=UTC)  # 1 December, half a minute past midnight in Shanghai
NOVEMBER = date(2026, 11, 1)


def test_month_turns(jinshan, lin, mei, zhou, wang, outsider, phone, clock, assert_books_sound):
    make_rule(jinshan)
    make_resident(jinshan, "何玉珍")  # no phone, no coins: she has a statement all the same
    give_coins(lin.resident, 50, now=OCTOBER)
    for actor, minutes in ((lin, 60), (mei, 90)):
        record = make_hours(actor, now=clock.now, minutes=minutes)
        verification.verify(actor=zhou, record_id=record.pk, now=clock.now)
    make_collected(lin, make_reward(wang, price=40), zhou, now=clock.now)

    clock.to(MIDNIGHT)
    run_due(now=clock.now)

    wallets = set(Account.objects.filter(kind=AccountKind.WALLET).values_list("pk", flat=True))
    stated = MonthlyStatement.objects.filter(month=NOVEMBER, account_id__in=wallets)
    assert set(stated.values_list("account_id", flat=True)) == wallets
    assert len(wallets) == 4
    assert all(one.opening + one.credited - one.debited == one.closing for one in stated)
    assert run_due(now=clock.now).get("statements", 0) == 0

    for actor, figures, lines in (
        (lin, ("50", "+60", "−40", "70"), [("", "", "50"), ("+60", "", "110"), ("", "−40", "70")]),
        (mei, ("0", "+90", "0", "90"), [("", "", "0"), ("+90", "", "90")]),
    ):
        reader = phone(actor)
        reader.home()
        reader.menu("Me")
        reader.follow("Notices")
        reader.press("Open it Your statement for November 2026 is ready")
        assert reader.heading() == "Statement for November 2026"
        shown = tuple(reader.figure(label) for label in ("At the beginning", "Paid in", "Paid out", "At the end"))
        assert shown == figures
        opening, paid_in, paid_out, closing = (int(figure.replace("−", "-")) for figure in shown)
        assert opening + paid_in + paid_out == closing
        assert reader.money() == lines
        words = reader.pdf("PDF")
        for word in (actor.resident.full_name, *figures):
            assert word in words

    # The new passbook page begins with what the old one ended with.
    reader = phone(lin)
    reader.home()
    reader.menu("Passbook")
    assert reader.money() == [("", "", "70")]
    assert_books_sound()
