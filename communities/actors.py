"""Who acts: a signed-in person, in one community, with the roles they hold there."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from accounts.models import User
from communities.choices import STAFF, Role
from communities.models import Community, Resident


@dataclass(frozen=True, slots=True)
class Actor:
    """The person a service acts for. ``resident`` is None for staff who do not live here."""

    user: User
    community: Community
    resident: Resident | None = None
    roles: frozenset[Role] = frozenset()
    led_team_ids: frozenset[UUID] = field(default_factory=frozenset)
    street_roles: frozenset[Role] = frozenset()  # those of the roles that hold for the whole street

    @property
    def user_id(self) -> int:
        """The account's number."""
        return int(self.user.pk)

    @property
    def is_staff(self) -> bool:
        """Community worker or manager here; not Django's flag."""
        return not STAFF.isdisjoint(self.roles)

    @property
    def is_manager(self) -> bool:
        """Manager here."""
        return Role.MANAGER in self.roles

    @property
    def is_auditor(self) -> bool:
        """Auditor here: reads all, changes nothing."""
        return Role.AUDITOR in self.roles

    @property
    def is_leader(self) -> bool:
        """Leader of at least one team here."""
        return bool(self.led_team_ids)

    def leads(self, team_id: UUID | None) -> bool:
        """Whether they lead this team."""
        return team_id is not None and team_id in self.led_team_ids
