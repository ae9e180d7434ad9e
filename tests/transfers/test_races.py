"""At once: one form, one effect; a balance for one, one transfer; approved and taken back, one end."""

from __future__ import annotations

import os
import time
from collections import Counter

import pytest
from django.urls import reverse

from core.forms import new_key
from ledger import clearing, selectors
from ledger.choices import EntryKind
from ledger.errors import TooLittle
from ledger.models import JournalEntry
from reports.services.checking import run_checks
from tests.factories.people import NOW
from tests.factories.rewards import coins_of, give_coins
from tests.factories.transfers import send_coins
from transfers.choices import TransferState
from transfers.errors import MovedOn
from transfers.models import Transfer
from transfers.services import deciding

pytestmark = pytest.mark.django_db(transaction=True)
SECONDS = float(os.environ.get("CROSSED_SECONDS", "2"))


def broken():
    return [one for one in run_checks() if not one.holds]


def halves():
    return JournalEntry.objects.filter(kind=EntryKind.TRANSFER).count()


def test_twenty_send_a_balance_for_one(lin, an, together):
    give_coins(lin.resident, 40)
    answers = Counter(type(one) for one in together(20, lambda at: send_coins(lin, an, 40)))
    assert answers == {Transfer: 1, TooLittle: 19}
    assert (coins_of(lin.resident)[0], coins_of(an.resident)[0], halves()) == (0, 40, 2)
    assert broken() == []


def test_twenty_presses_of_one_form_are_one_transfer(rich, an, together, client_for):
    here = reverse("transfers:new", args=["jinshan"])
    typed = {
        "partner": an.community.pk,
        "member_number": an.resident.member_number,
        "surname": "安",
        "amount": "40",
    }
    review = client_for(rich).post(here, typed).url
    key = new_key()
    answers = together(20, lambda at: client_for(rich).post(review, {"form_key": key}))
    assert {one.status_code for one in answers} == {302}
    assert len({one.url for one in answers}) == 1
    assert (Transfer.objects.count(), halves()) == (1, 2)


def test_twenty_approvals_are_one_transfer(rich, an, zhou, xu, wang, together):
    asked = send_coins(rich, an, 1500, by=zhou)

    def work(at):
        return deciding.approve(actor=(xu, wang)[at % 2], transfer_id=asked.pk, now=NOW)

    answers = Counter(type(one) for one in together(20, work))
    assert answers == {Transfer: 1, MovedOn: 19}
    assert (halves(), coins_of(an.resident)[0]) == (2, 1500)


def test_approved_and_taken_back_at_once_it_ends_one_way(rich, an, zhou, xu, together):
    asked = send_coins(rich, an, 1500, by=zhou)

    def work(at):
        step = deciding.approve if at % 2 else deciding.cancel
        return step(actor=xu, transfer_id=asked.pk, now=NOW)

    answers = Counter(type(one) for one in together(8, work))
    assert answers == {Transfer: 1, MovedOn: 7}
    asked.refresh_from_db()
    assert (asked.state == TransferState.SENT) == (halves() == 2)
    assert broken() == []


def test_crossed_transfers_show_nobody_a_deadlock(lin, an, together):
    for actor in (lin, an):
        give_coins(actor.resident, 500)

    def work(at):
        payer, payee = (lin, an) if at % 2 else (an, lin)
        until, met = time.monotonic() + SECONDS, Counter()
        while time.monotonic() < until:
            try:
                send_coins(payer, payee, 3)
                met["sent"] += 1
            except TooLittle:
                met["too little"] += 1
        return met

    answers = together(8, work)
    met = sum(answers, Counter())
    assert set(met) <= {"sent", "too little"}, answers
    assert met["sent"] == Transfer.objects.count() > 0
    books = lin.community.book_id, an.community.book_id
    sums = [selectors.balance(clearing.clearing_account_id(*pair)).balance for pair in (books, books[::-1])]
    assert sum(sums) == 0
    assert coins_of(lin.resident)[0] + coins_of(an.resident)[0] == 1000
    assert broken() == []
