"""Teams: staff open them, staff and the leader say who is in them, everybody may leave."""

from __future__ import annotations

import pytest

from communities.errors import AlreadyMember, NameTaken, NotMember
from communities.models import Team, TeamMember
from communities.services.teams import TeamWords, join_team, leave_team, open_team
from core.errors import NotAllowed
from tests.factories.people import NOW

pytestmark = pytest.mark.django_db


def test_staff_open_a_team_once(zhou, lin, mei):
    words = TeamWords(name_zh="指南针", name_en="Compass")
    assert open_team(actor=zhou, words=words).name_zh == "指南针"
    with pytest.raises(NameTaken):
        open_team(actor=zhou, words=words)
    for actor in (lin, mei):
        with pytest.raises(NotAllowed):
            open_team(actor=actor, words=TeamWords(name_zh="小号手"))


def test_the_leader_adds_and_takes_out(mei, lin, firefly):
    join_team(actor=mei, team_id=firefly.pk, resident_id=lin.resident.pk, now=NOW)
    with pytest.raises(AlreadyMember):
        join_team(actor=mei, team_id=firefly.pk, resident_id=lin.resident.pk, now=NOW)
    leave_team(actor=mei, team_id=firefly.pk, resident_id=lin.resident.pk, now=NOW)
    with pytest.raises(NotMember):
        leave_team(actor=mei, team_id=firefly.pk, resident_id=lin.resident.pk, now=NOW)


def test_a_leader_of_another_team_may_not(mei, zhou, lin):
    other = open_team(actor=zhou, words=TeamWords(name_zh="小蜜蜂"))
    with pytest.raises(NotAllowed):
        join_team(actor=mei, team_id=other.pk, resident_id=lin.resident.pk, now=NOW)


def test_one_leaves_by_oneself_but_takes_nobody_along(zhou, lin, mei, firefly):
    for actor in (lin, mei):
        join_team(actor=zhou, team_id=firefly.pk, resident_id=actor.resident.pk, now=NOW)
    with pytest.raises(NotAllowed):
        leave_team(actor=lin, team_id=firefly.pk, resident_id=mei.resident.pk, now=NOW)
    leave_team(actor=lin, team_id=firefly.pk, resident_id=lin.resident.pk, now=NOW)
    assert TeamMember.objects.filter(left_at__isnull=True).get().resident == mei.resident


def test_strangers_are_not_there(outsider, zhou, firefly, lin):
    with pytest.raises(Team.DoesNotExist):
        join_team(actor=outsider, team_id=firefly.pk, resident_id=outsider.resident.pk, now=NOW)
    with pytest.raises(outsider.resident.DoesNotExist):
        join_team(actor=zhou, team_id=firefly.pk, resident_id=outsider.resident.pk, now=NOW)


def test_on_the_page(mei, lin, firefly, client_for):
    page, client = f"/c/jinshan/team/{firefly.pk}/", client_for(mei)
    assert client.post(f"{page}add/", {"member_number": lin.resident.member_number}).url == page
    assert client.post(f"{page}add/", {"member_number": lin.resident.member_number}).status_code == 200
    assert client.post(f"{page}add/", {"member_number": "9999"}).status_code == 200
    assert client_for(lin).post(f"{page}add/", {"member_number": "0001"}).status_code == 403
    assert client_for(lin).post(f"{page}leave/{mei.resident.pk}/").status_code == 403
    assert client_for(lin).post(f"{page}leave/{lin.resident.pk}/").url == page
    assert not TeamMember.objects.filter(left_at__isnull=True).exists()
