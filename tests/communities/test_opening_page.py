"""A manager sends a list, sees what would happen, confirms: once, and only then."""

from __future__ import annotations

from collections.abc import Callable
from unittest import mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from communities.actors import Actor
from communities.choices import Role
from communities.models import BalanceImport
from communities.services import opening_lists
from tests.factories.people import make_actor
from tests.factories.rewards import coins_of

pytestmark = pytest.mark.django_db
ClientFor = Callable[[Actor], Client]
PAGE, CONFIRM = "/c/jinshan/people/opening-balances/", "/c/jinshan/people/opening-balances/confirm/"


def listed(lin: Actor, *more: str) -> SimpleUploadedFile:
    assert lin.resident is not None
    rows = ["会员号,姓名,时间币", f"{lin.resident.member_number},{lin.resident.full_name},120", *more]
    return SimpleUploadedFile("存折.csv", "\n".join(rows).encode("gbk"))


@pytest.fixture
def manager(wang: Actor, client_for: ClientFor) -> Client:
    return client_for(wang)


def test_shows_what_would_happen_then_brings_it_over_once(lin: Actor, wang: Actor, manager: Client) -> None:
    shown = manager.post(PAGE, {"file": listed(lin, "9999,无此人,5", "x,y,z")})
    assert (shown.context["outcome"].posted, shown.context["outcome"].coins) == (1, 120)
    assert [one.row for one in shown.context["problems"]] == [3, 4]
    assert lin.resident is not None
    assert coins_of(lin.resident)[0] == 0
    assert not BalanceImport.objects.exists()
    sent = {name: shown.context["form"][name].value() for name in ("form_key", "token")}
    for _ in range(2):
        assert manager.post(CONFIRM, sent)["Location"] == PAGE
    assert coins_of(lin.resident)[0] == 120
    run = BalanceImport.objects.get()
    assert (run.manager, run.file_name, run.rows, run.posted, run.refused) == (wang.user, "存折.csv", 3, 1, 2)
    assert "存折.csv" in manager.get(PAGE).content.decode()


def test_only_managers(lin: Actor, zhou: Actor, chen: Actor, client_for: ClientFor) -> None:
    for who in (lin, zhou, chen):
        assert client_for(who).get(PAGE).status_code == 403
        assert client_for(who).post(PAGE, {"file": listed(lin)}).status_code == 403
        assert client_for(who).post(CONFIRM, {"token": "x", "form_key": "y"}).status_code == 403


def test_a_list_waits_for_the_manager_who_sent_it(
    lin: Actor, manager: Client, client_for: ClientFor, jinshan: object
) -> None:

    other = client_for(make_actor(lin.community, "李建华", Role.MANAGER, resident=False))
    token = manager.post(PAGE, {"file": listed(lin)}).context["form"]["token"].value()
    answer = other.post(CONFIRM, {"token": token, "form_key": "k" * 24}, follow=True)
    assert "looked through too long ago" in answer.content.decode() or "太久" in answer.content.decode()
    assert not BalanceImport.objects.exists()


def test_a_file_that_is_no_list_is_said_at_once(lin: Actor, manager: Client) -> None:
    for content in (b"a,b\n1,2\n", b"\0\0\0", b""):
        page = manager.post(PAGE, {"file": SimpleUploadedFile("x.csv", content)})
        assert page.context["form"].errors
    with mock.patch.object(opening_lists, "MOST_ROWS", 1):
        page = manager.post(PAGE, {"file": listed(lin, "2,x,1", "3,y,1")})
    assert "file" in page.context["form"].errors
    assert manager.post(PAGE, {}).context["form"].errors.keys() == {"file"}


def test_one_manager_alone_brings_no_more_than_the_limit_over(lin: Actor, mei: Actor, manager: Client) -> None:
    """Two lists under the limit, looked through before either was brought over, add up."""
    assert lin.resident is not None
    assert mei.resident is not None
    half = lin.community.settings.two_person_limit_coins // 2 + 1
    tokens = []
    for one in (lin.resident, mei.resident):
        text = f"会员号,姓名,时间币\n{one.member_number},{one.full_name},{half}"
        shown = manager.post(PAGE, {"file": SimpleUploadedFile("a.csv", text.encode())})
        tokens.append({name: shown.context["form"][name].value() for name in ("form_key", "token")})
    answers = [manager.post(CONFIRM, one, follow=True).content.decode() for one in tokens]
    assert ["--second-manager" in one for one in answers] == [False, True]
    assert [coins_of(one)[0] for one in (lin.resident, mei.resident)] == [half, 0]
    again = manager.post(PAGE, {"file": SimpleUploadedFile("a.csv", text.encode())})
    assert "--second-manager" in again.content.decode()
