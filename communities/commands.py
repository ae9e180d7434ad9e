"""What management commands ask for: a community by its slug, a manager by what they sign in with."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.db.models import QuerySet

from accounts.forms import address_of
from accounts.models import User
from communities.choices import Role
from communities.models import Community, RoleGrant


def community_named(slug: str) -> Community:
    """With settings, street and book; CommandError where there is none."""
    found = Community.objects.select_related("settings", "street", "book").filter(slug=slug).first()
    if found is None:
        raise CommandError(f"There is no community {slug}.")
    return found


def manager_named(login: str, community: Community) -> User:
    """A manager who reaches the community; CommandError for anybody else."""
    return holder_of(login, RoleGrant.objects.reaching(community).filter(role=Role.MANAGER))


def holder_of(login: str, grants: QuerySet[RoleGrant]) -> User:
    """Whoever signs in with this and holds one of these grants."""
    try:
        address = address_of(login)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error
    named = {"user__phone": address.phone} if address.phone else {"user__email": address.email}
    grant = grants.filter(**named).select_related("user").first()
    if grant is None:
        raise CommandError(f"{login} is no manager here.")
    return grant.user
