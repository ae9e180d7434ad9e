"""The month's turn: every wallet has its statement once, its people are told once, a killed run goes on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pypdf import PdfReader

from communities.actors import Actor
from communities.models import Community
from core import months
from ledger.models import MonthlyStatement
from notifications import kinds
from notifications.models import InboxMessage, OutboxMessage
from notifications.services.delivery import deliver_due
from papers.models import StatementRun
from papers.services import statements
from papers.services.statements import make_due_statements, make_statements
from tests.factories.people import NOW, make_actor, make_community
from tests.papers.conftest import OCTOBER, Earn, wallet_of

pytestmark = pytest.mark.django_db
MONTH = date(2026, 10, 1)
TURN = datetime(2026, 10, 31, 16, 0, tzinfo=UTC)  # midnight in Shanghai
ENGLISH = {"Accept-Language": "en"}


def figures(actor: Actor, month: date = MONTH) -> tuple[int, int, int, int]:
    row = MonthlyStatement.objects.get(account=wallet_of(actor), month=month)
    return row.opening, row.credited, row.debited, row.closing


def test_a_row_and_a_notice_each(lin: Actor, mei: Actor, earn: Earn) -> None:
    earn(wallet_of(lin), 120, -40, at=OCTOBER)
    make_statements(community=lin.community, month=MONTH, now=NOW)
    assert figures(lin) == (0, 120, 40, 80)
    assert figures(mei) == (0, 0, 0, 0)
    assert deliver_due(now=NOW) == 2
    notice = InboxMessage.objects.get(user=lin.user)
    assert notice.url == "/c/jinshan/statements/2026-10/"
    with translation.override("en"):
        said = kinds.render(notice.kind, notice.payload)
    assert said.title == "Your statement for October 2026 is ready"
    assert said.body == "At the beginning 0, paid in 120, paid out 40, at the end 80 time coins."


def test_by_email_to_those_who_have_one(lin: Actor, mei: Actor) -> None:
    lin.user.email = "lin@example.com"
    lin.user.language = "en"
    lin.user.save()
    make_statements(community=lin.community, month=MONTH, now=NOW)
    deliver_due(now=NOW)
    assert [(letter.to, letter.subject) for letter in mail.outbox] == [
        (["lin@example.com"], "Your statement for October 2026 is ready")
    ]


def test_a_second_run_writes_nothing(lin: Actor, mei: Actor) -> None:
    assert make_statements(community=lin.community, month=MONTH, now=NOW) > 0
    before = (MonthlyStatement.objects.count(), OutboxMessage.objects.count())
    assert make_statements(community=lin.community, month=MONTH, now=NOW + timedelta(days=1)) == 0
    assert (MonthlyStatement.objects.count(), OutboxMessage.objects.count()) == before


def test_to_all_members_of_a_household(xincheng: Community) -> None:
    he = make_actor(xincheng, "何玉珍")
    make_statements(community=xincheng, month=MONTH, now=NOW)
    assert deliver_due(now=NOW) == 1
    assert InboxMessage.objects.get().user == he.user


@pytest.mark.parametrize(("at", "made"), [(TURN - timedelta(seconds=1), False), (TURN, True)])
def test_at_the_turn_in_the_communitys_zone(at: datetime, made: bool, lin: Actor, earn: Earn) -> None:
    earn(wallet_of(lin), 120, at=OCTOBER)
    StatementRun.objects.create(community=lin.community, month=date(2026, 9, 1), done_at=NOW)
    make_due_statements(at)
    assert MonthlyStatement.objects.filter(month=MONTH).exists() is made
    assert make_due_statements(at) == 0


def test_after_a_long_stop_all_months_but_one_notice(lin: Actor) -> None:
    make_due_statements(NOW)
    months_made = list(MonthlyStatement.objects.filter(account=wallet_of(lin)).values_list("month", flat=True))
    assert len(months_made) == 10  # January, when the book was opened, to October
    assert OutboxMessage.objects.values_list("subject", flat=True).get() == f"statement:{wallet_of(lin).pk}:2026-10"


def test_killed_between_chunks_goes_on(lin: Actor, mei: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "CHUNK", 1)
    real, calls = statements.announce_many, []

    def dies_at_the_third(announcements: Any) -> int:
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(announcements)

    monkeypatch.setattr(statements, "announce_many", dies_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        make_statements(community=lin.community, month=MONTH, now=NOW)
    assert StatementRun.objects.get(community=lin.community).done_at is None
    make_due_statements(NOW)
    assert OutboxMessage.objects.filter(subject__endswith="2026-10").count() == 2
    assert StatementRun.objects.get(community=lin.community, month=MONTH).done_at == NOW


def test_the_command(lin: Actor, outsider: Actor) -> None:
    with time_machine.travel(NOW, tick=False):
        out = StringIO()
        call_command("make_statements", "2026-10", "--community", "jinshan", stdout=out)
        assert out.getvalue().startswith("jinshan: ")
        assert not MonthlyStatement.objects.filter(account=wallet_of(outsider)).exists()
        out = StringIO()
        call_command("make_statements", "2026-10", stdout=out)
        assert "jinshan: 0\n" in out.getvalue()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["2026-11"], "jinshan: 2026-11 is not over yet"),
        (["2026-13"], "not a month"),
        (["soon"], "not a month"),
        (["2026-10", "--community", "nowhere"], "no community nowhere"),
    ],
)
def test_what_the_command_refuses(arguments: list[str], sentence: str, lin: Actor) -> None:
    with time_machine.travel(NOW, tick=False), pytest.raises(CommandError, match=sentence):
        call_command("make_statements", *arguments)


def test_read_listed_and_printed(lin: Actor, mei: Actor, earn: Earn, client_for: Callable[[Actor], Client]) -> None:
    earn(wallet_of(lin), 120, -40, at=OCTOBER)
    client = client_for(lin)
    here = {"community": "jinshan"}
    with time_machine.travel(NOW, tick=False):
        assert b"No statement yet" in client.get(reverse("papers:statements", kwargs=here), headers=ENGLISH).content
        make_statements(community=lin.community, month=MONTH, now=NOW)
        listed = client.get(reverse("papers:statements", kwargs=here), headers=ENGLISH).content.decode()
        assert "October 2026" in listed
        one = {**here, "month": "2026-10"}
        page = client.get(reverse("papers:statement", kwargs=one), headers=ENGLISH).content.decode()
        assert "At the end</dt>" in page
        pdf = client.get(reverse("papers:statement_pdf", kwargs=one), headers=ENGLISH)
        assert "Monthly statement" in PdfReader(BytesIO(pdf.content)).pages[0].extract_text()
        for month in ("2026-09", "2026-11", "soon"):
            assert client.get(reverse("papers:statement", kwargs={**here, "month": month})).status_code == 404


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "Pacific/Apia", "Europe/London"])
def test_a_month_ends_where_the_next_begins(zone: str) -> None:
    community = make_community("z", street="z", now=datetime(2020, 1, 1, tzinfo=UTC))
    assert community.time_zone == "Asia/Shanghai"
    for month in months.between(date(2025, 1, 1), date(2026, 12, 1)):
        turn = months.ended_at(month, zone)
        assert months.last_ended(turn, zone) == month
        assert months.last_ended(turn - timedelta(microseconds=1), zone) == months.preceding(month)
