"""Who sees which page of people, and that each of them is there."""

from __future__ import annotations

import pytest
from django.test import Client

from communities.models import Household, RoleGrant
from communities.services import households, teams
from tests.factories.people import NOW, make_resident, make_user

pytestmark = pytest.mark.django_db

STAFF_PAGES = [
    "people/", "people/new/", "people/roles/", "people/teams/new/", "people/households/",
    "people/{resident}/", "people/{resident}/history/", "people/{resident}/correct/",
    "people/{resident}/household/", "people/households/{household}/", "people/roles/{grant}/end/",
]  # fmt: skip
MANAGER_PAGES = ["settings/", "people/{resident}/account/"]
STAFF_POSTS = [
    "people/{resident}/verify/",
    "people/{resident}/home-visits/",
    "people/households/{household}/leave/{resident}/",
]
MEMBER_PAGES = ["team/", "team/{team}/", "join/"]
RESIDENT_PAGES = ["household/", "my-data/"]


@pytest.fixture
def there(jinshan, zhou, mei, lin, firefly):
    """An address under jinshan, with something behind every number."""
    neighbour = make_resident(jinshan, "何玉珍", phone="+8613655557788")
    household = households.open_household(actor=zhou, resident_ids=[neighbour.pk], now=NOW)
    teams.join_team(actor=zhou, team_id=firefly.pk, resident_id=neighbour.pk, now=NOW)
    ids = {
        "resident": neighbour.pk,
        "household": household.pk,
        "team": firefly.pk,
        "grant": RoleGrant.objects.get(role="leader").pk,
    }
    return lambda path: f"/c/jinshan/{path.format(**ids)}"


def statuses(client, paths, there):
    return {path: client.get(there(path)).status_code for path in paths}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_staff_see_all_of_them(there, zhou, wang, client_for, language):
    for actor in (zhou, wang):
        client = client_for(actor)
        client.cookies["django_language"] = language
        assert set(statuses(client, STAFF_PAGES + MEMBER_PAGES, there).values()) == {200}


@pytest.mark.parametrize("page", MANAGER_PAGES)
def test_managers_alone_see_the_settings_and_connect_accounts(there, wang, zhou, lin, chen, client_for, page):
    seen = [client_for(one).get(there(page)).status_code for one in (wang, zhou, lin, chen)]
    assert seen == [200, 403, 403, 403]


def test_residents_see_their_own(there, lin, mei, client_for):
    for actor in (lin, mei):
        assert set(statuses(client_for(actor), MEMBER_PAGES + RESIDENT_PAGES, there).values()) == {200}
        assert set(statuses(client_for(actor), STAFF_PAGES, there).values()) == {403}


def test_auditors_and_merchants_see_no_people(there, chen, wu, client_for):
    for actor in (chen, wu):
        assert set(statuses(client_for(actor), STAFF_PAGES + RESIDENT_PAGES, there).values()) == {403}


def test_strangers_find_nothing(there, outsider, client_for):
    client = client_for(outsider)
    pages = STAFF_PAGES + RESIDENT_PAGES + MANAGER_PAGES + ["team/", "team/{team}/"]
    assert set(statuses(client, pages, there).values()) == {404}
    assert {client.post(there(path)).status_code for path in STAFF_POSTS} == {404}


def test_who_belongs_nowhere_yet_is_led_to_registration(there):
    client = Client()
    client.force_login(make_user())
    for path in ("household/", "team/"):
        assert client.get(there(path)).url == "/c/jinshan/join/"
    assert client.get(there("people/")).status_code == 404
    assert client.post(there("team/{team}/leave/{resident}/")).status_code == 404


def test_the_signed_out_are_asked_to_sign_in(there):
    client = Client()
    for path in STAFF_PAGES + RESIDENT_PAGES + ["settings/", "team/"]:
        assert client.get(there(path)).url.startswith("/accounts/login/?next=")
    assert client.get(there("join/")).status_code == 200
    assert client.get("/c/nowhere/join/").status_code == 404
    assert client.get("/c/nowhere/people/").status_code == 404


def test_posts_are_for_staff(there, lin, mei, chen, client_for):
    for actor in (lin, mei, chen):
        assert {client_for(actor).post(there(path)).status_code for path in STAFF_POSTS} == {403}


def test_buttons_take_no_get(there, zhou, client_for):
    assert {client_for(zhou).get(there(path)).status_code for path in STAFF_POSTS} == {405}


def test_people_of_another_community_are_not_there(there, wang, outsider, client_for):
    client, other = client_for(wang), outsider.resident.pk
    for path in ("", "history/", "correct/", "account/", "household/"):
        assert client.get(f"/c/jinshan/people/{other}/{path}").status_code == 404
    for path in ("verify/", "home-visits/"):
        assert client.post(f"/c/jinshan/people/{other}/{path}").status_code == 404
    assert client.get("/c/sanjiang/people/").status_code == 404


def test_neighbours_see_no_names_and_no_numbers_in_a_team(there, lin, zhou, client_for):
    page = client_for(lin).get(there("team/{team}/")).content.decode()
    assert "何**" in page
    assert "何玉珍" not in page
    assert "5555" not in page
    assert "何玉珍" in client_for(zhou).get(there("team/{team}/")).content.decode()


@pytest.mark.parametrize("rows", [1, 24])
def test_the_list_asks_the_same_at_any_length(jinshan, zhou, client_for, rows, django_assert_num_queries):
    for number in range(rows):
        make_resident(jinshan, f"何{number}")
    client = client_for(zhou)
    client.get("/c/jinshan/people/")
    with django_assert_num_queries(6):
        client.get("/c/jinshan/people/")


def test_the_passbooks_code_leads_staff_to_the_record(there, lin, mei, zhou, outsider, client_for):
    path = f"/c/jinshan/people/passbook/{lin.resident.passbook_token}/"
    assert client_for(zhou).get(path).url == f"/c/jinshan/people/{lin.resident.pk}/"
    assert client_for(lin).get(path).status_code == 302
    assert client_for(mei).get(path).status_code == 404
    assert client_for(outsider).get(path).status_code == 404
    assert client_for(zhou).get("/c/jinshan/people/passbook/nothing/").status_code == 404


def test_a_household_wallet_is_shown_to_its_members(xincheng, client_for):
    from tests.factories.people import make_actor

    actor = make_actor(xincheng, "汪大成")
    household = Household.objects.get(members__resident=actor.resident)
    assert household.wallet is not None
    assert client_for(actor).get("/c/xincheng/household/").status_code == 200
