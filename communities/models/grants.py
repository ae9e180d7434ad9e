"""Who may do what, where: a role with the scope of a team, a community, a street, or (operators) the installation."""

from __future__ import annotations

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.columns import done_by
from communities.choices import Role
from communities.models.places import Community, Street
from communities.models.teams import Team

WIDE_ROLES = [Role.WORKER, Role.MANAGER, Role.AUDITOR]  # of a community or of a whole street


class GrantQuerySet(models.QuerySet["RoleGrant"]):
    """Filters of role grants."""

    def live(self) -> GrantQuerySet:
        """Those not ended."""
        return self.filter(ended_at__isnull=True)

    def reaching(self, community: Community) -> GrantQuerySet:
        """Live ones whose scope covers a community: its own, its street's, its teams'."""
        return self.live().filter(Q(community=community) | Q(street=community.street_id) | Q(team__community=community))


@pghistory.track()
class RoleGrant(models.Model):
    """One role of one person. Ended, never deleted."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="grants", verbose_name=_("holder of the role")
    )
    role = models.CharField(_("role"), max_length=10, choices=Role.choices)
    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, null=True, blank=True, related_name="grants", verbose_name=_("community")
    )
    street = models.ForeignKey(
        Street, on_delete=models.PROTECT, null=True, blank=True, related_name="grants", verbose_name=_("street")
    )
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="grants", verbose_name=_("team")
    )
    granted_by = done_by(_("granted by"))
    granted_at = models.DateTimeField(_("granted at"))
    ended_by = done_by(_("ended by"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("role grant")
        verbose_name_plural = _("role grants")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "community", "street", "team"],
                condition=Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="role_granted_once",
            ),
            models.CheckConstraint(
                condition=(
                    Q(role=Role.LEADER, team__isnull=False, community__isnull=True, street__isnull=True)
                    | Q(role=Role.OPERATOR, team__isnull=True, community__isnull=True, street__isnull=True)
                    | Q(role=Role.MERCHANT, team__isnull=True, community__isnull=False, street__isnull=True)
                    | Q(role__in=WIDE_ROLES, team__isnull=True, community__isnull=False, street__isnull=True)
                    | Q(role__in=WIDE_ROLES, team__isnull=True, community__isnull=True, street__isnull=False)
                ),
                name="role_has_its_scope",
            ),
            models.CheckConstraint(
                condition=Q(granted_by__isnull=True) | ~Q(granted_by=models.F("user")), name="nobody_grants_themselves"
            ),
        ]
        indexes = [models.Index(fields=["user"], condition=Q(ended_at__isnull=True), name="live_grants_of_user")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.get_role_display()}"
