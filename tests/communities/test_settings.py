"""The community's settings: managers change them, with a reason; the history says who."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from communities.choices import BOUNDS
from communities.errors import FlagAboveRefusal, OutOfBounds, WalletsFixed
from communities.forms.settings import SettingsForm
from communities.models import CommunitySettings
from communities.services.settings import CHANGEABLE, change_settings
from core.errors import NotAllowed
from ledger.models import Account
from tests.factories.people import NOW

pytestmark = pytest.mark.django_db
PAGE = "/c/jinshan/settings/"


def form_of(place, **changes):
    rules = CommunitySettings.objects.get(pk=place.pk)
    kept = {name: "" if getattr(rules, name) is None else getattr(rules, name) for name in CHANGEABLE}
    return kept | {"reason": "居民议事会"} | changes


def test_a_change_with_its_history(jinshan, wang, client_for):
    answer = client_for(wang).post(PAGE, form_of(jinshan, code_valid_days="14", undo_minutes="0"))
    assert answer.url == PAGE
    rules = CommunitySettings.objects.get(pk=jinshan.pk)
    assert (rules.code_valid_days, rules.undo_minutes) == (14, 0)
    page = client_for(wang).get(PAGE).content.decode()
    assert "居民议事会" in page
    assert "王海燕" in page


def test_every_wallet_gets_the_new_cap(jinshan, wang, lin):
    change_settings(actor=wang, values={"wallet_cap_coins": 500}, reason="x", now=NOW)
    assert Account.objects.get(pk=lin.resident.wallet_id).cap == 500


def test_who_holds_a_wallet_is_fixed_once_somebody_is_registered(jinshan, wang):
    change_settings(actor=wang, values={"wallets": "household"}, reason="x", now=NOW)
    change_settings(actor=wang, values={"wallets": "resident"}, reason="x", now=NOW)


def test_with_residents_it_is_refused(jinshan, wang, lin):
    with pytest.raises(WalletsFixed):
        change_settings(actor=wang, values={"wallets": "household"}, reason="x", now=NOW)


def test_the_second_look_comes_before_the_refusal(jinshan, wang, client_for):
    with pytest.raises(FlagAboveRefusal):
        change_settings(actor=wang, values={"flag_minutes": 600, "max_minutes": 500}, reason="x", now=NOW)
    answer = client_for(wang).post(PAGE, form_of(jinshan, flag_minutes="600", max_minutes="500"))
    assert answer.status_code == 200
    assert 'value="600"' in answer.content.decode()


@pytest.mark.parametrize("typed", ["0", "721", "1441"])
def test_a_service_lasts_half_a_day_at_most(jinshan, wang, client_for, typed):
    answer = client_for(wang).post(PAGE, form_of(jinshan, max_minutes=typed))
    assert answer.status_code == 200
    assert CommunitySettings.objects.get(pk=jinshan.pk).max_minutes == 720


@pytest.mark.parametrize("typed", ["-1", "1.5", "x", ""])
def test_nonsense_is_asked_again(jinshan, wang, client_for, typed):
    assert client_for(wang).post(PAGE, form_of(jinshan, undo_minutes=typed)).status_code == 200


@pytest.mark.parametrize("name", sorted(BOUNDS.keys() & set(CHANGEABLE)))
def test_every_number_has_its_least_and_its_most(jinshan, wang, client_for, name):
    least, most = BOUNDS[name]
    before = getattr(jinshan.settings, name)
    for typed in (least - 1, most + 1, 32_768, 2**31, 10**30):
        if least <= typed <= most:
            continue
        page = client_for(wang).post(PAGE, form_of(jinshan, **{name: str(typed)}), headers={"accept-language": "en"})
        assert page.status_code == 200
        assert f"Write a whole number from {least} to {most}." in page.content.decode()
        with pytest.raises(OutOfBounds):
            change_settings(actor=wang, values={name: typed}, reason="x", now=NOW)
    assert getattr(CommunitySettings.objects.get(pk=jinshan.pk), name) == before


@pytest.mark.parametrize("name", sorted(BOUNDS))
def test_the_database_keeps_the_bounds_too(jinshan, name):
    for value in (BOUNDS[name][0] - 1, BOUNDS[name][1] + 1):
        with pytest.raises(IntegrityError), transaction.atomic():
            CommunitySettings.objects.filter(pk=jinshan.pk).update(**{name: value})


def test_what_nothing_reads_is_not_offered(jinshan, wang, client_for):
    page = client_for(wang).get(PAGE).content.decode()
    assert "code_valid_days" in page
    assert "expiry_months" in page
    assert "gift_cap_month_coins" not in page


@pytest.mark.parametrize("who", ["zhou", "lin", "mei", "chen"])
def test_nobody_else(who, request, jinshan, client_for):
    actor = request.getfixturevalue(who)
    with pytest.raises(NotAllowed):
        change_settings(actor=actor, values={"undo_minutes": 0}, reason="x", now=NOW)
    assert client_for(actor).post(PAGE, form_of(jinshan)).status_code == 403


def test_hidden_names_change_nothing(jinshan, wang, client_for):
    client_for(wang).post(PAGE, form_of(jinshan, community="2", community_id="2", slug="x", book="9", time_zone="UTC"))
    jinshan.refresh_from_db()
    assert (jinshan.slug, jinshan.time_zone) == ("jinshan", "Asia/Shanghai")
    assert CommunitySettings.objects.count() == 1


def test_every_setting_stands_on_the_page_once():
    form = SettingsForm()
    shown = [field.name for _title, fields in form.parts() for field in fields]
    assert sorted(shown) == sorted(form.fields)
    assert shown[-1] == "reason"
