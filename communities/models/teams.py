"""Teams of residents, and organisations that help."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from communities.models.people import Resident
from communities.models.places import Community
from core.ids import new_id
from core.wording import in_chinese


@pghistory.track()
class Team(models.Model):
    """A team with a purpose. Who leads it is a role grant with the team as its scope."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, related_name="teams", verbose_name=_("community")
    )
    name_zh = models.CharField(_("Chinese name"), max_length=40)
    name_en = models.CharField(_("English name"), max_length=80, blank=True)
    does_zh = models.CharField(_("what it does, in Chinese"), max_length=120, blank=True)
    does_en = models.CharField(_("what it does, in English"), max_length=160, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        constraints = [models.UniqueConstraint(fields=["community", "name_zh"], name="team_name_once_a_community")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language, where it has one."""
        return self.name_zh if in_chinese() or not self.name_en else self.name_en

    @property
    def does(self) -> str:
        """What the team does, in the reader's language, where it is said."""
        return self.does_zh if in_chinese() or not self.does_en else self.does_en


@pghistory.track()
class TeamMember(models.Model):
    """A resident's time in a team."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="members", verbose_name=_("team"))
    resident = models.ForeignKey(
        Resident, on_delete=models.PROTECT, related_name="team_memberships", verbose_name=_("resident")
    )
    joined_at = models.DateTimeField(_("joined at"))
    left_at = models.DateTimeField(_("left at"), null=True, blank=True)

    class Meta:
        verbose_name = _("member of a team")
        verbose_name_plural = _("members of teams")
        constraints = [
            models.UniqueConstraint(
                fields=["team", "resident"], condition=Q(left_at__isnull=True), name="in_a_team_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.team_id} {self.resident_id}"


class Organisation(models.Model):
    """A body from outside that sends helpers or gives goods."""

    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, related_name="organisations", verbose_name=_("community")
    )
    name_zh = models.CharField(_("Chinese name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = [
            models.UniqueConstraint(fields=["community", "name_zh"], name="organisation_name_once_a_community")
        ]

    def __str__(self) -> str:
        return self.name_zh if in_chinese() or not self.name_en else self.name_en
