"""Roles are given by who may, never to oneself, within a scope, and ended in the open."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.services.signing_in import Address, account_for
from communities.access import actor_in
from communities.choices import Role
from communities.errors import AlreadyGranted, MayNotGrant, OwnRole, WrongScope
from communities.models import RoleGrant
from communities.policies import can_grant
from communities.services import founding, grants
from tests.factories.people import NOW, make_actor, make_community, make_user

GIVEN = {
    "wang": {Role.WORKER, Role.LEADER, Role.MERCHANT, Role.AUDITOR},
    "zhou": {Role.LEADER},
    "lin": set(),
    "mei": set(),
    "wu": set(),
    "chen": set(),
    "outsider": set(),
}


@pytest.mark.django_db
@pytest.mark.parametrize("who", GIVEN)
def test_who_gives_which(who, request):
    actor = request.getfixturevalue(who)
    assert {role for role in Role if can_grant(actor, role, to_user_id=0)} == GIVEN[who]


@pytest.mark.django_db
def test_a_manager_makes_a_worker_and_takes_it_back(wang, jinshan):
    user = make_user("新干事")
    made = grants.grant(actor=wang, user=user, role=Role.WORKER, now=NOW)
    assert actor_in(user=user, community=jinshan).is_staff
    user.refresh_from_db()
    assert (user.holds_role, user.is_staff) == (True, False)
    grants.end_grant(actor=wang, grant_id=made.pk, now=NOW)
    assert actor_in(user=user, community=jinshan) is None
    user.refresh_from_db()
    assert not user.holds_role


@pytest.mark.django_db
def test_an_auditor_may_open_the_admin_pages(wang, client_for):
    user = make_user("新监事")
    grants.grant(actor=wang, user=user, role=Role.AUDITOR, now=NOW)
    user.refresh_from_db()
    assert user.is_staff


@pytest.mark.django_db
def test_a_leader_leads_one_team(wang, zhou, lin, firefly, jinshan):
    grants.grant(actor=zhou, user=lin.user, role=Role.LEADER, team_id=firefly.pk, now=NOW)
    actor = actor_in(user=lin.user, community=jinshan)
    assert actor.leads(firefly.pk)
    assert not actor.is_staff
    with pytest.raises(WrongScope):
        grants.grant(actor=wang, user=make_user(), role=Role.LEADER, now=NOW)
    with pytest.raises(WrongScope):
        grants.grant(actor=wang, user=make_user(), role=Role.WORKER, team_id=firefly.pk, now=NOW)


@pytest.mark.django_db
def test_a_street_wide_worker_works_in_every_community_of_the_street(wang, jinshan, outsider):
    user, second = make_user("街道干事"), make_community("haiken2")
    with pytest.raises(MayNotGrant):  # wang is a manager of one community
        grants.grant(actor=wang, user=user, role=Role.WORKER, street_wide=True, now=NOW)
    chief = make_user("街道负责人")
    founding.install_role(user=chief, role=Role.MANAGER, street=jinshan.street, now=NOW)
    grants.grant(actor=actor_in(user=chief, community=jinshan), user=user, role=Role.WORKER, street_wide=True, now=NOW)
    assert actor_in(user=user, community=jinshan).is_staff
    assert actor_in(user=user, community=second).is_staff
    assert actor_in(user=user, community=outsider.community) is None


@pytest.mark.django_db
def test_nobody_gives_or_ends_their_own(wang, zhou):
    with pytest.raises(OwnRole):
        grants.grant(actor=wang, user=wang.user, role=Role.AUDITOR, now=NOW)
    own = RoleGrant.objects.get(user=wang.user)
    with pytest.raises(OwnRole):
        grants.end_grant(actor=wang, grant_id=own.pk, now=NOW)
    with pytest.raises(MayNotGrant):
        grants.end_grant(actor=zhou, grant_id=own.pk, now=NOW)
    with pytest.raises(IntegrityError, match="nobody_grants_themselves"), transaction.atomic():
        RoleGrant.objects.create(
            user=zhou.user, role=Role.AUDITOR, community=zhou.community, granted_by=zhou.user, granted_at=NOW
        )


@pytest.mark.django_db
def test_managers_are_made_by_the_installation(wang, zhou):
    for actor in (wang, zhou):
        for role in (Role.MANAGER, Role.OPERATOR):
            with pytest.raises(MayNotGrant):
                grants.grant(actor=actor, user=make_user(), role=role, now=NOW)


@pytest.mark.django_db
def test_twice_is_said(wang):
    user = make_user()
    grants.grant(actor=wang, user=user, role=Role.WORKER, now=NOW)
    with pytest.raises(AlreadyGranted):
        grants.grant(actor=wang, user=user, role=Role.WORKER, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_at_once_it_is_given_once(wang, together):
    user = make_user()
    answers = together(8, lambda at: grants.grant(actor=wang, user=user, role=Role.WORKER, now=NOW))
    assert sum(isinstance(answer, RoleGrant) for answer in answers) == 1
    assert RoleGrant.objects.filter(user=user).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "scope",
    [
        {},
        {"role": "operator", "community": True},
        {"role": "leader", "community": True},
        {"community": True, "street": True},
    ],
)
def test_a_role_without_its_scope_is_refused_by_the_database(jinshan, scope):
    row = {"role": "worker", **scope}
    row |= {
        "community": jinshan if scope.get("community") else None,
        "street": jinshan.street if scope.get("street") else None,
    }
    with pytest.raises(IntegrityError, match="role_has_its_scope"), transaction.atomic():
        RoleGrant.objects.create(user=make_user(), granted_at=NOW, **row)


@pytest.mark.django_db
def test_an_operator_sees_no_community_from_inside(jinshan):
    user = make_user("运维")
    founding.install_role(user=user, role=Role.OPERATOR, now=NOW)
    assert actor_in(user=user, community=jinshan) is None
    assert user.is_staff


@pytest.mark.django_db
def test_on_the_page(wang, zhou, client_for, firefly):
    page, client = "/c/jinshan/people/roles/", client_for(wang)
    refused = client.post(page, {"login": "138 1111 2222", "role": "worker"}, headers={"accept-language": "en"})
    assert "Nobody has signed in with this address yet." in refused.content.decode()
    assert not User.objects.filter(phone="+8613811112222").exists()
    account_for(Address(phone="+8613811112222"))  # a slip of the finger at the sign-in leaves an account, too
    assert client.post(page, {"login": "138 1111 2222", "role": "worker"}).status_code == 200
    User.objects.filter(phone="+8613811112222").update(phone_verified_at=NOW)
    answer = client.post(page, {"login": "138 1111 2222", "role": "worker"})
    assert answer.url == page
    made = RoleGrant.objects.get(user__phone="+8613811112222")
    assert made.granted_by == wang.user
    assert client.post(page, {"login": "138 1111 2222", "role": "manager"}).status_code == 200  # not on offer
    assert f'href="{page}{made.pk}/end/"' in client.get(page).content.decode()
    assert "End this role" in client.get(f"{page}{made.pk}/end/", headers={"accept-language": "en"}).content.decode()
    made.refresh_from_db()
    assert made.ended_at is None
    assert client.post(f"{page}{made.pk}/end/").url == page
    made.refresh_from_db()
    assert made.ended_by == wang.user
    assert client_for(zhou).post(page, {"login": "13811112222", "role": "worker"}).status_code == 200
    foreign = make_actor(make_community("elsewhere", street="far"), "远干事", Role.WORKER, resident=False)
    grant = RoleGrant.objects.get(user=foreign.user)
    assert client.post(f"{page}{grant.pk}/end/").status_code == 404


@pytest.mark.django_db
def test_a_worker_may_not_end_a_manager_on_the_page(wang, zhou, client_for):
    own = RoleGrant.objects.get(user=wang.user)
    assert client_for(zhou).post(f"/c/jinshan/people/roles/{own.pk}/end/").status_code == 403
    assert client_for(zhou).get(f"/c/jinshan/people/roles/{own.pk}/end/").status_code == 403
