"""A manager who has compared opens the site again after a restore."""

from __future__ import annotations

from datetime import datetime

from accounts.models import User
from communities.choices import Role
from communities.models import RoleGrant
from core.errors import NotAllowed
from core.transactions import atomic_with_retry
from notifications.services import restoring


@atomic_with_retry
def open_site(*, user: User, now: datetime) -> bool:
    """Open it for every community; False where it was open. Raises NotAllowed for who is no manager anywhere."""
    if not RoleGrant.objects.live().filter(user=user, role=Role.MANAGER).exists():
        raise NotAllowed
    return restoring.open_again(user_id=int(user.pk), now=now) > 0
