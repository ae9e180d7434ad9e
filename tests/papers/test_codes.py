"""The code on a paper: whoever holds it can have it checked, nobody can guess or change one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from communities.actors import Actor
from papers import codes
from papers.selectors.checks import proof_of
from papers.selectors.holders import holder_of
from papers.selectors.passbook import month_book
from tests.factories.people import NOW
from tests.papers.conftest import OCTOBER, Earn, wallet_of

pytestmark = pytest.mark.django_db
NOVEMBER = date(2026, 11, 1)


def code_of(actor: Actor, month: date = NOVEMBER) -> str:
    assert actor.resident is not None
    holder = holder_of(community=actor.community, resident=actor.resident, day=NOW.date())
    assert holder is not None
    return month_book(holder=holder, month=month).code


def test_a_printed_code_is_genuine_and_stays_so(lin: Actor, earn: Earn) -> None:
    wallet = wallet_of(lin)
    earn(wallet, 100, -40)
    code = code_of(lin)
    earn(wallet, 7, prefix="test:later")
    assert code_of(lin) != code
    proof = proof_of(community=lin.community, text=code)
    assert proof is not None
    assert (proof.account_number, proof.month, proof.balance) == (wallet.number, NOVEMBER, 60)


def test_of_a_month_without_lines(lin: Actor, earn: Earn) -> None:
    assert proof_of(community=lin.community, text=code_of(lin)) is not None
    earn(wallet_of(lin), 100, at=OCTOBER)
    proof = proof_of(community=lin.community, text=code_of(lin))
    assert proof is not None
    assert proof.balance == 100


def test_typed_by_hand(lin: Actor, earn: Earn) -> None:
    earn(wallet_of(lin), 100)
    typed = " " + code_of(lin).lower().replace("-", "－").replace("2611", "26 11")
    assert proof_of(community=lin.community, text=typed) is not None


@pytest.mark.parametrize(
    "change",
    [
        lambda code: code[:-1] + ("A" if code[-1] != "A" else "B"),
        lambda code: code.replace("-2611-", "-2612-"),
        lambda code: code.replace("-1-", "-2-"),
        lambda code: code.replace("R0001", "R0002"),
        lambda code: code.replace("R0001", "fund"),
        lambda code: code + "X",
        lambda code: "nonsense",
        lambda code: "-" * 90,
        lambda code: code.replace("-1-", "-999999999999-"),
    ],
)
def test_a_changed_one_is_not_ours(change: Callable[[str], str], lin: Actor, mei: Actor, earn: Earn) -> None:
    earn(wallet_of(lin), 100)
    assert proof_of(community=lin.community, text=change(code_of(lin))) is None


def test_not_of_another_community(lin: Actor, outsider: Actor, earn: Earn) -> None:
    earn(wallet_of(lin), 100)
    assert proof_of(community=outsider.community, text=code_of(lin)) is None


def test_after_the_key_has_changed(lin: Actor, earn: Earn, settings: Any) -> None:
    earn(wallet_of(lin), 100)
    code = code_of(lin)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 60, [settings.SECRET_KEY]
    assert proof_of(community=lin.community, text=code) is not None
    settings.SECRET_KEY_FALLBACKS = []
    assert proof_of(community=lin.community, text=code) is None


def test_anybody_may_check_and_reads_no_name(lin: Actor, earn: Earn) -> None:
    earn(wallet_of(lin), 100)
    url = reverse("papers:check", kwargs={"community": "jinshan"})
    with time_machine.travel(datetime(2026, 11, 23, tzinfo=UTC), tick=False):
        page = Client().get(url, {"code": code_of(lin)}, headers={"Accept-Language": "en"}).content.decode()
        assert "Genuine" in page
        assert "林" not in page
        by_path = reverse("papers:check_code", kwargs={"community": "jinshan", "code": code_of(lin)})
        assert "Genuine" in Client().get(by_path, headers={"Accept-Language": "en"}).content.decode()
        answer = Client().get(url, {"code": "R0001-2611-1-AAAAAAAA"}, headers={"Accept-Language": "en"})
        assert "not one of ours" in answer.content.decode()
        assert Client().get(url).status_code == 200


def test_no_two_marks_are_alike() -> None:
    marks = {
        codes.code(book_id=1, account_number="R0001", month=NOVEMBER, last_seq=seq, balance=100) for seq in range(2000)
    }
    assert len({code.rsplit("-", 1)[1] for code in marks}) == 2000


def test_digits_that_look_like_letters_are_forgiven(lin: Actor, earn: Earn) -> None:
    earn(wallet_of(lin), 100)
    front, mark = code_of(lin).rsplit("-", 1)
    typed = f"{front}-{mark.translate(str.maketrans('OIB', '018'))}"
    assert proof_of(community=lin.community, text=typed) is not None
