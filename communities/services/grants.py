"""Roles are given and ended, with the giver's name."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from accounts.models import User
from communities import policies
from communities.actors import Actor
from communities.choices import Role
from communities.errors import AlreadyGranted, MayNotGrant, OwnRole, WrongScope
from communities.models import RoleGrant, Team
from communities.services.founding import keep_flags
from core.transactions import atomic_with_retry


@atomic_with_retry
def grant(
    *,
    actor: Actor,
    user: User,
    role: Role,
    now: datetime,
    team_id: UUID | None = None,
    street_wide: bool = False,
) -> RoleGrant:
    """Give a role in the actor's community, in one of its teams, or in its street.

    Raises OwnRole, MayNotGrant, WrongScope, AlreadyGranted.
    """
    _may(actor, role, user.pk, street_wide)
    if (role == Role.LEADER) != (team_id is not None) or (street_wide and role not in policies.GIVES_STREET):
        raise WrongScope
    team = Team.objects.get(community=actor.community, pk=team_id) if team_id else None
    scope = {
        "team": team,
        "street": actor.community.street if street_wide else None,
        "community": None if team or street_wide else actor.community,
    }
    User.objects.select_for_update().get(pk=user.pk)
    if RoleGrant.objects.live().filter(user=user, role=role, **scope).exists():
        raise AlreadyGranted
    made = RoleGrant.objects.create(user=user, role=role, granted_by=actor.user, granted_at=now, **scope)
    keep_flags(user)
    return made


@atomic_with_retry
def end_grant(*, actor: Actor, grant_id: int, now: datetime) -> RoleGrant:
    """End a role that the actor could give. A second time changes nothing."""
    row = RoleGrant.objects.reaching(actor.community) | RoleGrant.objects.filter(community=actor.community)
    found = row.select_related("user").get(pk=grant_id)
    _may(actor, Role(found.role), found.user_id, found.street_id is not None)
    if found.ended_at is None:
        found.ended_at, found.ended_by = now, actor.user
        found.save(update_fields=["ended_at", "ended_by"])
        keep_flags(found.user)
    return found


def _may(actor: Actor, role: Role, user_id: int, street_wide: bool) -> None:
    if user_id == actor.user_id:
        raise OwnRole
    if not policies.can_grant(actor, role, to_user_id=user_id, street_wide=street_wide):
        raise MayNotGrant
