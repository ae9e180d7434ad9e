"""Whom it goes to: one answer for whatever does not fit, ten a day that find nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest

from communities.models import Resident
from ledger.errors import NotPartners
from tests.factories.people import NOW, make_resident
from transfers.errors import PayeeUnknown, TooManyLookUps
from transfers.services.looking_up import LOOK_UPS, look_up

pytestmark = pytest.mark.django_db


def ask(actor, resident, *, number="", surname="", now=NOW):
    return look_up(
        actor=actor,
        partner_id=resident.community_id,
        member_number=number or resident.member_number,
        surname=surname or resident.surname,
        now=now,
    )


def test_number_and_surname_find_the_payee(lin, an):
    assert ask(lin, an.resident) == an.resident
    assert ask(lin, an.resident, number=an.resident.member_number.lstrip("0")) == an.resident


def test_a_latin_surname_in_any_case(lin, haihong):
    smith = make_resident(haihong, "Anna Smith")
    assert ask(lin, smith, surname="sMITH ") == smith


def test_one_answer_for_whatever_does_not_fit(lin, an, haihong):
    gone = make_resident(haihong, "安走了")
    Resident.objects.filter(pk=gone.pk).update(left_at=NOW)
    said = set()
    for number, surname in (("9999", "安"), (an.resident.member_number, "王"), (gone.member_number, "安"), ("x", "安")):
        with pytest.raises(PayeeUnknown) as refusal:
            ask(lin, an.resident, number=number, surname=surname)
        said.add(str(refusal.value))
    assert len(said) == 1


def test_partners_alone(lin, an, outsider):
    with pytest.raises(NotPartners):
        ask(lin, outsider.resident)


def test_ten_a_day_then_the_right_one_is_refused_too(lin, an, zhou):
    for _wrong in range(LOOK_UPS):
        with pytest.raises(PayeeUnknown):
            ask(lin, an.resident, surname="王")
    with pytest.raises(TooManyLookUps):
        ask(lin, an.resident)
    assert ask(zhou, an.resident) == an.resident
    assert ask(lin, an.resident, now=NOW + timedelta(days=1)) == an.resident


def test_the_right_ones_are_not_counted_and_free_no_wrong_one(lin, an, outsider):
    for wrong in range(LOOK_UPS):
        for _right in range(3):
            assert ask(lin, an.resident, now=NOW + timedelta(minutes=wrong)) == an.resident
        with pytest.raises(NotPartners):
            ask(lin, outsider.resident)
        with pytest.raises(PayeeUnknown):
            ask(lin, an.resident, number="9999")
    with pytest.raises(TooManyLookUps):
        ask(lin, an.resident)
