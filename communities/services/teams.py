"""Teams begin, and people join and leave them. Who leads one is a role grant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from communities.actors import Actor
from communities.errors import AlreadyMember, NameTaken, NotMember
from communities.models import Resident, Team, TeamMember
from core.errors import NotAllowed
from core.transactions import atomic_with_retry


@dataclass(frozen=True, slots=True)
class TeamWords:
    """A team's name and purpose in both languages; English may be empty."""

    name_zh: str
    name_en: str = ""
    does_zh: str = ""
    does_en: str = ""


@atomic_with_retry
def open_team(*, actor: Actor, words: TeamWords) -> Team:
    """A new team. Staff. Raises NameTaken."""
    _staff(actor)
    if Team.objects.filter(community=actor.community, name_zh=words.name_zh).exists():
        raise NameTaken
    return Team.objects.create(
        community=actor.community,
        name_zh=words.name_zh,
        name_en=words.name_en,
        does_zh=words.does_zh,
        does_en=words.does_en,
    )


@atomic_with_retry
def join_team(*, actor: Actor, team_id: UUID, resident_id: UUID, now: datetime) -> TeamMember:
    """A resident joins. Staff, and the team's leader. Raises AlreadyMember."""
    team = _team(actor, team_id)
    resident = Resident.objects.for_community(actor.community).living_here().get(pk=resident_id)
    if TeamMember.objects.filter(team=team, resident=resident, left_at__isnull=True).exists():
        raise AlreadyMember
    return TeamMember.objects.create(team=team, resident=resident, joined_at=now)


@atomic_with_retry
def leave_team(*, actor: Actor, team_id: UUID, resident_id: UUID, now: datetime) -> TeamMember:
    """A resident leaves: by themselves, or staff and the leader take them out. Raises NotMember."""
    own = actor.resident is not None and actor.resident.pk == resident_id
    team = Team.objects.get(community=actor.community, pk=team_id) if own else _team(actor, team_id)
    members = TeamMember.objects.select_for_update().filter(team=team, resident_id=resident_id, left_at__isnull=True)
    member = members.first()
    if member is None:
        raise NotMember
    member.left_at = now
    member.save(update_fields=["left_at"])
    return member


def _staff(actor: Actor) -> None:
    if not actor.is_staff:
        raise NotAllowed


def _team(actor: Actor, team_id: UUID) -> Team:
    team = Team.objects.get(community=actor.community, pk=team_id)
    if not actor.is_staff and not actor.leads(team.pk):
        raise NotAllowed
    return team
