"""Who may do what with people. Sentences, not queries."""

from __future__ import annotations

from datetime import date

from communities.actors import Actor
from communities.choices import Role
from communities.models import Community, Resident

GIVES: dict[Role, frozenset[Role]] = {
    Role.MANAGER: frozenset({Role.WORKER, Role.LEADER, Role.MERCHANT, Role.AUDITOR}),
    Role.WORKER: frozenset({Role.LEADER}),
}
GIVES_STREET: frozenset[Role] = frozenset({Role.WORKER, Role.AUDITOR})


def can_see_people(actor: Actor) -> bool:
    """Staff alone see names, phones and doors."""
    return actor.is_staff


def can_register(actor: Actor) -> bool:
    """Staff register residents."""
    return actor.is_staff


def can_connect_account(actor: Actor) -> bool:
    """Managers: whoever holds the account can spend from the resident's passbook."""
    return actor.is_manager


def can_bring_over(actor: Actor) -> bool:
    """Managers: opening balances are coins out of a list."""
    return actor.is_manager


def can_verify_residence(actor: Actor, resident: Resident) -> bool:
    """Staff of the resident's community, not of oneself."""
    return _other_of_own_community(actor, resident)


def can_clear_for_home_visits(actor: Actor, resident: Resident) -> bool:
    """As verifying."""
    return _other_of_own_community(actor, resident)


def _other_of_own_community(actor: Actor, resident: Resident) -> bool:
    return actor.is_staff and resident.community_id == actor.community.pk and resident.user_id != actor.user_id


def can_visit_homes(resident: Resident, day: date) -> bool:
    """Whether a resident may claim a visit to one person's home: verified, adult on the day, cleared by staff."""
    return (
        resident.left_at is None
        and resident.is_verified
        and resident.home_visits_cleared_at is not None
        and not resident.is_minor_on(day)
    )


def can_grant(actor: Actor, role: Role, *, to_user_id: int, street_wide: bool = False) -> bool:
    """Managers give worker, leader, merchant and auditor, workers leader; nobody gives themselves anything.

    What holds for the whole street is given by managers of the whole street. Who makes managers is the installation
    (``founding.install_role``, the command ``grant_role``).
    """
    if to_user_id == actor.user_id:
        return False
    held = actor.street_roles if street_wide else actor.roles
    allowed = frozenset[Role]().union(*(GIVES.get(one, frozenset()) for one in held))
    return role in (allowed & GIVES_STREET if street_wide else allowed)


def can_keep_partners(actor: Actor) -> bool:
    """Managers ask, accept, decline and end, each for their own community."""
    return actor.is_manager


def can_change_settings(actor: Actor, community: Community) -> bool:
    """Managers of the community."""
    return actor.is_manager and actor.community.pk == community.pk
